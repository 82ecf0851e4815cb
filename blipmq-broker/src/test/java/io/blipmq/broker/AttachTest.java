package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AttachTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;

    private final TestBroker broker = new TestBroker();
    private PushClient alice = new PushClient(broker, "alice");

    private void restart() {
        broker.restartCleanly();
        alice = new PushClient(broker, "alice");
    }

    // --- names ---

    @Test
    void aNamedSubscriptionIsResumedWithWhatItHolds() {
        long id = alice.attach(to("demo").named("jobs"), 1);
        alice.publish(1, "demo", "a", "b");
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("a");
        alice.disconnect();
        alice.publish(1, "demo", "c");
        broker.turn();
        PushClient again = new PushClient(broker, "alice");
        assertThat(again.attach(to("demo").named("jobs"))).isEqualTo(id);
        assertThat(again.attached(id)).isEqualTo(new AttachedInfo(true, 3));
        again.credit(id, UNLIMITED);
        List<CollectingSink.Pushed> received = again.receive();
        assertThat(received).extracting(CollectingSink.Pushed::text).containsExactly("a", "b", "c");
        assertThat(received.get(0).attempt()).isEqualTo(2);
    }

    @Test
    void creditBeforeAttachedCountsAndNothingIsPushedYet() {
        alice.attach(to("demo").named("jobs"));
        alice.publish(1, "demo", "a", "b", "c");
        broker.turn();
        PushClient next = new PushClient(broker, "alice");
        long id = next.tryAttach(to("demo").named("jobs").takeOver().credit(1)).subscriptionId();
        next.credit(id, 1);
        assertThat(next.receiveTexts()).isEmpty();
        assertThat(next.attached(id)).isEqualTo(new AttachedInfo(true, 3));
        assertThat(next.receiveTexts()).containsExactly("a", "b");
    }

    @Test
    void eachRequestOfOneConnectionHasItsOwnAnswer() {
        alice.attach(to("demo").named("jobs"));
        alice.publish(1, "demo", "a", "b", "c");
        broker.turn();
        long id =
                alice.tryAttach(to("demo").named("jobs").takeOver().credit(10)).subscriptionId();
        assertThat(alice.tryAttach(to("demo").named("jobs").takeOver().credit(1))
                        .subscriptionId())
                .isEqualTo(id);
        assertThat(alice.attached(id, 2)).as("taken over by the third").isNull();
        assertThat(alice.receiveTexts()).isEmpty();
        assertThat(alice.attached(id, 3)).isEqualTo(new AttachedInfo(true, 3));
        assertThat(alice.receiveTexts()).containsExactly("a");
    }

    @Test
    void aNameSurvivesARestartWithAndWithoutACheckpoint() {
        long id = alice.attach(to("demo").named("jobs"));
        alice.publish(1, "demo", "a");
        broker.turn();
        restart();
        assertThat(alice.attach(to("demo").named("jobs"))).isEqualTo(id);
        broker.journal().wantCheckpoint();
        restart();
        assertThat(alice.attach(to("demo").named("jobs"), UNLIMITED)).isEqualTo(id);
        assertThat(alice.receiveTexts()).containsExactly("a");
    }

    @Test
    void aNameBelongsToItsKey() {
        PushClient bob = new PushClient(broker, "bob");
        long hers = alice.attach(to("demo").named("jobs"));
        long his = bob.attach(to("other").named("jobs"));
        assertThat(his).isNotEqualTo(hers);
        assertThat(bob.attached(hers)).isNull();
        bob.credit(hers, 10);
        assertThat(bob.ack(hers, 1).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(bob.detach(hers, true)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void anotherTopicIsRefused() {
        alice.attach(to("demo").named("jobs"));
        PushClient other = new PushClient(broker, "alice");
        assertThat(other.tryAttach(to("other").named("jobs").takeOver().fromNew())
                        .outcome())
                .isEqualTo(Outcome.OTHER_TOPIC);
    }

    @Test
    void aNameThatIsHeldIsTakenOverOnlyWhenAsked() {
        long id = alice.attach(to("demo").named("jobs"), UNLIMITED);
        alice.publish(1, "demo", "a");
        broker.turn();
        assertThat(alice.receive()).hasSize(1);
        PushClient other = new PushClient(broker, "alice");
        assertThat(other.tryAttach(to("demo").named("jobs")).outcome()).isEqualTo(Outcome.NAME_HELD);
        assertThat(alice.sink().takenOver()).isEmpty();
        assertThat(other.attach(to("demo").named("jobs").takeOver(), UNLIMITED)).isEqualTo(id);
        assertThat(alice.sink().takenOver())
                .containsExactly(new CollectingSink.TakenOver(id, "client 'client of alice' at 127.0.0.1:9"));
        CollectingSink.Pushed again = other.receiveOne();
        assertThat(again.attempt()).isEqualTo(2);
        alice.publish(1, "demo", "b");
        broker.turn();
        assertThat(alice.receive()).isEmpty();
        assertThat(other.receiveTexts()).containsExactly("b");
        assertThat(alice.ack(id, again.tag()).settled()).as("a late ack counts").isEqualTo(1);
        alice.disconnect();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isZero();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_TAKEN_OVER)).isEqualTo(1);
    }

    @Test
    void beginningWithNewMessagesDropsWhatTheNameHolds() {
        long old = alice.attach(to("demo").named("jobs"), UNLIMITED);
        alice.publish(1, "demo", "a", "b");
        broker.turn();
        CollectingSink.Pushed first = alice.receive().get(0);
        alice.disconnect();
        PushClient again = new PushClient(broker, "alice");
        long id = again.tryAttach(to("demo").named("jobs").fromNew()).subscriptionId();
        again.publish(1, "demo", "c");
        broker.turn();
        assertThat(again.attached(id)).isEqualTo(new AttachedInfo(false, 1));
        assertThat(again.ack(old, first.tag()).outcome()).isEqualTo(Outcome.UNKNOWN);
        again.credit(id, UNLIMITED);
        assertThat(again.receiveTexts()).containsExactly("c");
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(1);
        restart();
        assertThat(alice.attach(to("demo").named("jobs"), UNLIMITED)).isEqualTo(id);
        assertThat(alice.receiveTexts()).containsExactly("c");
    }

    @Test
    void aNameThatIsBeingMadeHasToBeWaitedFor() {
        PushClient other = new PushClient(broker, "alice");
        long id = alice.tryAttach(to("demo").named("jobs")).subscriptionId();
        assertThat(other.tryAttach(to("demo").named("jobs")).outcome()).isEqualTo(Outcome.BUSY);
        assertThat(other.delete("jobs")).isEqualTo(Outcome.BUSY);
        broker.turn();
        assertThat(other.tryAttach(to("demo").named("jobs").takeOver()).subscriptionId())
                .isEqualTo(id);
    }

    @Test
    void namedSubscriptionsAreNotForClientsThatPoll() {
        long id = alice.attach(to("demo").named("jobs"));
        alice.publish(1, "demo", "a");
        broker.turn();
        alice.disconnect();
        Client poller = broker.connect("alice");
        assertThat(broker.subscribe(poller, 1, "demo")).isNotEqualTo(id);
        assertThat(broker.poll(poller, id)).isNull();
    }

    // --- without a name ---

    @Test
    void aTemporarySubscriptionAtQos1EndsWithItsConnection() {
        long id = alice.attach(to("demo").ackTimeout(1_000), UNLIMITED);
        PushClient bob = new PushClient(broker, "bob");
        bob.publish(1, "demo", "a");
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("a");
        broker.pass(1_100, TimeUnit.MILLISECONDS);
        assertThat(alice.receiveOne().attempt()).isEqualTo(2);
        alice.disconnect();
        broker.turn();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
        assertThat(broker.count(BrokerMetric.TOPICS)).isZero();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_EXPIRED)).isZero();
        assertThat(id).isPositive();
    }

    @Test
    void aTemporarySubscriptionDoesNotOutliveARestart() {
        alice.attach(to("demo"));
        alice.publish(1, "demo", "a");
        restart();
        broker.pass(1, TimeUnit.SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
        alice.attach(to("demo"));
        broker.journal().wantCheckpoint();
        restart();
        broker.pass(1, TimeUnit.SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
    }

    @Test
    void aConnectionThatEndsBeforeItsTemporarySubscriptionIsMadeLeavesNoneBehind() {
        assertThat(alice.tryAttach(to("demo")).outcome()).isEqualTo(Outcome.DONE);
        alice.disconnect();
        broker.turn();
        broker.pass(1, TimeUnit.SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
    }

    @Test
    void nothingFindsASubscriptionThatIsNotStoredYet() {
        long coming = alice.tryAttach(to("demo").named("jobs")).subscriptionId();
        assertThat(alice.delete("jobs")).isEqualTo(Outcome.BUSY);
        assertThat(alice.detach(coming, true)).isEqualTo(Outcome.UNKNOWN);
        assertThat(broker.poll(broker.connect("alice"), coming)).isNull();
        assertThat(broker.broker().drop(coming)).isFalse();
        assertThat(broker.broker().subscriptions(10)).isEmpty();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
        broker.turn();
        assertThat(broker.broker().subscriptions(10))
                .extracting(SubscriptionInfo::id)
                .containsExactly(coming);
    }

    @Test
    void aSubscriptionThatGivesWayIsListedUntilTheNewOneIsStored() {
        long old = alice.attach(to("demo").named("jobs"));
        long next =
                alice.tryAttach(to("demo").named("jobs").takeOver().fromNew()).subscriptionId();
        assertThat(broker.broker().subscriptions(10))
                .extracting(SubscriptionInfo::id)
                .containsExactly(old);
        broker.turn();
        assertThat(broker.broker().subscriptions(10))
                .extracting(SubscriptionInfo::id)
                .containsExactly(next);
    }

    // --- leaving ---

    @Test
    void afterDetachingNothingIsPushedAndTheRestIsKept() {
        long id = alice.attach(to("demo").named("jobs"), UNLIMITED);
        alice.publish(1, "demo", "a");
        broker.turn();
        assertThat(alice.receive()).hasSize(1);
        assertThat(alice.detach(id, false)).isEqualTo(Outcome.DONE);
        alice.publish(1, "demo", "b");
        broker.turn();
        assertThat(alice.receive()).isEmpty();
        assertThat(alice.detach(id, false)).isEqualTo(Outcome.UNKNOWN);
        alice.attach(to("demo").named("jobs"), UNLIMITED);
        assertThat(alice.receiveTexts()).containsExactly("a", "b");
        assertThat(alice.sink().takenOver()).isEmpty();
    }

    @Test
    void aSubscriptionIsDeletedByItsHolderOrByNameWhenNobodyHoldsIt() {
        long id = alice.attach(to("demo").named("jobs"), UNLIMITED);
        PushClient other = new PushClient(broker, "alice");
        assertThat(other.delete("jobs")).isEqualTo(Outcome.NAME_HELD);
        assertThat(other.delete("nothing")).isEqualTo(Outcome.UNKNOWN);
        alice.publish(1, "demo", "a");
        broker.turn();
        alice.receive();
        assertThat(alice.detach(id, true)).isEqualTo(Outcome.DONE);
        assertThat(alice.client().lastSequence()).isGreaterThan(broker.broker().appliedSequence());
        broker.turn();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isZero();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DELETED)).isEqualTo(1);
        other.attach(to("demo").named("more"));
        other.disconnect();
        assertThat(alice.delete("more")).isEqualTo(Outcome.DONE);
        broker.turn();
        restart();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
    }

    @Test
    void aDeletionThatFindsNoRoomChangesNothing() {
        long id = alice.attach(to("demo").named("jobs"), UNLIMITED);
        broker.journal().full(true);
        assertThat(alice.detach(id, true)).isEqualTo(Outcome.DISK_FULL);
        assertThat(alice.tryAttach(to("demo").named("jobs").takeOver().fromNew())
                        .outcome())
                .isEqualTo(Outcome.DISK_FULL);
        broker.journal().full(false);
        alice.publish(1, "demo", "a");
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("a");
    }
}
