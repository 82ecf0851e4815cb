package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Subscriptions and deliveries that are not settled have one budget, whatever each of them asks for. */
class StateMemoryTest {
    private static final BrokerLimits LIMITS = BrokerLimits.defaults();
    private static final int SLOW = 90;
    private static final int DELIVERIES_MAX = 5_000;
    private static final long BYTES_MAX =
            2L * (SLOW + 10) * LIMITS.subscriptionBytes() + (long) DELIVERIES_MAX * LIMITS.deliveryBytes();

    private final TestBroker broker = new TestBroker(Options.stateBytesMax(BYTES_MAX));
    private final PushClient alice = new PushClient(broker, "alice");

    private void publish(int count) {
        alice.publish(
                1, "demo", IntStream.range(0, count).mapToObj(i -> "m" + i).toArray(String[]::new));
        broker.turn();
    }

    private void attachSlowOnes() {
        for (int i = 0; i < SLOW; i++) {
            alice.attach(to("demo").named("slow" + i), AttachRequest.UNLIMITED_CREDIT);
        }
    }

    /** Everything that is pushed in as many turns as it takes. */
    private List<CollectingSink.Pushed> receiveAll() {
        List<CollectingSink.Pushed> all = new ArrayList<>();
        do {
            all.addAll(alice.receive());
        } while (alice.broker().pushes().hasReady());
        return all;
    }

    @Test
    void consumersThatSettleNothingLeaveRoomForOneThatDoes() {
        attachSlowOnes();
        publish(2_000);
        assertThat(receiveAll()).hasSizeBetween(SLOW, 2 * DELIVERIES_MAX);
        PushClient bob = new PushClient(broker, "bob");
        long id = bob.attach(to("demo").named("fast"), AttachRequest.UNLIMITED_CREDIT);
        publish(500);
        List<Long> received = new ArrayList<>();
        for (List<CollectingSink.Pushed> some = bob.receive(); !some.isEmpty(); some = bob.receive()) {
            some.forEach(pushed -> {
                received.add(pushed.tag());
                bob.ack(id, pushed.tag());
            });
        }
        assertThat(received).hasSize(500);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isLessThanOrEqualTo(2L * DELIVERIES_MAX);
    }

    @Test
    void whoHasNoRoomGoesOnWhenOthersHaveSettled() {
        attachSlowOnes();
        publish(2_000);
        List<CollectingSink.Pushed> received = receiveAll();
        assertThat(alice.receive()).isEmpty();
        int rounds = 0;
        for (List<CollectingSink.Pushed> some = received; !some.isEmpty(); some = receiveAll()) {
            some.forEach(pushed -> alice.ack(pushed.subscription(), pushed.tag()));
            rounds++;
        }
        assertThat(broker.count(BrokerMetric.ACKNOWLEDGED)).isEqualTo(SLOW * 2_000L);
        assertThat(rounds).isGreaterThan(2);
    }

    @Test
    void subscriptionsBeyondTheBudgetAreRefused() {
        int made = 0;
        Outcome outcome = Outcome.DONE;
        while (outcome.isDone()) {
            outcome = alice.tryAttach(to("demo").named("n" + made)).outcome();
            made += outcome.isDone() ? 1 : 0;
        }
        assertThat(outcome).isEqualTo(Outcome.TOO_MANY_SUBSCRIPTIONS);
        assertThat(made).isBetween(SLOW, (int) (BYTES_MAX * 3 / 4 / LIMITS.subscriptionBytes()));
        broker.turn();
        assertThat(broker.trySubscribe(broker.connect("bob"), 1, "demo").outcome())
                .isEqualTo(Outcome.TOO_MANY_SUBSCRIPTIONS);
        assertThat(broker.trySubscribe(broker.connect("bob"), 0, "demo").outcome())
                .isEqualTo(Outcome.TOO_MANY_SUBSCRIPTIONS);
        for (int i = 0; i < 10; i++) {
            assertThat(alice.delete("n" + i)).isEqualTo(Outcome.DONE);
        }
        broker.turn();
        assertThat(alice.attach(to("demo").named("again"))).isPositive();
    }

    @Test
    void whatPollsTakeCountsToo() {
        Client bob = broker.connect("bob");
        attachSlowOnes();
        long id = broker.subscribe(bob, 1, "demo");
        publish(2_000);
        receiveAll();
        int polled = broker.pollAll(bob, id).size();
        assertThat(polled).isBetween(1, 1_999);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isLessThanOrEqualTo(2L * DELIVERIES_MAX);
    }
}
