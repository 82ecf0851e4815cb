package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept in memory about dead letters, and what is found without it. */
class RecentLettersTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;

    private final TestBroker broker = new TestBroker(Options.inFlightMax(2));
    private PushClient alice = new PushClient(broker, "alice");
    private long id = attach();
    private final List<Long> tags = new ArrayList<>();

    private long attach() {
        return alice.attach(to("demo").named("jobs").ackTimeout(60_000), UNLIMITED);
    }

    /** One after the other becomes a dead letter. */
    private void fail(String... bodies) {
        for (String body : bodies) {
            alice.publish(1, "demo", body);
            broker.turn();
            long tag = alice.receiveOne().tag();
            tags.add(tag);
            alice.reject(id, "bad", tag);
            broker.turn();
        }
    }

    @Test
    void theNewestLettersAreRememberedForLateAcknowledgements() {
        fail("a", "b", "c");
        assertThat(alice.ack(id, tags.get(0)).unknown()).isEqualTo(1);
        assertThat(alice.ack(id, tags.get(1), tags.get(2)).settled()).isEqualTo(2);
        assertThat(alice.ack(id, tags.get(1)).unknown()).as("settled before").isEqualTo(1);
        assertThat(broker.count(BrokerMetric.ACKNOWLEDGED)).isEqualTo(2);
        broker.restartCleanly();
        alice = new PushClient(broker, "alice");
        assertThat(alice.attach(to("$dead-letter/demo"), UNLIMITED)).isPositive();
        assertThat(alice.receiveTexts()).containsExactly("a");
    }

    @Test
    void aCheckpointHoldsNoMore() {
        fail("a", "b", "c", "d");
        alice.ack(id, tags.get(3));
        broker.journal().wantCheckpoint();
        broker.turn();
        assertThat(broker.journal().checkpoint())
                .filteredOn(line -> line.startsWith("LetterState"))
                .hasSize(2)
                .anyMatch(line -> line.contains("originTag=" + tags.get(2)));
        broker.restart();
        alice = new PushClient(broker, "alice");
        assertThat(alice.ack(id, tags.get(1)).unknown()).isEqualTo(1);
        assertThat(alice.ack(id, tags.get(2)).settled()).isEqualTo(1);
    }

    @Test
    void aLetterThatIsNotRememberedFindsItsWayBack() {
        fail("a", "b", "c", "d");
        broker.journal().wantCheckpoint();
        broker.restartCleanly();
        alice = new PushClient(broker, "alice");
        long letters = alice.attach(to("$dead-letter/demo"));
        assertThat(attach()).isEqualTo(id);
        assertThat(alice.redrive(letters, 2, 0)).isEqualTo(2);
        broker.turn();
        List<CollectingSink.Pushed> again = alice.receive();
        assertThat(again).extracting(CollectingSink.Pushed::text).containsExactly("a", "b");
        assertThat(again).extracting(CollectingSink.Pushed::subscription).containsOnly(id);
    }

    @Test
    void aLateAcknowledgementOfALetterWhoseSubscriptionIsGoneHitsNothing() {
        fail("a");
        long letters = alice.attach(to("$dead-letter/demo"));
        assertThat(alice.detach(letters, true)).isEqualTo(Outcome.DONE);
        assertThat(alice.ack(id, tags.get(0)).unknown())
                .as("while it is removed")
                .isEqualTo(1);
        broker.turn();
        assertThat(alice.ack(id, tags.get(0)).unknown()).isEqualTo(1);
    }
}
