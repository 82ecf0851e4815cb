package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.entry.PropertiesBuilder;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Messages that their publishers have given an id. */
class PublishOnceTest {
    private static final long WINDOW_MILLIS = 120_000;

    private TestBroker broker = new TestBroker();
    private PushClient alice = new PushClient(broker, "alice");

    private void open(BrokerOptions options) {
        broker = new TestBroker(options);
        alice = new PushClient(broker, "alice");
    }

    private static byte[] id(String id) {
        return new PropertiesBuilder()
                .header("h", "v")
                .publishId(PushClient.bytes(id))
                .toBytes();
    }

    private static BatchResult publish(PushClient client, String topic, String id, String... bodies) {
        return client.publish(1, topic, id(id), bodies);
    }

    private void expectStored(String id) {
        expectStored(alice, "demo", id);
    }

    private static void expectStored(PushClient client, String topic, String id) {
        expect(publish(client, topic, id, "x"), false);
    }

    private void expectDuplicate(String id) {
        expect(publish(alice, "demo", id, "x"), true);
    }

    private static void expect(BatchResult result, boolean duplicate) {
        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.taken()).isEqualTo(1);
        assertThat(result.areDuplicates()).isEqualTo(duplicate);
    }

    private void restart() {
        broker.restart();
        alice = new PushClient(broker, "alice");
    }

    private long attach(String topic) {
        return alice.attach(PushClient.Request.to(topic).named(topic), 1_000);
    }

    @Test
    void aSecondMessageWithTheSameIdIsAcceptedAndNotStored() {
        attach("demo");
        assertThat(publish(alice, "demo", "1", "first").areDuplicates()).isFalse();
        broker.turn();
        BatchResult second = publish(alice, "demo", "1", "second");
        assertThat(second.areDuplicates()).isTrue();
        assertThat(second.taken()).isEqualTo(1);
        assertThat(second.subscriptions()).isEqualTo(1);
        expectStored("2");
        broker.turn();

        assertThat(alice.receiveTexts()).containsExactly("first", "x");
        assertThat(broker.count(BrokerMetric.PUBLISHED)).isEqualTo(2);
        assertThat(broker.count(BrokerMetric.DUPLICATES)).isEqualTo(1);
    }

    @Test
    void anIdCountsForItsKeyAndItsTopic() {
        PushClient bob = new PushClient(broker, "bob");
        attach("demo");
        attach("other");
        expectStored("1");
        expectStored(alice, "other", "1");
        expectStored(bob, "demo", "1");
        broker.turn();
        expectDuplicate("1");
        expect(publish(bob, "demo", "1", "x"), true);
        expectStored("11");
    }

    @Test
    void duplicatesInOneBatchAreTakenApart() {
        attach("demo");
        BatchResult first = publish(alice, "demo", "1", "first", "second", "third");
        assertThat(first.taken()).isEqualTo(1);
        assertThat(first.outcome()).isEqualTo(Outcome.DONE);
        assertThat(first.areDuplicates()).isFalse();
        broker.turn();
        BatchResult rest = publish(alice, "demo", "1", "second", "third");
        assertThat(rest.taken()).isEqualTo(2);
        assertThat(rest.areDuplicates()).isTrue();
        assertThat(alice.receiveTexts()).containsExactly("first");
    }

    @Test
    void aDuplicateWaitsUntilTheFirstMessageIsStored() {
        attach("demo");
        PushClient again = new PushClient(broker, "alice");
        long stored = broker.broker().appliedSequence();
        expectStored("1");
        expect(publish(again, "demo", "1", "x"), true);
        assertThat(again.client().lastSequence())
                .isEqualTo(alice.client().lastSequence())
                .isGreaterThan(stored);

        broker.turn();
        assertThat(broker.broker().appliedSequence())
                .isGreaterThanOrEqualTo(again.client().lastSequence());
    }

    @Test
    void whatWasRefusedIsNotRemembered() {
        attach("demo");
        broker.journal().full(true);
        assertThat(publish(alice, "demo", "1", "x").outcome()).isEqualTo(Outcome.DISK_FULL);
        broker.journal().full(false);
        broker.journal().busy(true);
        assertThat(publish(alice, "demo", "1", "x").outcome()).isEqualTo(Outcome.BUSY);
        broker.journal().busy(false);
        expectStored("1");
    }

    @Test
    void whatReachesNoSubscriptionIsNotRemembered() {
        assertThat(publish(alice, "demo", "1", "x", "y").taken()).isEqualTo(2);
        attach("demo");
        expectStored("1");
    }

    @Test
    void anIdHasNoEffectAtQos0() {
        attach("demo");
        expectStored("1");
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("x");
        BatchResult result = alice.publish(0, "demo", id("1"), "y", "z");
        assertThat(result.taken()).isEqualTo(2);
        assertThat(result.areDuplicates()).isFalse();
        assertThat(alice.receiveTexts()).containsExactly("y", "z");
        expectDuplicate("1");
    }

    @Test
    void theWindowGoesByTime() {
        attach("demo");
        expectStored("1");
        broker.turn();
        broker.pass(WINDOW_MILLIS - 1, TimeUnit.MILLISECONDS);
        expectDuplicate("1");
        broker.pass(1, TimeUnit.MILLISECONDS);
        expectStored("1");
        broker.turn();
        expectDuplicate("1");
    }

    @Test
    void aMessageThatIsStoredAfterItsWindowHasItsOwn() {
        attach("demo");
        expectStored("1");
        broker.advance(WINDOW_MILLIS, TimeUnit.MILLISECONDS);
        broker.broker().doWork(broker.nanoTime());
        expectStored("1");
        expectDuplicate("1");
        broker.turn();
        expectDuplicate("1");
        assertThat(alice.receiveTexts()).hasSize(2);
    }

    @Test
    void theOldestIsForgottenFirstWhenThereAreTooMany() {
        open(Options.deduplication(WINDOW_MILLIS, 2, 1 << 20));
        attach("demo");
        for (String id : new String[] {"1", "2", "3"}) {
            expectStored(id);
            broker.turn();
        }
        expectDuplicate("3");
        expectDuplicate("2");
        expectStored("1");
    }

    @Test
    void theOldestIsForgottenFirstWhenTheyTakeTooMuchMemory() {
        open(Options.deduplication(WINDOW_MILLIS, 100_000, 500));
        attach("demo");
        for (String id : new String[] {"1", "2", "3"}) {
            expectStored(id);
            broker.turn();
        }
        expectDuplicate("3");
        expectStored("1");
    }

    @Test
    void whatIsNotStoredYetWaitsWhenItTakesTooMuchMemory() {
        open(Options.deduplication(WINDOW_MILLIS, 100_000, 500));
        attach("demo");
        expectStored("1");
        assertThat(publish(alice, "demo", "2", "x").outcome()).isEqualTo(Outcome.BUSY);
        broker.turn();
        expectStored("2");
    }

    @Test
    void idsSurviveARestart() {
        attach("demo");
        expectStored("1");
        broker.turn();
        restart();
        expectDuplicate("1");
    }

    @Test
    void whatWasNotStoredBeforeAKillIsStoredAfterIt() {
        attach("demo");
        expectStored("1");
        restart();
        expectStored("1");
    }

    @Test
    void idsAreInACheckpoint() {
        attach("demo");
        expectStored("1");
        broker.turn();
        broker.pass(10, TimeUnit.SECONDS);
        expectStored("2");
        broker.turn();
        broker.journal().wantCheckpoint();
        broker.turn();
        assertThat(broker.journal().checkpoint())
                .filteredOn(line -> line.startsWith("publish id"))
                .hasSize(2);

        restart();
        expectDuplicate("1");
        expectDuplicate("2");
        broker.pass(WINDOW_MILLIS - 10_000, TimeUnit.MILLISECONDS);
        expectStored("1");
        expectDuplicate("2");
    }

    /** As after the loss of a disk's part: what was stored is lost, so it has to be stored again. */
    @Test
    void anIdWhoseMessageIsLostIsForgotten() throws IOException {
        attach("demo");
        expectStored("1");
        broker.turn();
        long lost = broker.broker().appliedSequence();
        expectStored("2");
        broker.turn();
        broker.restartWithLost(lost, lost);
        alice = new PushClient(broker, "alice");
        expectStored("1");
        expectDuplicate("2");
    }

    @Test
    void aClockThatNobodyBelievesMakesNoIdOlder() {
        attach("demo");
        expectStored("1");
        broker.turn();
        broker.setClock(broker.epochMillis() + TimeUnit.DAYS.toMillis(1_000));
        restart();
        expectDuplicate("1");
        expectStored("2");
        broker.turn();
        broker.setClock(broker.epochMillis() - TimeUnit.DAYS.toMillis(2_000));
        restart();
        expectDuplicate("1");
        expectDuplicate("2");
        broker.pass(WINDOW_MILLIS, TimeUnit.MILLISECONDS);
        expectStored("1");
    }

    @Test
    void aDeadLetterAndItsRedriveAreNoPublishes() {
        long id = attach("demo");
        expectStored("1");
        broker.turn();
        long tag = alice.receiveOne().tag();
        alice.reject(id, "bad", tag);
        broker.turn();
        long letters = alice.attach(PushClient.Request.to("$dead-letter/demo"));
        assertThat(alice.redrive(letters, 1, 0)).isEqualTo(1);
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("x");
        expectDuplicate("1");
    }

    /** The name of a topic is no part of an id, whatever both begin and end with. */
    @Test
    void idAndTopicAreNotMixedUp() {
        attach("b");
        attach("ab");
        expectStored(alice, "b", "xa");
        expectStored(alice, "ab", "x");
    }
}
