package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListingTest {
    private static final byte[] NO_NAME = {};
    private final TestBroker broker = new TestBroker();
    private final PushClient alice = new PushClient(broker, "alice");
    private final PushClient bob = new PushClient(broker, "bob");

    private Listing listing() {
        return broker.broker().listing();
    }

    @Test
    void topicsAreListedByPageWithTheKeysOwnSubscriptions() {
        for (int i = 0; i < 5; i++) {
            alice.attach(to("t" + i).qos0());
        }
        alice.attach(to("t3").named("jobs"));
        alice.attach(to("t3"));
        bob.attach(to("t3").named("jobs"));
        bob.attach(to("secret").named("other"));
        List<TopicInfo> found = new ArrayList<>();
        long next = listing().topics(alice.client(), new ListPage(0, 3), found::add);
        assertThat(found).hasSize(3);
        assertThat(next).isPositive();
        assertThat(listing().topics(alice.client(), new ListPage(next, 3), found::add))
                .isZero();
        assertThat(found).extracting(TopicInfo::name).containsExactly("t0", "t1", "t2", "t3", "t4");
        assertThat(found.get(3).durable()).isEqualTo(1);
        assertThat(found.get(3).temporary()).isEqualTo(2);
        assertThat(listing().topics(alice.client(), new ListPage(0, 5), topic -> {}))
                .isZero();
    }

    @Test
    void subscriptionsSayWhoHoldsThem() {
        long named = alice.attach(to("demo").named("jobs"), 1);
        long temporary = alice.attach(to("demo"));
        long live = alice.attach(to("demo").qos0());
        bob.attach(to("demo").named("jobs"));
        alice.publish(1, "demo", "a", "b");
        broker.turn();
        alice.receive();
        broker.pass(5, TimeUnit.MILLISECONDS);
        List<SubscriptionInfo> found = new ArrayList<>();
        assertThat(listing().subscriptions(alice.client(), 0, NO_NAME, new ListPage(0, 100), found::add))
                .isZero();
        assertThat(found).extracting(SubscriptionInfo::id).containsExactly(named, temporary, live);
        SubscriptionInfo first = found.get(0);
        assertThat(first.name()).isEqualTo("jobs");
        assertThat(first.topic()).isEqualTo("demo");
        assertThat(first.durable() && first.attached()).isTrue();
        assertThat(first.backlog()).isEqualTo(1);
        assertThat(first.deliveries()).isEqualTo(new DeliveryCounts(1, 0, 0, 0));
        assertThat(first.oldestAgeMillis()).isEqualTo(5);
        assertThat(first.clientName()).isEqualTo("client of alice");
        assertThat(first.clientAddress()).isEqualTo("127.0.0.1:9");
        assertThat(found.get(1).durable()).isFalse();
        assertThat(found.get(1).qos()).isEqualTo(1);
        assertThat(found.get(2).qos()).isZero();
        assertThat(found.get(2).oldestAgeMillis()).isEqualTo(5);

        List<Long> paged = new ArrayList<>();
        long next =
                listing().subscriptions(alice.client(), 0, NO_NAME, new ListPage(0, 2), item -> paged.add(item.id()));
        assertThat(next).isEqualTo(temporary);
        assertThat(listing()
                        .subscriptions(alice.client(), 0, NO_NAME, new ListPage(next, 2), item -> paged.add(item.id())))
                .isZero();
        assertThat(paged).containsExactly(named, temporary, live);
        List<Long> one = new ArrayList<>();
        listing().subscriptions(alice.client(), temporary, NO_NAME, new ListPage(0, 2), item -> one.add(item.id()));
        assertThat(one).containsExactly(temporary);
        listing().subscriptions(bob.client(), temporary, NO_NAME, new ListPage(0, 2), item -> one.add(item.id()));
        assertThat(one).hasSize(1);
    }

    @Test
    void deliveriesSayWhatTheyWaitFor() {
        long id = alice.attach(to("demo").named("jobs").ackTimeout(10_000), 10);
        alice.publish(1, "demo", "in flight", "put off", "due", "bad");
        broker.turn();
        List<CollectingSink.Pushed> received = alice.receive();
        alice.nack(id, 5_000, received.get(1).tag());
        alice.nack(id, 0, received.get(2).tag());
        alice.reject(id, "bad", received.get(3).tag());
        List<DeliveryInfo> found = new ArrayList<>();
        OptionalLong next = listing().deliveries(alice.client(), id, new ListPage(0, 3), found::add);
        assertThat(next).hasValue(received.get(2).tag());
        assertThat(listing().deliveries(alice.client(), id, new ListPage(next.getAsLong(), 3), found::add))
                .hasValue(0);
        assertThat(found)
                .extracting(DeliveryInfo::state)
                .containsExactly(
                        DeliveryInfo.State.IN_FLIGHT,
                        DeliveryInfo.State.DELAYED,
                        DeliveryInfo.State.DUE_AGAIN,
                        DeliveryInfo.State.MOVING);
        assertThat(found).extracting(DeliveryInfo::deadlineMillis).containsExactly(10_000L, 5_000L, 0L, 0L);
        assertThat(found.get(0).bodyBytes()).isEqualTo("in flight".length());
        assertThat(found.get(0).attempt()).isEqualTo(1);
        assertThat(found.get(0).publishedMillis()).isEqualTo(broker.epochMillis());
        assertThat(listing().deliveries(bob.client(), id, new ListPage(0, 3), found::add))
                .isEmpty();
    }

    @Test
    void deadLettersAreListedAsFarAsThereIsRoom() {
        long id = alice.attach(to("demo").named("jobs"), 10);
        alice.publish(1, "demo", "a", "b", "c");
        broker.turn();
        alice.receive().forEach(pushed -> alice.reject(id, "bad", pushed.tag()));
        broker.turn();
        long letters = alice.attach(to("$dead-letter/demo"));
        List<Long> tags = new ArrayList<>();
        OptionalLong next = listing()
                .deadLetters(alice.client(), letters, new ListPage(0, 10), (tag, published, bytes) -> {
                    if (tags.size() == 2) {
                        return null;
                    }
                    tags.add(tag);
                    return ByteBuffer.allocate(bytes);
                });
        assertThat(next).hasValue(tags.get(1));
        assertThat(listing()
                        .deadLetters(
                                alice.client(),
                                letters,
                                new ListPage(next.getAsLong(), 10),
                                (tag, published, bytes) -> {
                                    tags.add(tag);
                                    return ByteBuffer.allocate(bytes);
                                }))
                .hasValue(0);
        assertThat(tags).hasSize(3).isSorted();
        assertThat(listing().deadLetters(alice.client(), id, new ListPage(0, 10), (tag, published, bytes) -> null))
                .isEmpty();
    }

    /** After a kill the cursor stands at what was acknowledged; the log need not hold that any more. */
    @Test
    void whatIsSettledAndNotPassedYetIsNotLookedAt() {
        long id = alice.attach(to("demo").named("jobs"), 1);
        alice.publish(1, "demo", "done");
        broker.turn();
        alice.ack(id, alice.receiveOne().tag());
        broker.pass(7, TimeUnit.SECONDS);
        alice.publish(1, "demo", "waits");
        broker.turn();
        broker.restart();
        broker.journal().wantCheckpoint();
        broker.turn();
        broker.journal().forgetUnwanted();
        broker.advance(5, TimeUnit.SECONDS);
        broker.turn();
        SubscriptionInfo info = broker.broker().subscriptions(1).get(0);
        assertThat(info.backlog()).isEqualTo(1);
        assertThat(info.oldestAgeMillis()).isEqualTo(5_000);
    }
}
