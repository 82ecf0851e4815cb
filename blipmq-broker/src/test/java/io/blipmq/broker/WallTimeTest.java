package io.blipmq.broker;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A clock that is set costs nobody anything. */
class WallTimeTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long AFTER_1970 = 20_000;

    private final TestBroker broker = new TestBroker(Options.messageTtlMillis(HOURS.toMillis(1)));
    private Client alice = broker.connect("alice");
    private long id;

    private void publishToASubscription() {
        id = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
    }

    private void restart(boolean checkpoint) {
        if (checkpoint) {
            broker.journal().wantCheckpoint();
            broker.turn();
        }
        broker.restartCleanly();
        alice = broker.connect("alice");
    }

    private SubscriptionInfo info() {
        return broker.broker().subscriptions(1).get(0);
    }

    /** What waits is there for the rest of its hour, and no longer. */
    private void assertGoneAfter(long hours, long seconds) {
        broker.pass(HOURS.toSeconds(hours) + seconds - 20, SECONDS);
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isZero();
        assertThat(info().backlog()).isEqualTo(1);
        broker.pass(40, SECONDS);
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(1);
    }

    @Test
    void aClockThatIsSetAheadAndBackWhileTheDaemonRuns() {
        publishToASubscription();
        broker.setClock(NOW + DAYS.toMillis(10));
        broker.pass(1, SECONDS);
        assertThat(info().oldestAgeMillis()).isEqualTo(1_000);
        broker.setClock(NOW - DAYS.toMillis(10));
        broker.pass(1, SECONDS);
        assertThat(info().oldestAgeMillis()).isEqualTo(2_000);
        assertGoneAfter(1, 0);
    }

    @Test
    void aStartIn1970AndTheRightTimeWithTheNextOne() {
        broker.setClock(AFTER_1970);
        restart(false);
        publishToASubscription();
        broker.setClock(NOW);
        broker.pass(60, SECONDS);
        restart(false);
        assertThat(info().oldestAgeMillis()).isBetween(0L, 60_000L);
        assertGoneAfter(1, 0);
    }

    @Test
    void theRightTimeBehindACheckpointOf1970() {
        broker.setClock(AFTER_1970);
        restart(false);
        publishToASubscription();
        broker.poll(alice, id);
        broker.publishStored(alice, "demo", "second");
        restart(true);
        broker.setClock(NOW);
        restart(true);
        assertThat(info().oldestAgeMillis()).isZero();
        restart(true);
        assertThat(broker.pollAll(alice, id)).containsExactly("hi", "second");
        assertThat(info().oldestAgeMillis()).isZero();
    }

    @Test
    void tenDaysAheadAndBackOverRestarts() {
        broker.setClock(NOW + DAYS.toMillis(10));
        restart(false);
        publishToASubscription();
        restart(true);
        broker.setClock(NOW);
        restart(true);
        assertThat(info().oldestAgeMillis()).isZero();
        assertGoneAfter(1, 0);
    }

    @Test
    void aDaemonThatWasDownForTheNightDropsWhatHasExpired() {
        publishToASubscription();
        broker.advance(12, HOURS);
        restart(false);
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(1);
    }

    /** Nothing but the dead letter tells of the jump when the log is replayed. */
    @Test
    void aDeadLetterMadeBehindAJumpIsNotMovedAgain() {
        TestBroker failing = new TestBroker(Options.deliveriesMax(1));
        Client bob = failing.connect("bob");
        long jobs = failing.subscribe(bob, 1, "demo");
        failing.publishStored(bob, "demo", "hi");
        failing.setClock(NOW + DAYS.toMillis(400));
        failing.restartCleanly();
        bob = failing.connect("bob");
        failing.subscribe(bob, 1, "demo");
        failing.poll(bob, jobs);
        failing.pass(60, SECONDS);
        assertThat(failing.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
        failing.restartCleanly();
        failing.pass(60, SECONDS);

        SubscriptionInfo letters = failing.broker().subscriptions(2).get(1);
        assertThat(letters.deadLetters()).isTrue();
        assertThat(letters.oldestAgeMillis()).isEqualTo(120_000);
    }

    @Test
    void anAbsenceThatIsNotBelievedDoesNotEndASubscription() {
        TestBroker expiring = new TestBroker(Options.subscriptionExpirySeconds(3_600));
        Client bob = expiring.connect("bob");
        expiring.subscribe(bob, 1, "demo");
        expiring.broker().disconnect(bob);
        expiring.pass(1_800, SECONDS);
        expiring.journal().wantCheckpoint();
        expiring.turn();
        expiring.setClock(NOW + DAYS.toMillis(400));
        expiring.restartCleanly();
        expiring.pass(1_790, SECONDS);
        assertThat(expiring.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        expiring.pass(20, SECONDS);
        assertThat(expiring.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
    }
}
