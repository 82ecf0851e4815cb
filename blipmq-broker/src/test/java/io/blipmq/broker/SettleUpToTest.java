package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One settlement for all deliveries in flight to an attachment, in the order of delivery, up to one. */
class SettleUpToTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;

    private final TestBroker broker = new TestBroker(Options.deliveriesMax(1));
    private final PushClient alice = new PushClient(broker, "alice");
    private final long id = alice.attach(to("demo").named("jobs").ackTimeout(10_000), UNLIMITED);

    private long[] deliver(PushClient client, String... bodies) {
        client.publish(1, "demo", bodies);
        broker.turn();
        return client.receive().stream().mapToLong(CollectingSink.Pushed::tag).toArray();
    }

    private static void assertCounts(SettleResult result, int settled, long... unknown) {
        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.settled()).isEqualTo(settled);
        assertThat(result.unknownTags()).containsExactly(unknown);
    }

    private List<String> letters() {
        broker.turn();
        PushClient reader = new PushClient(broker, "alice");
        reader.attach(to("$dead-letter/demo"), UNLIMITED);
        return reader.receiveTexts();
    }

    @Test
    void whatWasRejectedRightBeforeStaysADeadLetter() {
        long[] tags = deliver(alice, "bad", "good");
        alice.reject(id, "bad", tags[0]);
        assertCounts(alice.ackUpTo(id, tags[1]), 1);
        assertThat(letters()).containsExactly("bad");
    }

    @Test
    void whatWasRejectedAndWaitsForRoomStaysADeadLetter() {
        long[] tags = deliver(alice, "bad", "good");
        broker.journal().lettersBusy(true);
        alice.reject(id, "bad", tags[0]);
        assertCounts(alice.ackUpTo(id, tags[1]), 1);
        broker.journal().lettersBusy(false);
        assertThat(letters()).containsExactly("bad");
    }

    @Test
    void whatWasNackedForTheLastTimeStaysADeadLetter() {
        long[] tags = deliver(alice, "bad", "good");
        alice.nack(id, 0, tags[0]);
        assertCounts(alice.ackUpTo(id, tags[1]), 1);
        assertThat(letters()).containsExactly("bad");
    }

    @Test
    void manyThatWereRejectedInBatchesStayDeadLetters() {
        String[] bodies = new String[200];
        for (int i = 0; i < bodies.length; i++) {
            bodies[i] = "m" + i;
        }
        long[] tags = deliver(alice, bodies);
        for (int i = 0; i < bodies.length; i += 10) {
            for (int j = i; j < i + 9; j++) {
                alice.reject(id, "bad", tags[j]);
            }
            assertCounts(alice.ackUpTo(id, tags[i + 9]), 1);
        }
        assertThat(letters()).hasSize(180);
    }

    @Test
    void itsOwnTagIsUnknownWhenThatWasRejected() {
        long[] tags = deliver(alice, "good", "bad");
        alice.reject(id, "bad", tags[1]);
        assertCounts(alice.ackUpTo(id, tags[1]), 1, tags[1]);
        assertThat(letters()).containsExactly("bad");
    }

    @Test
    void anAcknowledgementByItsTagSettlesWhatIsMoving() {
        long[] tags = deliver(alice, "bad");
        alice.reject(id, "bad", tags[0]);
        assertCounts(alice.ack(id, tags[0], tags[0]), 1, tags[0]);
        assertThat(letters()).isEmpty();
    }

    @Test
    void whatIsMovingIsNotHitAgain() {
        long[] tags = deliver(alice, "bad");
        alice.reject(id, "bad", tags[0]);
        assertCounts(alice.reject(id, "again", tags[0]), 0, tags[0]);
        assertCounts(alice.nack(id, 0, tags[0]), 0, tags[0]);
        assertCounts(alice.extend(id, 1, tags[0]), 0, tags[0]);
        assertThat(letters()).containsExactly("bad");
    }

    @Test
    void whatIsToComeAgainStays() {
        TestBroker often = new TestBroker();
        PushClient bob = new PushClient(often, "bob");
        long jobs = bob.attach(to("demo").named("jobs").ackTimeout(1_000), UNLIMITED);
        bob.publish(1, "demo", "due", "delayed", "released");
        often.turn();
        List<CollectingSink.Pushed> first = bob.receive();
        bob.nack(jobs, 0, first.get(0).tag());
        bob.nack(jobs, 60_000, first.get(1).tag());
        bob.release(jobs, first.get(2).tag());
        bob.publish(1, "demo", "done");
        often.turn();
        bob.broker().pushes().push();
        List<CollectingSink.Pushed> second = bob.receive();
        assertThat(second).extracting(CollectingSink.Pushed::text).containsExactly("due", "released", "done");
        bob.nack(jobs, 60_000, second.get(0).tag());
        bob.nack(jobs, 60_000, second.get(1).tag());
        assertCounts(bob.ackUpTo(jobs, second.get(2).tag()), 1);
        often.pass(61, TimeUnit.SECONDS);
        assertThat(bob.receiveTexts()).containsExactly("due", "delayed", "released");
    }

    @Test
    void theOrderIsThatOfDelivery() {
        PushClient bob = new PushClient(broker, "bob");
        long jobs = bob.attach(to("demo").named("jobs").ackTimeout(10_000), UNLIMITED);
        long[] first = deliver(bob, "old", "new");
        bob.release(jobs, first[0]);
        assertThat(bob.receiveTexts()).containsExactly("old");
        assertCounts(bob.ackUpTo(jobs, first[1]), 1);
        assertCounts(bob.ackUpTo(jobs, first[0]), 1);
    }

    @Test
    void whatAnotherConnectionWasGivenIsUnknown() {
        long[] tags = deliver(alice, "a", "b");
        PushClient other = new PushClient(broker, "alice");
        assertCounts(other.ackUpTo(id, tags[1]), 0, tags[1]);
        other.attach(to("demo").named("jobs").takeOver(), UNLIMITED);
        assertCounts(alice.ackUpTo(id, tags[1]), 0, tags[1]);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(2);
    }

    @Test
    void anAttemptThatIsOverIsUnknown() {
        TestBroker often = new TestBroker();
        PushClient bob = new PushClient(often, "bob");
        long jobs = bob.attach(to("demo").named("jobs").ackTimeout(1_000), UNLIMITED);
        bob.publish(1, "demo", "a", "b");
        often.turn();
        long first = bob.receive().get(0).tag();
        bob.nack(jobs, 0, first);
        assertThat(bob.receiveOne().attempt()).isEqualTo(2);
        assertCounts(bob.settle(jobs, SettleAction.ACK, true, first, 1), 0, first);
        assertCounts(bob.settle(jobs, SettleAction.ACK, true, first, 2), 2);
    }

    @Test
    void everyActionMayBeAskedForUpToOne() {
        long[] tags = deliver(alice, "a", "b", "c");
        assertCounts(alice.settle(id, SettleAction.EXTEND, true, 60_000, "", tags[1]), 2);
        assertCounts(alice.settle(id, SettleAction.BEGIN, true, 0, "", tags[1]), 2);
        broker.pass(11, TimeUnit.SECONDS);
        assertThat(letters()).containsExactly("c");
        assertCounts(alice.settle(id, SettleAction.RELEASE, true, 0, "", tags[1]), 2);
        assertThat(alice.receiveTexts()).containsExactly("a", "b");
        assertCounts(alice.settle(id, SettleAction.REJECT, true, 0, "bad", tags[1]), 2);
    }
}
