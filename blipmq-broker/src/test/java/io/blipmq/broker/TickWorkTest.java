package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How often a turn of the core may look into the log's indexes and read, however many subscriptions have a backlog. */
class TickWorkTest {
    private static final int SUBSCRIPTIONS = 500;
    /** At some ten microseconds each, when the indexes of many segments have to be opened. */
    private static final int FINDS_PER_TURN_MAX = 60;

    private TestBroker broker;

    /** As many durable subscriptions to topics of their own, with two messages each, after a restart. */
    private PushClient startWithBacklogs(BrokerOptions options) {
        broker = new TestBroker(options);
        PushClient alice = new PushClient(broker, "alice");
        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            alice.attach(to("topic" + i).named("name" + i));
            alice.publish(1, "topic" + i, "a", "b");
        }
        broker.turn();
        broker.restartCleanly();
        return new PushClient(broker, "alice");
    }

    /** Runs turns until the tick's work is done. */
    private void tick() {
        broker.pass(1, TimeUnit.SECONDS);
        int turns = 0;
        while (broker.broker().isTickUnderWay()) {
            int findsBefore = broker.journal().finds();
            broker.broker().doWork(broker.nanoTime());
            assertThat(broker.journal().finds() - findsBefore).isLessThanOrEqualTo(FINDS_PER_TURN_MAX);
            turns++;
        }
        assertThat(turns).isLessThan(SUBSCRIPTIONS);
    }

    @Test
    void aTickReadsNothingWhereNothingCanExpire() {
        startWithBacklogs(Options.deliveriesMax(3));
        tick();
        assertThat(broker.journal().finds()).isZero();
        assertThat(broker.journal().reads()).isZero();
    }

    @Test
    void aTickLooksForExpiredMessagesInManyTurns() {
        startWithBacklogs(Options.messageTtlMillis(60_000));
        tick();
        assertThat(broker.journal().reads()).isEqualTo(SUBSCRIPTIONS);
        broker.advance(60, TimeUnit.SECONDS);
        tick();
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(SUBSCRIPTIONS * 2);
    }

    @Test
    void whatAReconnectingCrowdIsGivenIsFoundInManyTurns() {
        PushClient alice = startWithBacklogs(Options.deliveriesMax(3));
        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            alice.attach(to("topic" + i).named("name" + i), 10);
        }
        int received = 0;
        do {
            int findsBefore = broker.journal().finds();
            alice.broker().pushes().push();
            assertThat(broker.journal().finds() - findsBefore).isLessThanOrEqualTo(FINDS_PER_TURN_MAX);
            received += alice.sink().take().size();
        } while (alice.broker().pushes().hasReady());
        assertThat(received).isEqualTo(SUBSCRIPTIONS * 2);
    }

    @Test
    void aPageForAnOperatorIsShortWhenMuchHasToBeRead() {
        startWithBacklogs(Options.deliveriesMax(3));
        List<SubscriptionInfo> all = new ArrayList<>();
        List<SubscriptionInfo> page = broker.broker().subscriptionsBehind(0, Integer.MAX_VALUE);
        int finds = 0;
        while (!page.isEmpty()) {
            assertThat(broker.journal().finds() - finds).isLessThanOrEqualTo(FINDS_PER_TURN_MAX);
            finds = broker.journal().finds();
            all.addAll(page);
            page = broker.broker().subscriptionsBehind(page.get(page.size() - 1).id(), Integer.MAX_VALUE);
        }
        assertThat(all).hasSize(SUBSCRIPTIONS).allMatch(info -> info.backlog() == 2);
    }
}
