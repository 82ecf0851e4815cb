package io.blipmq.broker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.entry.PropertiesBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A journal that has no room even for settlements: what waits, how much of it, and what is left alone meanwhile. */
class FullJournalTest {
    private static final int WAITING_MAX = BrokerLimits.defaults().waitingSettlements();

    private TestBroker broker = new TestBroker();
    private Client alice = broker.connect("alice");

    private void use(BrokerOptions options) {
        broker = new TestBroker(options);
        alice = broker.connect("alice");
    }

    private void publish(String... payloads) {
        for (String payload : payloads) {
            broker.publishStored(alice, "demo", payload);
        }
    }

    @Test
    void anAcknowledgementThatTheJournalHasNoRoomForIsKept() {
        long subscription = broker.subscribe(alice, 1, "demo");
        publish("one", "two");
        broker.journal().busy(true);
        assertThat(broker.acknowledge(alice, subscription, broker.poll(alice, subscription)))
                .isTrue();
        assertThat(broker.acknowledge(alice, subscription, broker.poll(alice, subscription)))
                .isTrue();
        assertThat(broker.broker().waitingAcknowledgementCount()).isEqualTo(2);
        broker.journal().busy(false);
        broker.turn();
        assertThat(broker.broker().waitingAcknowledgementCount()).isZero();
        broker.restart();

        assertThat(broker.pollAll(broker.connect("alice"), subscription)).isEmpty();
    }

    @Test
    void aCheckpointKeepsWhatWaitsForTheDisk() {
        long subscription = broker.subscribe(alice, 1, "demo");
        publish("one");
        broker.journal().full(true);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.turn();
        assertThat(broker.broker().waitingAcknowledgementCount()).isEqualTo(1);
        assertThat(broker.broker().waitingAcknowledgementCountSinceCheckpoint()).isZero();
    }

    @Test
    void whatWaitsGoesBeforeAnythingOfTheNextTurn() {
        long subscription = broker.subscribe(alice, 1, "demo");
        publish("one");
        broker.journal().busy(true);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.broker().endTurn();
        broker.journal().busy(false);
        int before = broker.journal().size();
        broker.broker().doWork(broker.nanoTime());
        assertThat(broker.journal().size()).isEqualTo(before + 1);
    }

    @Test
    void soManyWaitAndNoMore() {
        use(Options.inFlightMax(WAITING_MAX + 2));
        long subscription = broker.subscribe(alice, 1, "demo");
        IntStream.range(0, WAITING_MAX + 1).forEach(i -> broker.publish(alice, 1, "demo", "m" + i));
        broker.turn();
        List<TestBroker.Received> received = new ArrayList<>();
        for (TestBroker.Received next = broker.poll(alice, subscription);
                next != null;
                next = broker.poll(alice, subscription)) {
            received.add(next);
        }
        TestBroker.Received last = received.remove(WAITING_MAX);
        broker.journal().full(true);
        received.forEach(delivery -> broker.acknowledge(alice, subscription, delivery));
        assertThat(broker.broker().waitingAcknowledgementCount()).isEqualTo(WAITING_MAX);
        assertThat(broker.broker().settling().acknowledge(alice, subscription, last.tag()))
                .isEqualTo(Outcome.BUSY);
        assertThat(broker.broker().isOutOfRoom()).isTrue();
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(1);

        broker.journal().full(false);
        broker.turn();
        assertThat(broker.broker().isOutOfRoom()).isFalse();
        assertThat(broker.broker().settling().acknowledge(alice, subscription, last.tag()))
                .isEqualTo(Outcome.DONE);
        broker.restartCleanly();
        assertThat(broker.pollAll(broker.connect("alice"), subscription)).isEmpty();
    }

    @Test
    void whatExpiresStaysUntilThereIsRoomAndIsNotDelivered() {
        use(Options.messageTtlMillis(10_000));
        long subscription = broker.subscribe(alice, 1, "demo");
        publish("due", "waiting", "waiting too");
        broker.poll(alice, subscription);
        broker.pass(5, SECONDS);
        publish("fresh");
        broker.journal().full(true);
        broker.pass(6, SECONDS);

        assertThat(broker.pollAll(alice, subscription)).isEmpty();
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isZero();
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(1);
        assertThat(broker.broker().waitingAcknowledgementCount()).isZero();

        broker.journal().full(false);
        broker.pass(2, SECONDS);
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(3);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isZero();
        assertThat(broker.pollAll(alice, subscription)).containsExactly("fresh");
    }

    @Test
    void anExpiredRedeliveryDoesNotHoldUpTheOthers() {
        use(Options.messageTtlMillis(10_000));
        long subscription = broker.subscribe(alice, 1, "demo");
        publish("old");
        broker.poll(alice, subscription);
        broker.pass(9, SECONDS);
        publish("young");
        assertThat(broker.pollAll(alice, subscription)).containsExactly("old", "young");
        broker.journal().full(true);
        broker.pass(2, SECONDS);
        assertThat(broker.pollAll(alice, subscription)).containsExactly("young");
        broker.journal().full(false);
        broker.pass(2, SECONDS);
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(1);
    }

    @Test
    void nothingExpiresBeforeAnAcknowledgementThatWaits() {
        use(Options.messageTtlMillis(10_000));
        long subscription = broker.subscribe(alice, 1, "demo");
        publish("acknowledged", "expired");
        broker.journal().settlementsBusy(true);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.journal().settlementsBusy(false);
        broker.advance(11, SECONDS);
        int before = broker.journal().size();
        broker.broker().onTick();
        assertThat(broker.journal().size()).isEqualTo(before);
        broker.turn();
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(1);
    }

    @Test
    void aCheckpointKeepsAcknowledgementsThatWait() {
        long subscription = broker.subscribe(alice, 1, "demo");
        publish("one", "two");
        broker.journal().full(true);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.journal().wantCheckpoint();
        broker.turn();
        assertThat(broker.broker().waitingAcknowledgementCount()).isEqualTo(1);
        assertThat(broker.broker().waitingAcknowledgementCountSinceCheckpoint()).isZero();
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        assertThat(broker.broker().waitingAcknowledgementCountSinceCheckpoint()).isEqualTo(1);
        broker.broker().seal();
        broker.restart();
        assertThat(broker.pollAll(broker.connect("alice"), subscription)).containsExactly("two");
    }

    @Test
    void whatExpiredWithoutRoomIsPassedAsSoonAsThereIsSome() {
        broker = new TestBroker(Options.inFlightMax(1));
        PushClient bob = new PushClient(broker, "bob");
        bob.attach(PushClient.Request.to("demo").named("jobs").ackTimeout(60_000), AttachRequest.UNLIMITED_CREDIT);
        bob.publish(1, "demo", "in flight");
        bob.publish(1, "demo", new PropertiesBuilder().ttlMillis(1_000).toBytes(), "short");
        broker.turn();
        bob.publish(0, "demo", "live");
        assertThat(bob.receiveTexts()).containsExactly("in flight");
        broker.journal().settlementsBusy(true);
        broker.pass(2, SECONDS);
        broker.broker().onTick();
        assertThat(bob.receiveTexts()).isEmpty();
        broker.journal().settlementsBusy(false);
        assertThat(bob.receiveTexts()).containsExactly("live");
    }

    @Test
    void whatHasExpiredAndCannotBeSettledLeavesRoomForAnotherAtOnce() {
        broker = new TestBroker(Options.inFlightMax(1));
        PushClient bob = new PushClient(broker, "bob");
        long id = bob.attach(PushClient.Request.to("demo").named("jobs"), AttachRequest.UNLIMITED_CREDIT);
        bob.publish(1, "demo", new PropertiesBuilder().ttlMillis(1_000).toBytes(), "short");
        bob.publish(1, "demo", "next");
        broker.turn();
        CollectingSink.Pushed expiring = bob.receiveOne();
        broker.journal().full(true);
        bob.reject(id, "bad", expiring.tag());
        assertThat(bob.receiveTexts()).isEmpty();
        broker.advance(2, SECONDS);
        broker.turn();
        assertThat(bob.receiveTexts()).containsExactly("next");
    }
}
