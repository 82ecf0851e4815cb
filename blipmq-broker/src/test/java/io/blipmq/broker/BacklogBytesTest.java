package io.blipmq.broker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.entry.PropertiesBuilder;
import org.junit.jupiter.api.Test;

/** What a subscription is said to hold, in bytes, is exact after any end of the process. */
class BacklogBytesTest {
    private TestBroker broker = new TestBroker(Options.deliveriesMax(1));
    private Client alice = broker.connect("alice");

    private void restart() {
        broker.restartCleanly();
        alice = broker.connect("alice");
    }

    private void checkpoint() {
        broker.journal().wantCheckpoint();
        broker.turn();
    }

    private long bytes(int index) {
        return broker.broker().subscriptions(10).get(index).backlogBytes();
    }

    @Test
    void settledMessagesAheadOfTheCursorCountWithTheirOwnLength() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "x".repeat(10));
        broker.publishStored(alice, "demo", "x".repeat(1_000));
        broker.publishStored(alice, "demo", "x".repeat(20));
        broker.publishStored(alice, "demo", "x".repeat(3));
        broker.poll(alice, subscription);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        assertThat(bytes(0)).isEqualTo(33);
        restart();
        assertThat(bytes(0)).isEqualTo(33);
        checkpoint();
        restart();
        assertThat(bytes(0)).isEqualTo(33);
        broker.poll(alice, subscription);
        broker.poll(alice, subscription);
        assertThat(bytes(0)).isEqualTo(33);
    }

    @Test
    void aLargeMessageThatIsSettledAheadDoesNotGetADetachedSubscriptionRemoved() {
        broker = new TestBroker(Options.detachedBacklogBytesMax(100));
        alice = broker.connect("alice");
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "x".repeat(90));
        broker.publishStored(alice, "demo", "x".repeat(300));
        broker.poll(alice, subscription);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        restart();
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_OVERGROWN)).isZero();
    }

    @Test
    void whatHasExpiredNeverCostsADetachedSubscriptionWhatHasNot() {
        broker = new TestBroker(Options.detachedBacklogBytesMax(1_000));
        PushClient publisher = new PushClient(broker, "alice");
        byte[] oneSecond = new PropertiesBuilder().ttlMillis(1_000).toBytes();
        long id = publisher.attach(PushClient.Request.to("demo").named("jobs"));
        publisher.detach(id, false);
        publisher.publish(1, "demo", "kept");
        for (int i = 0; i < 3_000; i++) {
            publisher.publish(1, "demo", oneSecond, "0123456789");
        }
        broker.turn();
        broker.pass(2, SECONDS);
        while (broker.broker().isTickUnderWay()) {
            broker.turn();
        }
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_OVERGROWN)).isZero();
        assertThat(bytes(0)).isEqualTo(4);

        publisher.publish(1, "demo", "x".repeat(1_000));
        broker.turn();
        broker.pass(1, SECONDS);
        broker.turn();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_OVERGROWN)).isEqualTo(1);
    }

    @Test
    void aLateAcknowledgementTakesItsLetterFromTheBytesOfTheDeadLetters() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "x".repeat(10));
        broker.publishStored(alice, "demo", "x".repeat(500));
        broker.poll(alice, subscription);
        TestBroker.Received late = broker.poll(alice, subscription);
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(2);
        checkpoint();
        restart();
        assertThat(broker.acknowledge(alice, subscription, late)).isTrue();
        long letters = broker.subscribe(alice, 1, "$dead-letter/demo");
        assertThat(lettersBytes(letters)).isEqualTo(10);
        restart();
        assertThat(lettersBytes(letters)).isEqualTo(10);
    }

    private long lettersBytes(long id) {
        return broker.broker().subscriptions(10).stream()
                .filter(info -> info.id() == id)
                .findFirst()
                .orElseThrow()
                .backlogBytes();
    }
}
