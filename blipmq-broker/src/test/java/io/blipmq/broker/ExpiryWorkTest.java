package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages whose time is over, when they are many. */
class ExpiryWorkTest {
    private static final int EXPIRED = 60_000;
    private static final int EXPIRED_PER_TURN_MAX = 20_000;

    private final TestBroker broker = new TestBroker(Options.messageTtlMillis(60_000));
    private final PushClient alice = new PushClient(broker, "alice");

    private void publish(int count) {
        alice.publish(1, "demo", IntStream.range(0, count).mapToObj(i -> "old").toArray(String[]::new));
        broker.turn();
    }

    @Test
    void aTurnPassesOverABoundedNumberOfThem() {
        long id = alice.attach(to("demo").named("jobs"));
        publish(EXPIRED);
        broker.advance(61, TimeUnit.SECONDS);
        broker.turn();
        alice.publish(1, "demo", "fresh");
        broker.turn();
        alice.credit(id, 1);
        assertThat(alice.receive()).isEmpty();
        long passed = broker.count(BrokerMetric.DROPPED_TTL_EXPIRED);
        assertThat(passed).isBetween(1L, (long) EXPIRED_PER_TURN_MAX);
        int turns = 1;
        while (alice.sink().take().isEmpty()) {
            assertThat(alice.broker().pushes().hasReady()).isTrue();
            alice.broker().pushes().push();
            turns++;
        }
        assertThat(turns).isBetween(EXPIRED / EXPIRED_PER_TURN_MAX, 10);
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(EXPIRED);
    }

    @Test
    void aTickGoesOnInOtherTurnsWhenTheyAreMany() {
        int subscriptions = 60;
        for (int i = 0; i < subscriptions; i++) {
            alice.attach(to("demo").named("jobs" + i));
        }
        publish(1_000);
        broker.pass(61, TimeUnit.SECONDS);
        long passed = broker.count(BrokerMetric.DROPPED_TTL_EXPIRED);
        assertThat(passed).isBetween(1L, (long) EXPIRED_PER_TURN_MAX);
        while (broker.broker().awaitNanosMax() == 0) {
            broker.turn();
        }
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(subscriptions * 1_000L);
    }

    @Test
    void oneSubscriptionWithManyIsDoneWithTheTickThatFindsThem() {
        alice.attach(to("demo").named("jobs"));
        publish(EXPIRED);
        broker.pass(61, TimeUnit.SECONDS);
        while (broker.broker().awaitNanosMax() == 0) {
            broker.turn();
        }
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(EXPIRED);
    }

    @Test
    void ticksThatFallBehindDoMoreInATurn() {
        alice.attach(to("demo").named("jobs"));
        publish(EXPIRED);
        broker.advance(61, TimeUnit.SECONDS);
        long first = expiredByATick();
        expiredByATick();
        assertThat(expiredByATick()).isBetween(first * 3 / 2, (long) EXPIRED_PER_TURN_MAX);
    }

    private long expiredByATick() {
        long before = broker.count(BrokerMetric.DROPPED_TTL_EXPIRED);
        broker.broker().mailbox().post(broker.broker()::onTick);
        broker.broker().doWork(broker.nanoTime());
        return broker.count(BrokerMetric.DROPPED_TTL_EXPIRED) - before;
    }

    @Test
    void aPollFindsWhatWaitsBehindThem() {
        Client bob = broker.connect("bob");
        long id = broker.subscribe(bob, 1, "demo");
        publish(2_500);
        broker.advance(61, TimeUnit.SECONDS);
        broker.turn();
        alice.publish(1, "demo", "fresh");
        broker.turn();
        assertThat(broker.poll(bob, id).payload()).isEqualTo("fresh");
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(2_500);
        assertThat(broker.count(BrokerMetric.DELIVERED)).isEqualTo(1);
    }

    @Test
    void aPollThatPassesOverThemIsPaidForByThem() {
        Client bob = broker.connect("bob");
        long id = broker.subscribe(bob, 1, "demo");
        publish(500);
        broker.advance(61, TimeUnit.SECONDS);
        broker.turn();
        long before = broker.broker().requestWork();
        assertThat(broker.poll(bob, id)).isNull();
        assertThat(broker.broker().requestWork() - before).isGreaterThanOrEqualTo(500);
    }
}
