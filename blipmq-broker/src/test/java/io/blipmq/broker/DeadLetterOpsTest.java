package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadLetterOpsTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;

    private TestBroker broker = new TestBroker();
    private PushClient alice = new PushClient(broker, "alice");
    private long id = alice.attach(to("demo").named("jobs").ackTimeout(60_000), UNLIMITED);

    private void restart() {
        broker.restartCleanly();
        alice = new PushClient(broker, "alice");
    }

    /** Publishes and rejects messages, and attaches to their dead letters without credit. */
    private long letters(String... bodies) {
        fail(bodies);
        return alice.attach(to("$dead-letter/demo"));
    }

    private void fail(String... bodies) {
        alice.publish(1, "demo", bodies);
        broker.turn();
        alice.receive().forEach(pushed -> alice.reject(id, "bad", pushed.tag()));
        broker.turn();
    }

    private long redrive(long letters, long count) {
        long done = alice.redrive(letters, count, 0);
        broker.turn();
        return done;
    }

    private List<String> list(long letters) {
        List<String> bodies = new ArrayList<>();
        List<ByteBuffer> entries = new ArrayList<>();
        assertThat(alice.broker()
                        .listing()
                        .deadLetters(alice.client(), letters, new ListPage(0, 100), (tag, published, bytes) -> {
                            entries.add(ByteBuffer.allocate(bytes));
                            return entries.get(entries.size() - 1);
                        }))
                .hasValue(0);
        for (ByteBuffer entry : entries) {
            assertThat(entry.hasRemaining()).isFalse();
            byte[] body = new byte[EntryLayout.bodyLength(entry, 0)];
            entry.get(EntryLayout.bodyOffset(entry, 0), body);
            bodies.add(new String(body, StandardCharsets.UTF_8));
        }
        return bodies;
    }

    @Test
    void redrivenLettersAreDeliveredAsIfNeverBefore() {
        long letters = letters("a", "b", "c");
        assertThat(list(letters)).containsExactly("a", "b", "c");
        assertThat(redrive(letters, 2)).isEqualTo(2);
        List<CollectingSink.Pushed> again = alice.receive();
        assertThat(again).extracting(CollectingSink.Pushed::text).containsExactly("a", "b");
        assertThat(again).allSatisfy(pushed -> {
            assertThat(pushed.attempt()).isEqualTo(1);
            assertThat(pushed.subscription()).isEqualTo(id);
            assertThat(pushed.properties()).isEmpty();
        });
        assertThat(list(letters)).containsExactly("c");
        assertThat(broker.count(BrokerMetric.REDRIVEN)).isEqualTo(2);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(2);
        assertThat(alice.ack(id, again.get(0).tag(), again.get(1).tag()).settled())
                .isEqualTo(2);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isZero();
    }

    @Test
    void ownPropertiesStayAndTheTimeToLiveBeginsAnew() {
        byte[] own =
                new PropertiesBuilder().ttlMillis(10_000).header("kind", "test").toBytes();
        alice.publish(1, "demo", own, "a");
        broker.turn();
        alice.reject(id, "bad", alice.receiveOne().tag());
        broker.turn();
        broker.pass(20, TimeUnit.SECONDS);
        long letters = alice.attach(to("$dead-letter/demo"));
        assertThat(redrive(letters, 1)).isEqualTo(1);
        assertThat(alice.receiveOne().properties()).isEqualTo(own);
    }

    @Test
    void aRedrivenMessageSurvivesRestartsAndStaysSettled() {
        long letters = letters("a", "b", "c");
        assertThat(redrive(letters, 2)).isEqualTo(2);
        restart();
        broker.journal().wantCheckpoint();
        restart();
        assertThat(alice.attach(to("demo").named("jobs").ackTimeout(60_000), UNLIMITED))
                .isEqualTo(id);
        List<CollectingSink.Pushed> again = alice.receive();
        assertThat(again).extracting(CollectingSink.Pushed::text).containsExactly("a", "b");
        assertThat(again.get(0).attempt()).isEqualTo(1);
        alice.ack(id, again.get(0).tag());
        restart();
        assertThat(alice.attach(to("demo").named("jobs"), UNLIMITED)).isEqualTo(id);
        assertThat(alice.receiveTexts()).containsExactly("b");
        letters = alice.attach(to("$dead-letter/demo"));
        assertThat(list(letters)).containsExactly("c");
        assertThat(broker.broker().subscriptions(10))
                .filteredOn(info -> info.id() == id)
                .extracting(SubscriptionInfo::backlogBytes)
                .containsExactly(1L);
    }

    @Test
    void aRedriveThatWasNotStoredLeavesTheLetter() {
        long letters = letters("a");
        broker.journal().hold();
        assertThat(alice.redrive(letters, 1, 0)).isEqualTo(1);
        assertThat(list(letters)).as("on its way").isEmpty();
        alice.credit(letters, 10);
        assertThat(alice.receive()).isEmpty();
        broker.restart();
        alice = new PushClient(broker, "alice");
        letters = alice.attach(to("$dead-letter/demo"));
        assertThat(list(letters)).containsExactly("a");
    }

    @Test
    void aRedrivenMessageCanFailAgain() {
        long letters = letters("a");
        redrive(letters, 1);
        CollectingSink.Pushed again = alice.receiveOne();
        alice.reject(id, "bad again", again.tag());
        broker.turn();
        assertThat(list(letters)).containsExactly("a");
        restart();
        letters = alice.attach(to("$dead-letter/demo"));
        assertThat(list(letters)).containsExactly("a");
        assertThat(alice.ack(id, again.tag()).settled()).as("a late ack").isEqualTo(1);
        assertThat(list(letters)).isEmpty();
        assertThat(broker.broker().subscriptions(10))
                .extracting(SubscriptionInfo::backlogBytes)
                .containsOnly(0L);
    }

    @Test
    void aLetterThatGoesBackCanNoLongerBeSettled() {
        long letters = letters("a");
        alice.credit(letters, 1);
        CollectingSink.Pushed letter = alice.receiveOne();
        assertThat(alice.redrive(letters, 1, letter.tag())).isEqualTo(1);
        assertThat(alice.ack(letters, letter.tag()).unknown()).isEqualTo(1);
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("a");
    }

    @Test
    void oneLetterIsChosenByItsTag() {
        long letters = letters("a", "b", "c");
        alice.credit(letters, 1);
        alice.receiveOne();
        List<Long> tags = new ArrayList<>();
        alice.broker().listing().deadLetters(alice.client(), letters, new ListPage(0, 100), (tag, published, bytes) -> {
            tags.add(tag);
            return ByteBuffer.allocate(bytes);
        });
        assertThat(tags).hasSize(3);
        assertThat(alice.redrive(letters, 1, tags.get(2))).isEqualTo(1);
        assertThat(alice.purge(letters, 1, tags.get(0))).isEqualTo(1);
        assertThat(alice.tryPurge(letters, 1, LetterSelection.ofTag(tags.get(0))))
                .isEqualTo(Outcome.UNKNOWN);
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("c");
        assertThat(list(letters)).containsExactly("b");
        alice.credit(letters, 10);
        assertThat(alice.receiveTexts()).containsExactly("b");
        restart();
        letters = alice.attach(to("$dead-letter/demo"));
        assertThat(list(letters)).containsExactly("b");
    }

    @Test
    void aLetterWhoseSubscriptionIsGoneStays() {
        long letters = letters("a");
        alice.detach(id, true);
        assertThat(redrive(letters, 10)).isZero();
        assertThat(list(letters)).containsExactly("a");
    }

    @Test
    void redrivesAreBoundedByWhatTheSubscriptionMayHaveUnsettled() {
        broker = new TestBroker(Options.inFlightMax(2));
        alice = new PushClient(broker, "alice");
        id = alice.attach(to("demo").named("jobs").ackTimeout(60_000), UNLIMITED);
        fail("a", "b");
        long letters = letters("c", "d");
        assertThat(alice.redrive(letters, 10, 0)).isEqualTo(2);
        assertThat(redrive(letters, 10)).isZero();
        alice.receive().forEach(pushed -> alice.ack(id, pushed.tag()));
        assertThat(redrive(letters, 10)).isEqualTo(2);
        assertThat(alice.receiveTexts()).containsExactly("c", "d");
    }

    @Test
    void whatComesBackCountsWhileItIsOnItsWay() {
        broker = new TestBroker(Options.inFlightMax(2));
        alice = new PushClient(broker, "alice");
        id = alice.attach(to("demo").named("jobs").ackTimeout(60_000), UNLIMITED);
        long letters = letters("a", "b");
        alice.publish(1, "demo", "c", "d");
        broker.turn();
        assertThat(alice.redrive(letters, 1, 0)).isEqualTo(1);
        List<CollectingSink.Pushed> before = alice.receive();
        assertThat(before).extracting(CollectingSink.Pushed::text).containsExactly("c");
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("a");
        alice.ack(id, before.get(0).tag());
        assertThat(alice.receiveTexts()).containsExactly("d");
    }

    @Test
    void purgedLettersAreGoneForGood() {
        long letters = letters("a", "b", "c");
        assertThat(alice.purge(letters, 2, 0)).isEqualTo(2);
        assertThat(list(letters)).containsExactly("c");
        assertThat(broker.count(BrokerMetric.PURGED)).isEqualTo(2);
        restart();
        letters = alice.attach(to("$dead-letter/demo"));
        assertThat(list(letters)).containsExactly("c");
        assertThat(alice.purge(letters, 10, 0)).isEqualTo(1);
        assertThat(alice.purge(letters, 10, 0)).isZero();
    }

    @Test
    void manyLettersTakeTurnsAndOneAnswer() {
        String[] bodies = new String[1_200];
        Arrays.setAll(bodies, i -> "m" + i);
        long letters = letters(bodies);
        long size = broker.journal().size();
        assertThat(alice.tryRedrive(letters, 1_100, LetterSelection.ALL)).isEqualTo(Outcome.BUSY);
        assertThat(broker.journal().size() - size).as("in one turn").isEqualTo(500);
        broker.turn();
        assertThat(alice.tryRedrive(letters, 1_100, LetterSelection.ALL)).isEqualTo(Outcome.BUSY);
        broker.turn();
        assertThat(alice.redrive(letters, 1_100, 0)).isEqualTo(1_100);
        broker.turn();
        assertThat(alice.receiveTexts()).hasSize(1_100).startsWith("m0").endsWith("m1099");
        assertThat(list(letters)).hasSize(100);
        assertThat(alice.purge(letters, 1_000, 0)).isEqualTo(100);
    }

    @Test
    void largeLettersTakeTurnsToo() {
        String large = "x".repeat(600_000);
        long letters = letters(large, large, large);
        assertThat(alice.tryPurge(letters, 3, LetterSelection.ALL)).isEqualTo(Outcome.BUSY);
        assertThat(broker.count(BrokerMetric.PURGED)).isEqualTo(2);
        assertThat(alice.purge(letters, 3, 0)).isEqualTo(3);
    }

    @Test
    void aRequestThatFindsTheJournalBusyGoesOn() {
        long letters = letters("a", "b", "c");
        broker.journal().busyAfter(1);
        assertThat(alice.tryRedrive(letters, 10, LetterSelection.ALL)).isEqualTo(Outcome.BUSY);
        broker.journal().busyAfter(Integer.MAX_VALUE);
        assertThat(redrive(letters, 10)).isEqualTo(3);
        assertThat(alice.receiveTexts()).containsExactly("a", "b", "c");
    }

    @Test
    void aRequestThatShutdownCutsShortTellsWhatWasDone() {
        long letters = letters("a", "b", "c");
        broker.journal().busyAfter(1);
        assertThat(alice.tryRedrive(letters, 10, LetterSelection.ALL)).isEqualTo(Outcome.BUSY);
        broker.broker().beginShutdown();
        assertThat(alice.redrive(letters, 10, 0)).isEqualTo(1);
        assertThat(alice.tryRedrive(letters, 10, LetterSelection.ALL)).isEqualTo(Outcome.SHUTTING_DOWN);
    }

    @Test
    void aPurgeIsAnsweredWhenItIsStored() {
        long letters = letters("a", "b");
        broker.journal().hold();
        assertThat(alice.purge(letters, 2, 0)).isEqualTo(2);
        assertThat(alice.client().lastSequence())
                .isEqualTo(broker.journal().size())
                .isGreaterThan(broker.broker().appliedSequence());
    }

    @Test
    void aPurgeOnAFullDiskIsRefused() {
        long letters = letters("a", "b");
        broker.journal().full(true);
        assertThat(alice.tryPurge(letters, 2, LetterSelection.ALL)).isEqualTo(Outcome.DISK_FULL);
        alice.credit(letters, 1);
        alice.ack(letters, alice.receiveOne().tag());
        assertThat(broker.broker().isOutOfRoom()).isTrue();
        broker.journal().full(false);
        assertThat(alice.tryPurge(letters, 2, LetterSelection.ALL))
                .as("an acknowledgement waits for room")
                .isEqualTo(Outcome.DISK_FULL);
        broker.turn();
        assertThat(alice.purge(letters, 2, 0)).isEqualTo(1);
    }

    @Test
    void theLettersOfAnotherKeyAreNobodysBusiness() {
        long letters = letters("a");
        PushClient bob = new PushClient(broker, "bob");
        assertThat(bob.tryPurge(letters, 1, LetterSelection.ALL)).isEqualTo(Outcome.UNKNOWN);
        assertThat(bob.tryRedrive(letters, 1, LetterSelection.ALL)).isEqualTo(Outcome.UNKNOWN);
        assertThat(bob.broker()
                        .listing()
                        .deadLetters(bob.client(), letters, new ListPage(0, 1), (tag, published, bytes) -> null))
                .isEmpty();
        assertThat(alice.tryPurge(id, 1, LetterSelection.ALL)).isEqualTo(Outcome.UNKNOWN);
    }
}
