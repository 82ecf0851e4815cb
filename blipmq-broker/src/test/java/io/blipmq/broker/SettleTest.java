package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.entry.PropertiesBuilder;
import io.blipmq.protocol.entry.PropertiesReader;
import io.blipmq.protocol.entry.PropertyLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SettleTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;

    private final TestBroker broker = new TestBroker();
    private PushClient alice = new PushClient(broker, "alice");
    private final long id = alice.attach(to("demo").named("jobs").ackTimeout(10_000), UNLIMITED);

    private List<CollectingSink.Pushed> deliver(String... bodies) {
        alice.publish(1, "demo", bodies);
        broker.turn();
        return alice.receive();
    }

    private static void assertCounts(SettleResult result, int settled, int unknown) {
        assertThat(result.outcome()).isNotEqualTo(Outcome.UNKNOWN);
        assertThat(result.settled()).isEqualTo(settled);
        assertThat(result.unknown()).isEqualTo(unknown);
    }

    @Test
    void acknowledgementsCountWhatTheyHit() {
        List<CollectingSink.Pushed> received = deliver("a", "b", "c");
        long last = received.get(2).tag();
        assertCounts(alice.ack(id, received.get(0).tag(), received.get(1).tag(), last + 100), 2, 1);
        assertCounts(alice.ack(id, received.get(0).tag()), 0, 1);
        assertThat(alice.ack(id + 100, last).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(broker.count(BrokerMetric.ACKNOWLEDGED)).isEqualTo(2);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(1);
    }

    @Test
    void aMessageThatWasNeverDeliveredCannotBeSettled() {
        alice.detach(id, false);
        long sequence = alice.publish(1, "demo", "a").taken();
        broker.turn();
        long tag = alice.client().lastSequence();
        assertThat(sequence).isEqualTo(1);
        assertCounts(alice.ack(id, tag), 0, 1);
        assertCounts(alice.settle(id, SettleAction.ACK, true, 0, "", tag), 0, 1);
    }

    @Test
    void allUpToATagAreSettledTogether() {
        List<CollectingSink.Pushed> received = deliver("a", "b", "c", "d");
        alice.ack(id, received.get(1).tag());
        assertCounts(
                alice.settle(id, SettleAction.ACK, true, 0, "", received.get(2).tag()), 2, 0);
        assertCounts(
                alice.settle(id, SettleAction.ACK, true, 0, "", received.get(2).tag()), 0, 1);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(1);
    }

    @Test
    void aNackBringsTheMessageAgainNowOrLater() {
        List<CollectingSink.Pushed> received = deliver("now", "later");
        assertCounts(alice.nack(id, 0, received.get(0).tag()), 1, 0);
        assertCounts(alice.nack(id, 5_000, received.get(1).tag()), 1, 0);
        assertThat(alice.receiveTexts()).containsExactly("now");
        broker.pass(4_900, TimeUnit.MILLISECONDS);
        assertThat(alice.receive()).isEmpty();
        broker.pass(200, TimeUnit.MILLISECONDS);
        assertThat(alice.receiveOne().attempt()).isEqualTo(2);
        assertThat(broker.count(BrokerMetric.NACKED)).isEqualTo(2);
    }

    @Test
    void aLateNackPutsOffWhatIsDueAgain() {
        long other = alice.attach(to("demo").named("other").ackTimeout(1_000), 1);
        alice.publish(1, "demo", "a");
        broker.turn();
        long tag = alice.receive().get(0).tag();
        broker.pass(2, TimeUnit.SECONDS);
        assertCounts(alice.nack(other, 60_000, tag), 1, 0);
        alice.credit(other, 1);
        broker.pass(59, TimeUnit.SECONDS);
        assertThat(alice.receive())
                .extracting(CollectingSink.Pushed::subscription)
                .doesNotContain(other);
        broker.pass(2, TimeUnit.SECONDS);
        assertThat(alice.receive())
                .filteredOn(pushed -> pushed.subscription() == other)
                .extracting(CollectingSink.Pushed::attempt)
                .containsExactly(2);
    }

    @Test
    void aNackDoesNotBringForwardWhatWasPutOff() {
        long tag = deliver("a").get(0).tag();
        alice.nack(id, 5_000, tag);
        assertCounts(alice.nack(id, 0, tag), 1, 0);
        assertThat(alice.receive()).isEmpty();
        alice.nack(id, 10_000, tag);
        broker.pass(9, TimeUnit.SECONDS);
        assertThat(alice.receive()).isEmpty();
        broker.pass(2, TimeUnit.SECONDS);
        assertThat(alice.receiveTexts()).containsExactly("a");
    }

    @Test
    void settlementsAreRefusedWhenTheJournalIsSealed() {
        long tag = deliver("a").get(0).tag();
        broker.broker().seal();
        SettleResult result = alice.ack(id, tag);
        assertThat(result.outcome()).isEqualTo(Outcome.SHUTTING_DOWN);
    }

    @Test
    void whatIsPutOffCanStillBeAcknowledged() {
        long tag = deliver("a").get(0).tag();
        alice.nack(id, 5_000, tag);
        assertCounts(alice.ack(id, tag), 1, 0);
        broker.pass(6, TimeUnit.SECONDS);
        assertThat(alice.receive()).isEmpty();
    }

    @Test
    void anExtensionMovesTheDeadline() {
        long tag = deliver("a").get(0).tag();
        broker.pass(9, TimeUnit.SECONDS);
        assertCounts(alice.extend(id, 10_000, tag), 1, 0);
        broker.pass(9, TimeUnit.SECONDS);
        assertThat(alice.receive()).isEmpty();
        broker.pass(2, TimeUnit.SECONDS);
        assertThat(alice.receiveOne().attempt()).isEqualTo(2);
        alice.nack(id, 5_000, tag);
        assertCounts(alice.extend(id, 10_000, tag), 0, 1);
    }

    @Test
    void aLateAcknowledgementCounts() {
        long tag = deliver("a").get(0).tag();
        broker.pass(11, TimeUnit.SECONDS);
        assertCounts(alice.ack(id, tag), 1, 0);
        assertThat(alice.receive()).isEmpty();
    }

    @Test
    void rejectedMessagesBecomeDeadLettersThatSayWhy() {
        byte[] own = new PropertiesBuilder().header("kind", "test").toBytes();
        alice.publish(1, "demo", own, "bad");
        broker.turn();
        CollectingSink.Pushed bad = alice.receiveOne();
        assertCounts(alice.reject(id, "not a number", bad.tag()), 1, 0);
        broker.turn();
        long letters = alice.attach(to("$dead-letter/demo").named("ignored"), UNLIMITED);
        CollectingSink.Pushed letter = alice.receiveOne();
        assertThat(letter.subscription()).isEqualTo(letters);
        assertThat(letter.text()).isEqualTo("bad");
        assertThat(letter.properties()).startsWith(own);
        PropertiesReader reader = new PropertiesReader();
        reader.of(ByteBuffer.wrap(letter.properties()), own.length, letter.properties().length);
        assertThat(reader.next() && reader.key() == PropertyLayout.DEAD_LETTER_SUBSCRIPTION_KEY)
                .isTrue();
        assertThat(reader.asLong()).isEqualTo(id);
        assertThat(reader.next() && reader.asShort() == 1).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(reader.asText()).isEqualTo("not a number");
        assertThat(reader.next()).isTrue();
        assertThat(reader.asLong()).isEqualTo(broker.epochMillis());
        assertThat(reader.next()).isFalse();
        assertThat(broker.count(BrokerMetric.REJECTED)).isEqualTo(1);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
        assertCounts(alice.ack(id, bad.tag()), 1, 0);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isZero();
    }

    @Test
    void nacksUseUpTheDeliveries() {
        deliver("a");
        for (int attempt = 1; attempt < 3; attempt++) {
            alice.nack(id, 0, lastTag());
            assertThat(alice.receiveOne().attempt()).isEqualTo(attempt + 1);
        }
        alice.nack(id, 0, lastTag());
        broker.turn();
        assertThat(alice.receive()).isEmpty();
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
    }

    private long lastTag() {
        long[] tag = new long[1];
        alice.broker().listing().deliveries(alice.client(), id, new ListPage(0, 10), info -> tag[0] = info.tag());
        return tag[0];
    }

    @Test
    void aRejectThatFindsNoRoomIsTriedAgainAndTheMessageIsNotDeliveredMeanwhile() {
        long tag = deliver("a").get(0).tag();
        broker.journal().lettersBusy(true);
        assertCounts(alice.reject(id, "bad", tag), 1, 0);
        alice.detach(id, false);
        alice.attach(to("demo").named("jobs"), UNLIMITED);
        assertThat(alice.receive()).isEmpty();
        broker.journal().lettersBusy(false);
        broker.pass(1_100, TimeUnit.MILLISECONDS);
        assertThat(alice.receive()).isEmpty();
        alice.attach(to("$dead-letter/demo"), UNLIMITED);
        assertThat(alice.receiveTexts()).containsExactly("a");
    }

    @Test
    void aMoveThatWaitsForRoomHappensOnceWhateverOthersAsk() {
        TestBroker once = new TestBroker(Options.deliveriesMax(1));
        PushClient bob = new PushClient(once, "bob");
        PushClient other = new PushClient(once, "bob");
        long jobs = bob.attach(to("demo").named("jobs").ackTimeout(10_000), UNLIMITED);
        bob.publish(1, "demo", "a");
        once.turn();
        long tag = bob.receiveOne().tag();
        once.journal().lettersBusy(true);
        bob.nack(jobs, 0, tag);
        assertThat(bob.client().isBusy()).isTrue();
        other.extend(jobs, 1_000, tag);
        other.reject(jobs, "bad", tag);
        once.journal().lettersBusy(false);
        once.turn();
        assertThat(bob.client().isBusy()).isFalse();
        assertThat(other.client().isBusy()).isFalse();
        once.pass(2, TimeUnit.SECONDS);
        assertThat(once.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
    }

    @Test
    void aRejectedDeadLetterStaysOneAndIsPutOff() {
        alice.reject(id, "bad", deliver("a").get(0).tag());
        broker.turn();
        long letters = alice.attach(to("$dead-letter/demo").ackTimeout(1_000_000), UNLIMITED);
        alice.reject(letters, "still bad", alice.receiveOne().tag());
        broker.pass(29, TimeUnit.SECONDS);
        assertThat(alice.receive()).isEmpty();
        broker.pass(2, TimeUnit.SECONDS);
        assertThat(alice.receiveOne().attempt()).isEqualTo(2);
    }

    /** The acknowledgement names the message; behind as many letters as are remembered, replay does not know which it became. */
    @Test
    void anAcknowledgementThatRacesTheMoveSettlesTheLetterForGood() {
        TestBroker small = new TestBroker(Options.inFlightMax(1));
        PushClient bob = new PushClient(small, "bob");
        long jobs = bob.attach(to("demo").named("jobs").ackTimeout(10_000), UNLIMITED);
        bob.publish(1, "demo", "settled", "lost");
        small.turn();
        long settled = bob.receiveOne().tag();
        bob.nack(jobs, 5_000, settled); // what is put off leaves room for another one
        long lost = bob.receiveOne().tag();
        assertCounts(bob.reject(jobs, "bad", settled, lost), 2, 0);
        assertCounts(bob.ack(jobs, settled), 1, 0);
        small.turn();
        small.turn();
        small.restart();
        bob = new PushClient(small, "bob");
        bob.attach(to("$dead-letter/demo"), UNLIMITED);
        assertThat(bob.receiveTexts()).containsExactly("lost");
    }

    @Test
    void settlementsAreRefusedAsBusyAsAWholeWhenTooManyWaitForRoom() {
        List<CollectingSink.Pushed> kept = deliver("a", "b");
        String[] many = new String[BrokerLimits.defaults().waitingSettlements()];
        Arrays.fill(many, "x");
        broker.journal().settlementsBusy(true);
        for (List<CollectingSink.Pushed> received = deliver(many); !received.isEmpty(); received = alice.receive()) {
            long[] tags =
                    received.stream().mapToLong(CollectingSink.Pushed::tag).toArray();
            assertCounts(alice.ack(id, tags), tags.length, 0);
        }
        long[] tags = {kept.get(0).tag(), kept.get(1).tag()};
        SettleResult result = alice.ack(id, tags);
        assertThat(result.outcome()).isEqualTo(Outcome.BUSY);
        assertCounts(result, 0, 0);
        broker.journal().settlementsBusy(false);
        broker.turn();
        assertCounts(alice.ack(id, tags), 2, 0);
    }
}
