package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What counts as an attempt, and whose settlement hits it. */
class AttemptTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;

    private final TestBroker broker = new TestBroker();
    private PushClient alice = new PushClient(broker, "alice");
    private long id = alice.attach(jobs(), UNLIMITED);
    private long tag;

    private static PushClient.Request jobs() {
        return to("demo").named("jobs").ackTimeout(1_000);
    }

    private void deliver() {
        alice.publish(1, "demo", "a");
        broker.turn();
        tag = alice.receiveOne().tag();
    }

    private void reconnect(PushClient.Request request) {
        alice.disconnect();
        alice = new PushClient(broker, "alice");
        id = alice.attach(request, UNLIMITED);
    }

    private static void assertHits(SettleResult result) {
        assertThat(result.settled()).isEqualTo(1);
        assertThat(result.unknown()).isZero();
    }

    private static void assertHitsNothing(SettleResult result) {
        assertThat(result.settled()).isZero();
        assertThat(result.unknown()).isEqualTo(1);
    }

    // --- whose it is

    @Test
    void anotherConnectionOfTheKeyMayOnlyAcknowledge() {
        deliver();
        PushClient other = new PushClient(broker, "alice");
        assertHitsNothing(other.nack(id, 0, tag));
        assertHitsNothing(other.reject(id, "bad", tag));
        assertHitsNothing(other.extend(id, 1, tag));
        assertHitsNothing(other.release(id, tag));
        assertHitsNothing(other.begin(id, tag));
        assertThat(alice.receive()).isEmpty();
        assertHits(other.ack(id, tag));
    }

    @Test
    void whoWasTakenOverFromSpendsNobodysAttempt() {
        deliver();
        PushClient successor = new PushClient(broker, "alice");
        successor.attach(jobs().takeOver(), UNLIMITED);
        assertThat(successor.receiveOne().attempt()).isEqualTo(2);
        assertHitsNothing(alice.nack(id, 0, tag));
        assertHitsNothing(alice.settle(id, SettleAction.REJECT, false, tag, 1));
        assertThat(successor.receive()).isEmpty();
        assertHits(alice.settle(id, SettleAction.ACK, false, tag, 1));
    }

    @Test
    void aSettlementOfAnEarlierAttemptHitsNothingButAnAcknowledgementDoes() {
        deliver();
        broker.pass(2, TimeUnit.SECONDS);
        assertThat(alice.receiveOne().attempt()).isEqualTo(2);
        for (SettleAction action : SettleAction.values()) {
            if (action != SettleAction.ACK) {
                assertHitsNothing(alice.settle(id, action, false, tag, 1));
            }
        }
        assertHits(alice.settle(id, SettleAction.ACK, false, tag, 1));
    }

    @Test
    void aLateNackOrRejectCountsUntilTheNextDelivery() {
        deliver();
        alice.credit(id, 0);
        broker.advance(2, TimeUnit.SECONDS);
        broker.turn();
        assertHits(alice.settle(id, SettleAction.NACK, false, tag, 1));
        assertHits(alice.settle(id, SettleAction.REJECT, false, tag, 1));
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
    }

    @Test
    void onlyWhatIsInFlightIsExtendedReleasedOrBegun() {
        deliver();
        alice.nack(id, 60_000, tag);
        assertHitsNothing(alice.extend(id, 1, tag));
        assertHitsNothing(alice.release(id, tag));
        assertHitsNothing(alice.begin(id, tag));
    }

    @Test
    void aTagThatIsNamedTwiceIsUnknownTheSecondTime() {
        deliver();
        for (SettleAction action : new SettleAction[] {SettleAction.EXTEND, SettleAction.BEGIN, SettleAction.NACK}) {
            SettleResult result = alice.settle(id, action, false, 1, "", tag, tag);
            assertThat(result.settled()).isEqualTo(1);
            assertThat(result.unknownTags()).containsExactly(tag);
        }
    }

    // --- what counts

    @Test
    void whatIsReleasedComesAtOnceAndDoesNotCount() {
        deliver();
        for (int i = 0; i < 10; i++) {
            assertHits(alice.release(id, tag));
            assertThat(alice.receiveOne().attempt()).isEqualTo(1);
        }
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(1);
        alice.release(id, tag);
        assertHits(alice.ack(id, tag));
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isZero();
    }

    @Test
    void whatWasWrittenCountsWhenTheConnectionEnds() {
        deliver();
        reconnect(jobs());
        assertThat(alice.receiveOne().attempt()).isEqualTo(2);
    }

    @Test
    void whatNeverLeftTheMachineDoesNotCount() {
        for (int i = 0; i < 10; i++) {
            alice.sink().stall(true);
            if (i == 0) {
                deliver();
            } else {
                assertThat(alice.receiveOne().attempt()).isEqualTo(1);
            }
            reconnect(jobs());
        }
        assertThat(alice.receiveOne().attempt()).isEqualTo(1);
        assertHits(alice.ack(id, tag));
    }

    @Test
    void whatNeverLeftTheMachineDoesNotCountWhenItTimesOut() {
        alice.sink().stall(true);
        deliver();
        for (int i = 0; i < 10; i++) {
            broker.pass(2, TimeUnit.SECONDS);
            assertThat(alice.receiveOne().attempt()).isEqualTo(1);
        }
    }

    @Test
    void whatWasNotBegunDoesNotCountWhenThatIsAskedFor() {
        reconnect(jobs().countFromBegin());
        deliver();
        for (int i = 0; i < 10; i++) {
            reconnect(jobs().countFromBegin());
            assertThat(alice.receiveOne().attempt()).isEqualTo(1);
        }
        assertHits(alice.begin(id, tag));
        reconnect(jobs().countFromBegin());
        assertThat(alice.receiveOne().attempt()).isEqualTo(2);
        alice.nack(id, 0, tag);
        assertThat(alice.receiveOne().attempt()).isEqualTo(3);
        broker.pass(2, TimeUnit.SECONDS);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
    }

    @Test
    void whatWasBegunLastWaitsForItsDeadline() {
        reconnect(jobs().countFromBegin());
        deliver();
        for (int attempt = 1; attempt < 3; attempt++) {
            alice.nack(id, 0, tag);
            alice.receiveOne();
        }
        reconnect(jobs().countFromBegin());
        assertThat(alice.receiveOne().attempt()).isEqualTo(3);
        alice.begin(id, tag);
        reconnect(jobs().countFromBegin());
        assertThat(alice.receive()).isEmpty();
        broker.pass(2, TimeUnit.SECONDS);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
    }

    @Test
    void theBackoffDoublesUpToThirtySecondsOrWhatWasAskedFor() {
        reconnect(jobs().retryBackoff(60_000));
        deliver();
        broker.pass(1_100, TimeUnit.MILLISECONDS);
        broker.pass(59, TimeUnit.SECONDS);
        assertThat(alice.receive()).isEmpty();
        broker.pass(2, TimeUnit.SECONDS);
        assertThat(alice.receiveOne().attempt()).isEqualTo(2);
    }

    // --- stored

    @Test
    void anAnswerMayWaitUntilTheAcknowledgementIsStored() {
        deliver();
        long before = alice.client().lastSequence();
        assertHits(alice.settleStored(id, SettleAction.ACK, tag));
        assertThat(alice.client().lastSequence()).isGreaterThan(before);
        assertThat(alice.client().lastSequence()).isGreaterThan(broker.broker().appliedSequence());
        assertThat(broker.journal().forceRequests()).isEqualTo(1);
    }

    @Test
    void anAcknowledgementAloneForcesNothing() {
        deliver();
        long before = alice.client().lastSequence();
        alice.ack(id, tag);
        assertThat(alice.client().lastSequence()).isEqualTo(before);
        assertThat(broker.journal().forceRequests()).isZero();
    }

    @Test
    void whoWantsItStoredWaitsForRoom() {
        deliver();
        broker.journal().settlementsBusy(true);
        assertHits(alice.settleStored(id, SettleAction.ACK, tag));
        assertThat(alice.client().isBusy()).isTrue();
        broker.journal().settlementsBusy(false);
        broker.broker().doWork(broker.nanoTime());
        assertThat(alice.client().isBusy()).isFalse();
        assertThat(alice.client().lastSequence()).isGreaterThan(broker.broker().appliedSequence());
    }
}
