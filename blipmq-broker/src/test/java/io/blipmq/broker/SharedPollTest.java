package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several connections of a key poll one subscription: they share it. */
class SharedPollTest {
    private static final String LETTERS = "$dead-letter/demo";

    private TestBroker broker = new TestBroker();
    private Client ann = broker.connect("alice");
    private Client ben = broker.connect("alice");

    private void use(BrokerOptions options) {
        broker = new TestBroker(options);
        ann = broker.connect("alice");
        ben = broker.connect("alice");
    }

    /** @return the subscription that Ann has made */
    private long subscribeAndPublish(String... payloads) {
        long id = broker.subscribe(ann, 1, "demo");
        for (String payload : payloads) {
            broker.publishStored(ann, "demo", payload);
        }
        return id;
    }

    /** @return the dead letters, which Ann and Ben have subscribed to */
    private long letters(String... payloads) {
        use(Options.deliveriesMax(1));
        long id = subscribeAndPublish(payloads);
        broker.pollAll(ann, id);
        broker.pass(1, TimeUnit.SECONDS);
        long letters = broker.subscribe(ann, 1, LETTERS);
        assertThat(broker.subscribe(ben, 1, LETTERS)).isEqualTo(letters);
        return letters;
    }

    private String next(Client client, long id) {
        TestBroker.Received received = broker.poll(client, id);
        return received == null ? null : received.payload();
    }

    private SubscriptionInfo info(long id) {
        return broker.broker().subscriptions(Integer.MAX_VALUE).stream()
                .filter(info -> info.id() == id)
                .findFirst()
                .orElseThrow();
    }

    // --- who gets what ---

    @Test
    void eachMessageGoesToOneOfThem() {
        long id = subscribeAndPublish("m0", "m1", "m2", "m3");
        List<String> received = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            received.add(next(ann, id));
            received.add(next(ben, id));
        }
        assertThat(received).containsExactly("m0", "m1", "m2", "m3");
        assertThat(next(ann, id)).isNull();
        assertThat(next(ben, id)).isNull();
    }

    @Test
    void whatOneHadInHandIsDueAtOnceForTheOthersAndCounts() {
        use(Options.deliveriesMax(2));
        long id = subscribeAndPublish("m0", "m1");
        assertThat(next(ben, id)).isEqualTo("m0");
        assertThat(next(ann, id)).isEqualTo("m1");
        broker.broker().disconnect(ben);
        assertThat(next(ann, id)).isEqualTo("m0");
        assertThat(next(ann, id)).as("its own is in flight").isNull();
        broker.pass(1, TimeUnit.SECONDS);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).as("m0 twice").isEqualTo(1);
        assertThat(next(ann, id)).isEqualTo("m1");
    }

    @Test
    void whoMadeItMayLeaveAndTheOthersGoOn() {
        long id = subscribeAndPublish("m0", "m1");
        assertThat(next(ann, id)).isEqualTo("m0");
        TestBroker.Received second = broker.poll(ben, id);
        broker.broker().disconnect(ann);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isZero();
        assertThat(next(ben, id)).as("not what Ben has").isEqualTo("m0");
        assertThat(next(ben, id)).isNull();
        assertThat(broker.acknowledge(ben, id, second)).isTrue();
        broker.broker().disconnect(ben);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isEqualTo(1);
    }

    @Test
    void anyConnectionOfTheKeyAcknowledges() {
        long id = subscribeAndPublish("m0");
        TestBroker.Received received = broker.poll(ben, id);
        assertThat(broker.acknowledge(broker.connect("bob"), id, received)).isFalse();
        assertThat(broker.acknowledge(broker.connect("alice"), id, received)).isTrue();
        broker.broker().disconnect(ben);
        assertThat(next(ann, id)).isNull();
    }

    @Test
    void theLastAttemptOfALostConnectionIsDecidedByItsDeadline() {
        use(Options.deliveriesMax(1));
        long id = subscribeAndPublish("m0");
        TestBroker.Received received = broker.poll(ben, id);
        broker.broker().disconnect(ben);
        assertThat(next(ann, id)).isNull();
        assertThat(broker.acknowledge(ann, id, received)).isTrue();
        broker.pass(1, TimeUnit.SECONDS);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isZero();
    }

    @Test
    void maxInFlightIsTheSubscriptions() {
        use(Options.inFlightMax(3));
        long id = subscribeAndPublish("m0", "m1", "m2", "m3");
        assertThat(next(ann, id)).isEqualTo("m0");
        TestBroker.Received second = broker.poll(ben, id);
        assertThat(next(ann, id)).isEqualTo("m2");
        assertThat(next(ben, id)).isNull();
        broker.acknowledge(ann, id, second);
        assertThat(next(ben, id)).isEqualTo("m3");
    }

    @Test
    void qos0MessagesGoToOneOfThemToo() {
        long id = subscribeAndPublish();
        assertThat(next(ben, id)).isNull();
        broker.publish(ann, 0, "demo", "z0");
        broker.publish(ann, 0, "demo", "z1");
        broker.broker().disconnect(ann);
        assertThat(next(ben, id)).isEqualTo("z0");
        assertThat(next(ben, id)).isEqualTo("z1");
    }

    // --- who may ---

    @Test
    void anotherKeyGetsNothingAndIsNoMember() {
        long id = subscribeAndPublish("m0");
        Client bob = broker.connect("bob");
        assertThat(next(bob, id)).isNull();
        assertThat(bob.subscriptions()).isEmpty();
        assertThat(info(id).memberCount()).isZero();
    }

    @Test
    void aSubscribeJoinsNobodyUnlessItIsToDeadLetters() {
        long id = subscribeAndPublish();
        assertThat(next(ben, id)).isNull();
        broker.broker().disconnect(ann);
        Client again = broker.connect("alice");
        assertThat(broker.subscribe(again, 1, "demo")).as("Ben has the old one").isNotEqualTo(id);
        broker.broker().disconnect(ben);
        assertThat(broker.subscribe(broker.connect("alice"), 1, "demo")).isEqualTo(id);
    }

    @Test
    void aPollThatWouldJoinOneSubscriptionTooManyBringsNothing() {
        use(Options.subscriptionsPerClientMax(1));
        long id = subscribeAndPublish("m0");
        broker.subscribe(ben, 1, "other");
        assertThat(broker.broker().polling().isBeyondLimit(ben, id)).isTrue();
        assertThat(next(ben, id)).isNull();
        assertThat(broker.broker().polling().isBeyondLimit(ann, id)).isFalse();
        assertThat(next(ann, id)).isEqualTo("m0");
    }

    @Test
    void itIsShownWithItsMembers() {
        long id = subscribeAndPublish("m0");
        assertThat(info(id).memberCount()).as("alone").isZero();
        assertThat(next(ben, id)).isEqualTo("m0");
        assertThat(info(id).memberCount()).isEqualTo(2);
        assertThat(info(id).members())
                .extracting(SubscriptionInfo.Member::inHand)
                .containsExactly(0, 1);
        broker.broker().disconnect(ann);
        assertThat(info(id).memberCount()).isZero();
    }

    // --- beside connections that messages are pushed to ---

    @Test
    void whoAttachesAloneHasToTakeOverFromThoseWhoPoll() {
        long letters = letters("a", "b");
        assertThat(next(ann, letters)).isEqualTo("a");
        PushClient alone = new PushClient(broker, "alice");
        assertThat(alone.tryAttach(to(LETTERS)).outcome()).isEqualTo(Outcome.NAME_HELD);
        assertThat(alone.attach(to(LETTERS).takeOver(), AttachRequest.UNLIMITED_CREDIT))
                .isEqualTo(letters);
        assertThat(alone.receiveTexts()).containsExactly("a", "b");
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_TAKEN_OVER)).isEqualTo(2);
        alone.disconnect();
        assertThat(next(ben, letters)).isEqualTo("a");
    }

    @Test
    void whoPollsGetsNothingWhileAnotherConnectionHoldsItAlone() {
        long letters = letters("a");
        broker.broker().disconnect(ann);
        broker.broker().disconnect(ben);
        PushClient alone = new PushClient(broker, "alice");
        alone.attach(to(LETTERS));
        Client cid = broker.connect("alice");
        assertThat(broker.subscribe(cid, 1, LETTERS)).isEqualTo(letters);
        assertThat(next(cid, letters)).isNull();
        assertThat(info(letters).memberCount()).as("not shared").isZero();
        alone.disconnect();
        assertThat(next(cid, letters)).isEqualTo("a");
    }

    @Test
    void aGroupSharesWithThoseWhoPoll() {
        long letters = letters("a", "b", "c");
        assertThat(next(ann, letters)).isEqualTo("a");
        PushClient member = new PushClient(broker, "alice");
        assertThat(member.attach(to(LETTERS).group("any"), 1)).isEqualTo(letters);
        assertThat(member.receiveTexts()).containsExactly("b");
        assertThat(next(ben, letters)).isEqualTo("c");
        assertThat(info(letters).memberCount()).isEqualTo(3);
        assertThat(info(letters).members())
                .extracting(SubscriptionInfo.Member::inHand)
                .containsExactly(1, 1, 1);
        broker.broker().disconnect(ann);
        member.credit(letters, 1);
        assertThat(member.receiveTexts()).containsExactly("a");
        member.disconnect();
        assertThat(broker.pollAll(ben, letters)).containsExactly("a", "b");
    }

    @Test
    void itIsDeletedByNobodyWhileConnectionsPollIt() {
        long id = subscribeAndPublish("m0");
        PushClient manager = new PushClient(broker, "alice");
        assertThat(next(ben, id)).isEqualTo("m0");
        broker.broker().disconnect(ann);
        assertThat(manager.detach(id, true)).isEqualTo(Outcome.NAME_HELD);
        broker.broker().disconnect(ben);
        assertThat(manager.detach(id, true)).isEqualTo(Outcome.DONE);
    }
}
