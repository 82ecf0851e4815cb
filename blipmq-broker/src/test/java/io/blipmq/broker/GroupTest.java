package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several connections share one subscription: each message goes to one of them. */
class GroupTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;

    private final TestBroker broker = new TestBroker();
    private final PushClient publisher = new PushClient(broker, "alice");
    private final PushClient ann = new PushClient(broker, "alice");
    private final PushClient ben = new PushClient(broker, "alice");
    private long id;

    private static PushClient.Request workers() {
        return to("jobs").group("workers").ackTimeout(1_000);
    }

    private void bothJoin(long credit) {
        id = ann.attach(workers(), credit);
        assertThat(ben.attach(workers(), credit)).isEqualTo(id);
    }

    private void publish(int from, int count) {
        publisher.publish(
                1,
                "jobs",
                IntStream.range(from, from + count).mapToObj(i -> "m" + i).toArray(String[]::new));
        broker.turn();
    }

    private static List<String> texts(List<CollectingSink.Pushed> pushed) {
        return pushed.stream().map(CollectingSink.Pushed::text).toList();
    }

    // --- who gets what ---

    @Test
    void eachMessageGoesToOneMember() {
        bothJoin(UNLIMITED);
        publish(0, 40);
        List<String> all = new ArrayList<>(ann.receiveTexts());
        assertThat(all).hasSize(24);
        List<String> other = ben.receiveTexts();
        assertThat(other).hasSize(16);
        all.addAll(other);
        assertThat(all).doesNotHaveDuplicates().hasSize(40);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
    }

    @Test
    void theMemberWithMostCreditIsNext() {
        bothJoin(0);
        ann.credit(id, 3);
        ben.credit(id, 20);
        publish(0, 15);
        assertThat(ann.receiveTexts()).isEmpty();
        assertThat(ben.receiveTexts()).hasSize(15);
    }

    @Test
    void aMemberWithoutCreditDelaysNobody() {
        bothJoin(0);
        publish(0, 5);
        assertThat(ann.receive()).isEmpty();
        ben.credit(id, 10);
        assertThat(ben.receiveTexts()).containsExactly("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void aMemberWhoseOutputIsFullDelaysNobodyAndGoesOnWhenItHasRoom() {
        bothJoin(UNLIMITED);
        ann.sink().roomFor(0);
        publish(0, 20);
        assertThat(ann.receive()).isEmpty();
        assertThat(ben.receiveTexts()).hasSize(20);
        ben.disconnect();
        ann.sink().roomFor(Integer.MAX_VALUE);
        broker.broker().pushes().onRoom(ann.client());
        assertThat(ann.receive()).hasSize(20);
    }

    // --- members come and go ---

    @Test
    void whatALostMemberHadInHandIsDueAtOnceForTheOthersInOrder() {
        bothJoin(0);
        ann.credit(id, 3);
        publish(0, 3);
        List<CollectingSink.Pushed> lost = ann.receive();
        assertThat(texts(lost)).containsExactly("m0", "m1", "m2");
        ben.credit(id, UNLIMITED);
        ann.disconnect();
        List<CollectingSink.Pushed> again = ben.receive();
        assertThat(texts(again)).containsExactly("m0", "m1", "m2");
        assertThat(again).allMatch(pushed -> pushed.attempt() == 2);
    }

    @Test
    void aFormerMembersLateAckCountsAndItsNackDoesNot() {
        bothJoin(0);
        ann.credit(id, 2);
        publish(0, 2);
        long[] tags =
                ann.receive().stream().mapToLong(CollectingSink.Pushed::tag).toArray();
        ann.detach(id, false);
        assertThat(ann.nack(id, 0, tags[0]).settled()).isZero();
        assertThat(ann.ack(id, tags[0]).settled()).isEqualTo(1);
        ben.credit(id, UNLIMITED);
        assertThat(ben.receiveTexts()).containsExactly("m1");
    }

    @Test
    void aMemberSettlesOnlyItsOwnButAcknowledgesAll() {
        bothJoin(0);
        ann.credit(id, 1);
        publish(0, 1);
        long tag = ann.receiveOne().tag();
        assertThat(ben.reject(id, "bad", tag).settled()).isZero();
        assertThat(ben.ackUpTo(id, tag).settled()).isZero();
        assertThat(ben.ack(id, tag).settled()).isEqualTo(1);
    }

    @Test
    void whatOneMemberDoesNotWantAnotherOneGets() {
        bothJoin(0);
        ann.credit(id, 1);
        publish(0, 1);
        long tag = ann.receiveOne().tag();
        ben.credit(id, 5);
        ann.nack(id, 0, tag);
        assertThat(ben.receiveTexts()).containsExactly("m0");
    }

    @Test
    void theGroupStaysWithWhatItHoldsWhenTheLastMemberGoes() {
        bothJoin(UNLIMITED);
        ann.disconnect();
        ben.disconnect();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isEqualTo(1);
        publish(0, 2);
        PushClient cid = new PushClient(broker, "alice");
        assertThat(cid.attach(workers(), UNLIMITED)).isEqualTo(id);
        assertThat(cid.receiveTexts()).containsExactly("m0", "m1");
    }

    @Test
    void deadlinesRetriesAndDeadLettersAreThoseOfAnySubscription() {
        bothJoin(0);
        ann.credit(id, UNLIMITED);
        publish(0, 1);
        for (int attempt = 1; attempt < 3; attempt++) {
            assertThat(ann.receiveOne().attempt()).isEqualTo(attempt);
            broker.pass(2, TimeUnit.SECONDS);
        }
        ann.receiveOne();
        broker.pass(2, TimeUnit.SECONDS);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
    }

    @Test
    void maxInFlightIsTheGroups() {
        TestBroker small = new TestBroker(Options.inFlightMax(4));
        PushClient one = new PushClient(small, "alice");
        PushClient two = new PushClient(small, "alice");
        long group = one.attach(workers(), UNLIMITED);
        two.attach(workers(), UNLIMITED);
        one.publish(1, "jobs", "a", "b", "c", "d", "e", "f");
        small.turn();
        List<CollectingSink.Pushed> first = one.receive();
        assertThat(first.size() + two.receive().size()).isEqualTo(4);
        one.ack(group, first.get(0).tag());
        assertThat(one.receive().size() + two.receive().size()).isEqualTo(1);
    }

    // --- alone or in a group ---

    @Test
    void whoHoldsTheNameAloneKeepsGroupsOutAndTheOtherWayRound() {
        id = ann.attach(to("jobs").named("workers"));
        assertThat(ben.tryAttach(workers()).outcome()).isEqualTo(Outcome.NAME_HELD);
        assertThat(ben.attach(workers().takeOver())).isEqualTo(id);
        assertThat(ann.sink().takenOver())
                .extracting(CollectingSink.TakenOver::subscription)
                .containsExactly(id);

        assertThat(ann.attach(workers())).isEqualTo(id);
        PushClient alone = new PushClient(broker, "alice");
        assertThat(alone.tryAttach(to("jobs").named("workers")).outcome()).isEqualTo(Outcome.NAME_HELD);
        assertThat(alone.attach(to("jobs").named("workers").takeOver(), UNLIMITED))
                .isEqualTo(id);
        assertThat(ben.sink().takenOver())
                .extracting(CollectingSink.TakenOver::subscription)
                .containsExactly(id);
        publish(0, 1);
        assertThat(alone.receiveTexts()).containsExactly("m0");
    }

    @Test
    void aConnectionIsAMemberOnce() {
        bothJoin(UNLIMITED);
        assertThat(ann.tryAttach(workers()).outcome()).isEqualTo(Outcome.NAME_HELD);
        assertThat(ann.attach(workers().takeOver())).isEqualTo(id);
        publish(0, 3);
        assertThat(ann.receive()).isEmpty();
        assertThat(ben.receiveTexts()).hasSize(3);
    }

    @Test
    void anotherTopicUnderTheNameIsRefused() {
        bothJoin(UNLIMITED);
        PushClient other = new PushClient(broker, "alice");
        assertThat(other.tryAttach(to("others").group("workers")).outcome()).isEqualTo(Outcome.OTHER_TOPIC);
    }

    @Test
    void itIsDeletedByNobodyWhileOthersAreMembers() {
        bothJoin(UNLIMITED);
        assertThat(ann.detach(id, true)).isEqualTo(Outcome.NAME_HELD);
        assertThat(publisher.delete("workers")).isEqualTo(Outcome.NAME_HELD);
        ben.disconnect();
        assertThat(ann.detach(id, true)).isEqualTo(Outcome.DONE);
    }
}
