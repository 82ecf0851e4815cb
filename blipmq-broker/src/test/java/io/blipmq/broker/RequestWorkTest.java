package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What requests cost, as far as it is not paid for by the messages that they settle or the bytes that they have. */
class RequestWorkTest {
    private static final byte[] NO_NAME = {};

    private static final int MESSAGES = 16_000;
    private static final int SUBSCRIPTIONS = 6;

    private final TestBroker broker = new TestBroker();
    private final PushClient alice = new PushClient(broker, "alice");

    /** @return what a request has cost */
    private long workOf(Runnable request) {
        long before = broker.broker().requestWork();
        request.run();
        return broker.broker().requestWork() - before;
    }

    /** @return the subscription's id, with as many unsettled deliveries */
    private long withUnsettled(int count) {
        long id = alice.attach(to("demo").named("jobs"), AttachRequest.UNLIMITED_CREDIT);
        publish(count);
        assertThat(alice.receive()).hasSize(count);
        return id;
    }

    private void publish(int count) {
        alice.publish(
                1, "demo", IntStream.range(0, count).mapToObj(i -> "m" + i).toArray(String[]::new));
        broker.turn();
    }

    @Test
    void settlingUpToADeliveryCostsWhatItSettles() {
        long id = withUnsettled(1_000);
        long tenth = id + 10;
        assertThat(workOf(() -> alice.settle(id, SettleAction.EXTEND, true, 1_000, "", tenth)))
                .isEqualTo(10);
        assertThat(workOf(() -> alice.ackUpTo(id, Long.MAX_VALUE)))
                .as("it hits none")
                .isZero();
        assertThat(workOf(() -> alice.extend(id, 1_000, 1, 2, 3))).isEqualTo(3);
    }

    @Test
    void takingASubscriptionOverCostsWhatIsUnsettled() {
        withUnsettled(1_000);
        assertThat(workOf(() -> alice.attach(to("demo").named("jobs").takeOver())))
                .isGreaterThanOrEqualTo(1_000);
    }

    @Test
    void drainingCostsWhatTheConnectionHas() {
        for (int i = 0; i < 100; i++) {
            alice.attach(to("demo").qos0());
        }
        assertThat(workOf(() -> alice.broker().attaching().drain(alice.client())))
                .isEqualTo(100);
    }

    @Test
    void oneSubscriptionIsFoundWithoutASearch() {
        long wanted = alice.attach(to("demo").qos0());
        for (int i = 0; i < 1_000; i++) {
            alice.attach(to("demo").qos0());
        }
        List<Long> found = new ArrayList<>();
        Listing listing = alice.broker().listing();
        long cost = workOf(() -> listing.subscriptions(
                alice.client(), wanted, NO_NAME, new ListPage(0, 10), item -> found.add(item.id())));
        assertThat(found).containsExactly(wanted);
        assertThat(cost).isLessThan(10);
        assertThat(workOf(() -> listing.subscriptions(alice.client(), 0, NO_NAME, new ListPage(0, 10), item -> {})))
                .as("a page looks at what it lists, and no further")
                .isLessThan(100);
        PushClient bob = new PushClient(broker, "bob");
        listing.subscriptions(bob.client(), wanted, NO_NAME, new ListPage(0, 10), item -> found.add(item.id()));
        listing.subscriptions(alice.client(), wanted, NO_NAME, new ListPage(wanted, 10), item -> found.add(item.id()));
        assertThat(found).as("another key's, or one that has been listed").hasSize(1);
    }

    @Test
    void aPageOfSubscriptionsEndsWhenManyDeliveriesHadToBeLookedAt() {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            ids.add(alice.attach(to("demo").named("n" + i), AttachRequest.UNLIMITED_CREDIT));
        }
        publish(MESSAGES);
        assertThat(alice.receive()).hasSize(SUBSCRIPTIONS * MESSAGES);
        List<Long> found = new ArrayList<>();
        long next = page(0, found);
        assertThat(found).hasSizeBetween(1, SUBSCRIPTIONS - 1);
        assertThat(next).isEqualTo(found.get(found.size() - 1));
        assertThat(page(next, found)).isZero();
        assertThat(found).isEqualTo(ids);
    }

    private long page(long after, List<Long> found) {
        return alice.broker().listing().subscriptions(alice.client(), 0, NO_NAME, new ListPage(after, 1_000), item -> {
            assertThat(item.deliveries().unsettled()).isEqualTo(MESSAGES);
            found.add(item.id());
        });
    }
}
