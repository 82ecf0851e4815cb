package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several connections share one subscription at QoS 0: each message goes to one of them, and nothing is stored. */
class MemoryGroupTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;

    private TestBroker broker = new TestBroker();
    private PushClient publisher = new PushClient(broker, "alice");
    private PushClient ann = new PushClient(broker, "alice");
    private PushClient ben = new PushClient(broker, "alice");
    private long id;

    private static PushClient.Request workers() {
        return to("jobs").qos0().group("workers");
    }

    private void bothJoin(long credit) {
        id = ann.attach(workers(), credit);
        assertThat(ben.attach(workers(), credit)).isEqualTo(id);
    }

    private void credit(PushClient member, long messages) {
        member.credit(id, messages);
    }

    private void publish(int from, int count) {
        publisher.publish(
                0,
                "jobs",
                IntStream.range(from, from + count).mapToObj(i -> "m" + i).toArray(String[]::new));
    }

    private static List<String> texts(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> "m" + i).toList();
    }

    // --- who gets what ---

    @Test
    void eachMessageGoesToOneMemberInQuanta() {
        bothJoin(UNLIMITED);
        publish(0, 40);
        List<String> first = ann.receiveTexts();
        List<String> second = ben.receiveTexts();
        assertThat(first).hasSize(24).startsWith("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m16");
        assertThat(second).hasSize(16).startsWith("m8");
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        assertThat(all).containsExactlyInAnyOrderElementsOf(texts(0, 40));
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        assertThat(broker.count(BrokerMetric.DELIVERED)).isEqualTo(40);
    }

    @Test
    void singleMessagesGoRound() {
        bothJoin(UNLIMITED);
        for (int i = 0; i < 4; i++) {
            publish(i, 1);
            broker.broker().pushes().push();
        }
        assertThat(ann.receiveTexts()).containsExactly("m0", "m2");
        assertThat(ben.receiveTexts()).containsExactly("m1", "m3");
    }

    @Test
    void theMemberWithMostCreditIsNextAndOneWithoutDelaysNobody() {
        bothJoin(0);
        credit(ann, 3);
        credit(ben, 20);
        publish(0, 15);
        assertThat(ann.receiveTexts()).isEmpty();
        assertThat(ben.receiveTexts()).containsExactlyElementsOf(texts(0, 15));
        publish(15, 8);
        assertThat(ben.receiveTexts()).as("five are left").containsExactlyElementsOf(texts(15, 5));
        assertThat(ann.receiveTexts()).containsExactlyElementsOf(texts(20, 3));
        publish(23, 2);
        assertThat(ann.receiveTexts()).isEmpty();
        credit(ann, UNLIMITED);
        assertThat(ann.receiveTexts()).containsExactlyElementsOf(texts(23, 2));
    }

    @Test
    void aMemberWhoseOutputIsFullDelaysNobodyAndGoesOnWhenItHasRoom() {
        bothJoin(UNLIMITED);
        ann.sink().roomFor(0);
        publish(0, 20);
        assertThat(ann.receive()).isEmpty();
        assertThat(ben.receiveTexts()).hasSize(20);
        ben.disconnect();
        publish(20, 2);
        assertThat(ann.receive()).isEmpty();
        ann.sink().roomFor(Integer.MAX_VALUE);
        broker.broker().pushes().onRoom(ann.client());
        assertThat(ann.receiveTexts()).containsExactlyElementsOf(texts(20, 2));
    }

    @Test
    void messagesOfQos1AreForItAndAreNotStored() {
        bothJoin(UNLIMITED);
        publisher.publish(1, "jobs", "a", "b");
        broker.turn();
        assertThat(ann.receiveTexts()).containsExactly("a", "b");
        assertThat(ben.receive()).isEmpty();
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isZero();
    }

    @Test
    void aMessageReachesOneSubscriptionHoweverManyMembersThereAre() {
        bothJoin(UNLIMITED);
        PushClient alone = new PushClient(broker, "alice");
        alone.attach(to("jobs").qos0(), UNLIMITED);
        assertThat(publisher.publish(0, "jobs", "m").subscriptions()).isEqualTo(2);
        assertThat(ann.receiveTexts().size() + ben.receiveTexts().size()).isEqualTo(1);
        assertThat(alone.receiveTexts()).containsExactly("m");
    }

    // --- members come and go ---

    @Test
    void whatWaitsStaysWithTheOthersWhenAMemberGoes() {
        bothJoin(0);
        publish(0, 3);
        ann.disconnect();
        credit(ben, UNLIMITED);
        assertThat(ben.receiveTexts()).containsExactlyElementsOf(texts(0, 3));
    }

    @Test
    void itEndsWithItsLastMember() {
        bothJoin(0);
        publish(0, 3);
        ann.disconnect();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        assertThat(ben.detach(id, false)).isEqualTo(Outcome.DONE);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
        assertThat(broker.count(BrokerMetric.TOPICS)).isZero();
        assertThat(broker.count(BrokerMetric.DROPPED_CONNECTION_ENDED)).isEqualTo(3);
        publish(3, 1);
        long next = ann(new PushClient(broker, "alice"));
        assertThat(next).as("another one").isNotEqualTo(id);
    }

    private long ann(PushClient client) {
        ann = client;
        return ann.attach(workers(), UNLIMITED);
    }

    @Test
    void itIsDeletedByNobodyWhileOthersAreMembers() {
        bothJoin(UNLIMITED);
        assertThat(ann.detach(id, true)).isEqualTo(Outcome.NAME_HELD);
        ben.disconnect();
        assertThat(ann.detach(id, true)).isEqualTo(Outcome.DONE);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
    }

    @Test
    void aConnectionIsAMemberOnce() {
        bothJoin(UNLIMITED);
        assertThat(ann.tryAttach(workers()).outcome()).isEqualTo(Outcome.NAME_HELD);
        assertThat(ann.attach(workers().takeOver())).isEqualTo(id);
        assertThat(ann.sink().takenOver())
                .extracting(CollectingSink.TakenOver::subscription)
                .containsExactly(id);
        publish(0, 3);
        assertThat(ann.receive()).as("its credit began anew").isEmpty();
        assertThat(ben.receiveTexts()).hasSize(3);
    }

    @Test
    void aMemberMoreCountsAsASubscriptionOfItsConnection() {
        broker = new TestBroker(Options.subscriptionsPerClientMax(1));
        ann = new PushClient(broker, "alice");
        ben = new PushClient(broker, "alice");
        id = ann.attach(workers());
        ben.attach(to("other"));
        assertThat(ben.tryAttach(workers()).outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
    }

    // --- names ---

    @Test
    void aNameIsOfOneTopicAndOneQos() {
        bothJoin(UNLIMITED);
        PushClient other = new PushClient(broker, "alice");
        assertThat(other.tryAttach(to("others").qos0().group("workers")).outcome())
                .isEqualTo(Outcome.OTHER_TOPIC);
        assertThat(other.tryAttach(to("jobs").named("workers")).outcome()).isEqualTo(Outcome.OTHER_QOS);
        assertThat(other.tryAttach(to("jobs").group("workers").takeOver()).outcome())
                .isEqualTo(Outcome.OTHER_QOS);
        other.attach(to("jobs").named("stored"));
        assertThat(ann.tryAttach(to("jobs").qos0().group("stored").takeOver()).outcome())
                .isEqualTo(Outcome.OTHER_QOS);
        PushClient bob = new PushClient(broker, "bob");
        assertThat(bob.attach(to("others").qos0().group("workers")))
                .as("of another key")
                .isNotEqualTo(id);
    }

    @Test
    void itWaitsUntilADurableSubscriptionOfItsNameIsStored() {
        assertThat(ann.tryAttach(to("jobs").named("workers")).outcome()).isEqualTo(Outcome.DONE);
        assertThat(ben.tryAttach(workers()).outcome()).isEqualTo(Outcome.BUSY);
        broker.turn();
        assertThat(ben.tryAttach(workers()).outcome()).isEqualTo(Outcome.OTHER_QOS);
    }

    @Test
    void itIsShownWithItsMembers() {
        bothJoin(0);
        credit(ann, 7);
        publish(0, 2);
        SubscriptionInfo info = broker.broker().subscriptions(Integer.MAX_VALUE).get(0);
        assertThat(info.name()).isEqualTo("workers");
        assertThat(info.qos()).isZero();
        assertThat(info.durable()).isFalse();
        assertThat(info.backlog()).isEqualTo(2);
        assertThat(info.memberCount()).isEqualTo(2);
        assertThat(info.members()).extracting(SubscriptionInfo.Member::credit).containsExactly(7L, 0L);
    }
}
