package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One connection with so many subscriptions to one topic that leaving them would take minutes if the cost of each grew with
 * their number.
 */
@Timeout(60)
class ManySubscriptionsTest {
    private static final int MANY = 500_000;
    private static final int MANY_DURABLE = 100_000;
    private static final long STATE_BYTES_OF_DEFAULT_HEAP = 112L << 20;

    private final TestBroker broker = new TestBroker(Options.subscriptionsPerClientMax(MANY));
    private final PushClient alice = new PushClient(broker, "alice");
    private final PushClient bob = new PushClient(broker, "bob");

    private long[] attach(int count, PushClient.Request request) {
        long[] ids = new long[count];
        for (int i = 0; i < count; i++) {
            ids[i] = alice.tryAttach(request).subscriptionId();
            assertThat(ids[i]).isPositive();
        }
        return ids;
    }

    /** The newest first, which a search from the front finds last. */
    private void leave(long[] ids) {
        for (int i = ids.length - 1; i >= 0; i--) {
            assertThat(alice.detach(ids[i], false)).isEqualTo(Outcome.DONE);
        }
    }

    /** A turn applies a bounded number of commands. */
    private void applyAll() {
        for (int i = 0; i < 8; i++) {
            broker.turn();
        }
    }

    @Test
    void subscriptionsAtQos0AreLeftOneByOne() {
        long other = bob.attach(to("demo").qos0(), 1);
        long[] ids = attach(MANY, to("demo").qos0());
        assertThat(alice.publish(0, "demo", "a").subscriptions()).isEqualTo(MANY + 1);
        leave(ids);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        assertThat(broker.count(BrokerMetric.DROPPED_CONNECTION_ENDED)).isEqualTo(MANY);
        assertThat(bob.receiveTexts()).containsExactly("a");
        assertThat(bob.detach(other, false)).isEqualTo(Outcome.DONE);
        assertThat(broker.count(BrokerMetric.TOPICS)).isZero();
    }

    /** On a heap of 512 MiB, which is the default of a machine with 2 GiB and more. */
    @Test
    void aHundredThousandTopicsFitTheDefaultHeap() {
        TestBroker small = new TestBroker(Options.stateBytesMax(STATE_BYTES_OF_DEFAULT_HEAP));
        for (int client = 0; client < 10; client++) {
            PushClient reader = new PushClient(small, "alice");
            for (int i = 0; i < 10_000; i++) {
                String topic = "plant/7/line/" + client + "/sensor/" + i;
                assertThat(reader.tryAttach(to(topic).qos0()).outcome()).isEqualTo(Outcome.DONE);
            }
        }
        assertThat(small.count(BrokerMetric.TOPICS)).isEqualTo(100_000);
    }

    @Test
    void subscriptionsAtQos0EndWithTheirConnection() {
        attach(MANY, to("demo").qos0());
        bob.attach(to("demo").qos0(), 1);
        alice.disconnect();
        assertThat(alice.publish(0, "demo", "a").subscriptions()).isEqualTo(1);
        assertThat(bob.receiveTexts()).containsExactly("a");
    }

    @Test
    void subscriptionsAtQos1AreLeftAndRemoved() {
        bob.attach(to("demo").named("jobs"), 100);
        long[] ids = attach(MANY_DURABLE, to("demo"));
        applyAll();
        for (int i = 0; i < 20; i++) {
            alice.publish(1, "demo", "m" + i); // more than a page of positions, which all but bob's hold
        }
        broker.turn();
        assertThat(bob.receiveTexts()).hasSize(20);
        leave(ids);
        applyAll();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        assertThat(alice.publish(1, "demo", "last").subscriptions()).isEqualTo(1);
        broker.turn();
        assertThat(bob.receiveTexts()).containsExactly("last");
    }

    @Test
    void subscriptionsWithNamesAreMadeAndDeletedInOneTurn() {
        long[] ids = new long[MANY_DURABLE];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = alice.tryAttach(to("demo").named("n" + i)).subscriptionId();
            assertThat(ids[i]).isPositive();
        }
        applyAll();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(MANY_DURABLE);
        for (int i = ids.length - 1; i >= 0; i--) {
            assertThat(alice.detach(ids[i], true)).isEqualTo(Outcome.DONE);
        }
        applyAll();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
        assertThat(broker.count(BrokerMetric.TOPICS)).isZero();
    }
}
