package io.blipmq.broker;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedeliveryTest {
    private static final String LETTERS = "$dead-letter/demo";

    private TestBroker broker = new TestBroker();
    private Client alice = broker.connect("alice");

    private void use(BrokerOptions options) {
        broker = new TestBroker(options);
        alice = broker.connect("alice");
    }

    @Test
    void anUnacknowledgedDeliveryIsDueAgainAfterABackoffThatDoubles() {
        long subscription = broker.subscribe(alice, 1, "demo");
        long tag = broker.publishStored(alice, "demo", "hi");
        broker.poll(alice, subscription);

        broker.pass(90, MILLISECONDS);
        assertThat(broker.poll(alice, subscription)).isNull();
        broker.pass(20, MILLISECONDS);
        assertThat(broker.poll(alice, subscription).tag()).isEqualTo(tag);

        broker.pass(190, MILLISECONDS);
        assertThat(broker.poll(alice, subscription)).isNull();
        broker.pass(20, MILLISECONDS);
        assertThat(broker.poll(alice, subscription).tag()).isEqualTo(tag);
        assertThat(broker.count(BrokerMetric.REDELIVERED)).isEqualTo(2);
        assertThat(broker.count(BrokerMetric.DELIVERED)).isEqualTo(3);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(1);
    }

    @Test
    void theBackoffIsCapped() {
        assertThat(BrokerOptions.defaults().ackTimeoutNanos(9)).isEqualTo(MILLISECONDS.toNanos(25_600));
        assertThat(BrokerOptions.defaults().ackTimeoutNanos(10)).isEqualTo(SECONDS.toNanos(30));
        assertThat(BrokerOptions.defaults().ackTimeoutNanos(1_000)).isEqualTo(SECONDS.toNanos(30));
    }

    @Test
    void dueRedeliveriesComeInOrderBeforeTheRest() {
        long subscription = broker.subscribe(alice, 1, "demo");
        for (int i = 0; i < 4; i++) {
            broker.publish(alice, 1, "demo", "m" + i);
        }
        broker.turn();
        broker.poll(alice, subscription);
        broker.poll(alice, subscription);
        broker.poll(alice, subscription);
        broker.pass(110, MILLISECONDS);
        assertThat(broker.pollAll(alice, subscription)).containsExactly("m0", "m1", "m2", "m3");
    }

    @Test
    void anAcknowledgedMessageIsNotRedelivered() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
        TestBroker.Received received = broker.poll(alice, subscription);
        assertThat(broker.acknowledge(alice, subscription, received)).isTrue();
        assertThat(broker.acknowledge(alice, subscription, received)).isFalse();
        broker.pass(1, SECONDS);
        assertThat(broker.poll(alice, subscription)).isNull();
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isZero();
        assertThat(broker.count(BrokerMetric.ACKNOWLEDGED)).isEqualTo(1);
    }

    @Test
    void anAcknowledgementOfAMessageThatIsDueAgainStillCounts() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
        TestBroker.Received received = broker.poll(alice, subscription);
        broker.pass(200, MILLISECONDS);
        assertThat(broker.acknowledge(alice, subscription, received)).isTrue();
        assertThat(broker.poll(alice, subscription)).isNull();
    }

    @Test
    void detachingMakesUnacknowledgedDeliveriesDueAtOnceAndInOrder() {
        long subscription = broker.subscribe(alice, 1, "demo");
        for (int i = 0; i < 5; i++) {
            broker.publish(alice, 1, "demo", "m" + i);
        }
        broker.turn();
        broker.poll(alice, subscription);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.poll(alice, subscription);
        broker.broker().disconnect(alice);

        Client again = broker.connect("alice");
        broker.subscribe(again, 1, "demo");
        assertThat(broker.pollAll(again, subscription)).containsExactly("m0", "m2", "m3", "m4");
    }

    @Test
    void afterItsLastDeliveryAMessageBecomesADeadLetterThatASubscribeResumes() {
        use(Options.deliveriesMax(2));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "poison");
        broker.publishStored(alice, "demo", "good");
        broker.poll(alice, subscription);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.pass(150, MILLISECONDS);
        assertThat(broker.poll(alice, subscription).payload()).isEqualTo("poison");
        broker.pass(300, MILLISECONDS);

        assertThat(broker.poll(alice, subscription)).isNull();
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isZero();
        long letters = broker.subscribe(alice, 1, LETTERS);
        TestBroker.Received letter = broker.poll(alice, letters);
        assertThat(letter.topic()).isEqualTo(LETTERS);
        assertThat(letter.payload()).isEqualTo("poison");
        assertThat(broker.acknowledge(alice, letters, letter)).isTrue();
        assertThat(broker.subscribe(alice, 1, LETTERS)).isEqualTo(letters);
    }

    @Test
    void aLetterIsRedeliveredWithoutLimitAndNeverDeadLetteredAgain() {
        use(Options.deliveriesMax(1));
        long letters = deadLetter("poison");
        for (int i = 0; i < 10; i++) {
            assertThat(broker.poll(alice, letters).payload()).isEqualTo("poison");
            broker.pass(31, SECONDS);
        }
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
    }

    @Test
    void aLateAcknowledgementOfADeadLetteredMessageSettlesTheLetter() {
        use(Options.deliveriesMax(1));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "slow");
        TestBroker.Received received = broker.poll(alice, subscription);
        broker.pass(1, SECONDS);
        long letters = broker.subscribe(alice, 1, LETTERS);

        assertThat(broker.acknowledge(alice, subscription, received)).isTrue();
        assertThat(broker.poll(alice, letters)).isNull();
        broker.restartCleanly();
        assertThat(broker.pollAll(broker.connect("alice"), letters)).isEmpty();
    }

    @Test
    void aMessageAcknowledgedWhileItsLetterIsStoredLeavesNoLetter() {
        use(Options.deliveriesMax(1));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "slow");
        TestBroker.Received received = broker.poll(alice, subscription);
        broker.advance(1, SECONDS);
        broker.broker().doWork(broker.nanoTime());
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
        broker.journal().storeAll();

        assertThat(broker.acknowledge(alice, subscription, received)).isTrue();
        broker.broker().doWork(broker.nanoTime());
        assertThat(broker.acknowledge(alice, subscription, received)).isFalse();
        long letters = broker.trySubscribe(alice, 1, LETTERS).subscriptionId();
        assertThat(broker.poll(alice, letters)).isNull();
        broker.restartCleanly();
        assertThat(broker.pollAll(broker.connect("alice"), letters)).isEmpty();
    }

    @Test
    void lettersGoToTheKeyWhoseSubscriptionFailedOnly() {
        use(Options.deliveriesMax(1));
        Client bob = broker.connect("bob");
        long bobsLetters = broker.subscribe(bob, 1, LETTERS);
        long letters = deadLetter("poison");
        assertThat(letters).isNotEqualTo(bobsLetters);
        assertThat(broker.poll(bob, bobsLetters)).isNull();
        assertThat(broker.poll(alice, letters)).isNotNull();
    }

    @Test
    void aSubscribeThatComesWhileTheFirstLetterIsStoredGetsTheSameSubscription() {
        use(Options.deliveriesMax(1));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "poison");
        broker.poll(alice, subscription);
        broker.advance(1, SECONDS);
        broker.broker().doWork(broker.nanoTime());
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);

        assertThat(broker.trySubscribe(alice, 1, LETTERS).outcome()).isEqualTo(Outcome.BUSY);
        broker.turn();
        long letters = broker.trySubscribe(alice, 1, LETTERS).subscriptionId();
        assertThat(broker.poll(alice, letters).payload()).isEqualTo("poison");
    }

    @Test
    void twoSubscribesToADeadLetterTopicAtOnceMakeOneSubscription() {
        long letters = broker.trySubscribe(alice, 1, LETTERS).subscriptionId();
        Client other = broker.connect("alice");
        assertThat(broker.trySubscribe(other, 1, LETTERS).outcome()).isEqualTo(Outcome.BUSY);
        assertThat(broker.trySubscribe(broker.connect("bob"), 1, LETTERS).outcome())
                .isEqualTo(Outcome.DONE);
        broker.turn();
        assertThat(broker.trySubscribe(other, 1, LETTERS).subscriptionId()).isEqualTo(letters);
    }

    @Test
    void connectionsOfAKeyShareItsDeadLettersUntilTheLastOfThemEnds() {
        use(Options.deliveriesMax(1));
        long letters = deadLetter("poison");
        Client other = broker.connect("alice");
        assertThat(broker.subscribe(other, 1, LETTERS)).isEqualTo(letters);
        assertThat(broker.subscribe(other, 1, LETTERS)).isEqualTo(letters);
        TestBroker.Received received = broker.poll(other, letters);
        assertThat(received.payload()).isEqualTo("poison");

        broker.broker().disconnect(alice);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isEqualTo(1); // to demo
        assertThat(broker.poll(other, letters)).isNull(); // still in flight
        assertThat(broker.acknowledge(other, letters, received)).isTrue();
        broker.broker().disconnect(other);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isEqualTo(2);
    }

    @Test
    void whatOneConnectionWasGivenAnotherOfTheKeyMayAcknowledge() {
        use(Options.deliveriesMax(1));
        long letters = deadLetter("poison");
        Client other = broker.connect("alice");
        broker.subscribe(other, 1, LETTERS);
        TestBroker.Received received = broker.poll(alice, letters);
        assertThat(broker.acknowledge(other, letters, received)).isTrue();
        broker.broker().disconnect(alice);
        broker.broker().disconnect(other);
        assertThat(broker.pollAll(broker.connect("alice"), letters)).isEmpty();
    }

    @Test
    void lettersSurviveARestart() {
        use(Options.deliveriesMax(1));
        long letters = deadLetter("poison");
        broker.restartCleanly();
        Client again = broker.connect("alice");
        assertThat(broker.trySubscribe(again, 1, LETTERS).subscriptionId()).isEqualTo(letters);
        assertThat(broker.pollAll(again, letters)).containsExactly("poison");
    }

    @Test
    void lettersAreKeptForTheirRetention() {
        use(Options.deliveriesMax(1));
        long letters = deadLetter("poison");
        broker.pass(8, DAYS);
        assertThat(broker.poll(alice, letters)).isNull();
        assertThat(broker.count(BrokerMetric.DROPPED_DEAD_LETTER_EXPIRED)).isEqualTo(1);
    }

    @Test
    void withoutALimitAMessageIsRedeliveredForEver() {
        use(Options.deliveriesMax(0));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
        for (int i = 0; i < 50; i++) {
            assertThat(broker.poll(alice, subscription)).isNotNull();
            broker.pass(31, SECONDS);
        }
    }

    @Test
    void aLastDeliveryOfALostConnectionStillBecomesALetter() {
        use(Options.deliveriesMax(1));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
        broker.poll(alice, subscription);
        broker.broker().disconnect(alice);
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
    }

    @Test
    void aLetterThatTheJournalHasNoRoomForMovesLater() {
        use(Options.deliveriesMax(1));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
        broker.poll(alice, subscription);
        broker.journal().full(true);
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isZero();
        broker.journal().full(false);
        broker.pass(2, SECONDS);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
    }

    @Test
    void aMessageIsDroppedAfterItsTtlAndARestartDoesNotRenewIt() {
        use(Options.messageTtlMillis(10_000));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "delivered");
        broker.publishStored(alice, "demo", "waiting");
        broker.poll(alice, subscription);
        broker.pass(6, SECONDS);
        broker.restartCleanly();
        broker.pass(5, SECONDS);
        assertThat(broker.pollAll(broker.connect("alice"), subscription)).isEmpty();
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(2);
    }

    @Test
    void aMessageThatIsDueAgainIsDroppedAfterItsTtlAlthoughNobodyPolls() {
        use(Options.messageTtlMillis(10_000));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "delivered");
        broker.poll(alice, subscription);
        broker.broker().disconnect(alice);
        broker.pass(9, SECONDS);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(1);
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isZero();
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(1);
    }

    @Test
    void aDetachedSubscriptionExpiresWithItsMessages() {
        use(Options.subscriptionExpirySeconds(60));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
        broker.pass(2, HOURS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);

        broker.broker().disconnect(alice);
        broker.pass(59, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        broker.pass(2, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isZero();
        assertThat(broker.count(BrokerMetric.TOPICS)).isZero();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_EXPIRED)).isEqualTo(1);
        Client again = broker.connect("alice");
        assertThat(broker.poll(again, subscription)).isNull();
        assertThat(broker.subscribe(again, 1, "demo")).isNotEqualTo(subscription);
    }

    @Test
    void anAcknowledgementThatComesAfterTheRemovalIsRefusedBecauseReplayWouldNotFindIt() {
        use(Options.deliveriesMax(1));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
        TestBroker.Received received = broker.poll(alice, subscription);
        broker.broker().disconnect(alice);
        broker.advance(24, HOURS);
        broker.broker().doWork(broker.nanoTime());
        broker.broker().onTick();
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_EXPIRED)).isEqualTo(1);

        Client again = broker.connect("alice");
        assertThat(broker.acknowledge(again, subscription, received)).isFalse();
        broker.turn();
        assertThat(broker.pollAll(again, broker.subscribe(again, 1, LETTERS))).containsExactly("hi");
    }

    @Test
    void aRemovalDoesNotOvertakeAnAcknowledgementThatWaitsForRoom() {
        use(Options.subscriptionExpirySeconds(60));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
        TestBroker.Received received = broker.poll(alice, subscription);
        broker.broker().disconnect(alice);
        broker.journal().settlementsBusy(true);
        broker.acknowledge(broker.connect("alice"), subscription, received);
        broker.pass(61, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_EXPIRED)).isZero();
        broker.journal().settlementsBusy(false);
        broker.pass(1, SECONDS);
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_EXPIRED)).isEqualTo(1);
    }

    @Test
    void aDeliveryOfASubscriptionThatIsBeingRemovedDoesNotMove() {
        use(Options.deliveriesMax(1));
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
        broker.advance(24, HOURS);
        broker.broker().doWork(broker.nanoTime());
        broker.poll(alice, subscription);
        broker.broker().disconnect(alice);
        broker.journal().lettersBusy(true);
        broker.advance(24, HOURS);
        broker.broker().doWork(broker.nanoTime());
        broker.broker().onTick();
        broker.journal().lettersBusy(false);
        broker.advance(2, SECONDS);
        broker.broker().doWork(broker.nanoTime());
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_EXPIRED)).isEqualTo(1);
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isZero();
    }

    private void restartFromACheckpoint() {
        broker.journal().wantCheckpoint();
        broker.turn();
        broker.restartCleanly();
    }

    @Test
    void expiryCountsOverAStart() {
        use(Options.subscriptionExpirySeconds(60));
        broker.subscribe(alice, 1, "demo");
        broker.broker().disconnect(alice);
        broker.pass(50, SECONDS);
        restartFromACheckpoint();
        broker.pass(9, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        broker.pass(2, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
    }

    @Test
    void expiryCountsFromTheStartForWhatWasAttachedBefore() {
        use(Options.subscriptionExpirySeconds(60));
        broker.subscribe(alice, 1, "demo");
        broker.pass(50, SECONDS);
        restartFromACheckpoint();
        broker.pass(59, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        broker.pass(2, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
    }

    @Test
    void nothingExpiresRightAfterAStart() {
        use(Options.subscriptionExpirySeconds(60, 300));
        broker.subscribe(alice, 1, "demo");
        broker.broker().disconnect(alice);
        broker.pass(50, SECONDS);
        restartFromACheckpoint();
        broker.pass(299, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        broker.pass(2, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
    }

    @Test
    void whatWaitsForADelayDoesNotStopASubscription() {
        use(Options.inFlightMax(3));
        PushClient pushed = new PushClient(broker, "carol");
        long id = pushed.attach(PushClient.Request.to("demo").named("jobs").ackTimeout(60_000), 100);
        pushed.publish(1, "demo", "a", "b", "c", "d", "e", "f", "g", "h");
        broker.turn();
        long[] tags =
                pushed.receive().stream().mapToLong(CollectingSink.Pushed::tag).toArray();
        assertThat(tags).hasSize(3);
        pushed.nack(id, 3_600_000, tags);
        assertThat(broker.count(BrokerMetric.DELAYED)).isEqualTo(3);
        assertThat(pushed.receiveTexts()).containsExactly("d", "e", "f");
        assertThat(pushed.receiveTexts()).isEmpty();
        broker.pass(3_601, SECONDS);
        assertThat(broker.count(BrokerMetric.DELAYED)).isZero();
        assertThat(pushed.receiveTexts()).contains("a", "b", "c");
    }

    @Test
    void aDelayIsKeptOverAStart() {
        PushClient pushed = new PushClient(broker, "carol");
        long id = pushed.attach(PushClient.Request.to("demo").named("jobs"), 10);
        pushed.publish(1, "demo", "later");
        broker.turn();
        pushed.nack(id, 3_600_000, pushed.receiveOne().tag());
        broker.pass(600, SECONDS);
        restartFromACheckpoint();
        pushed = new PushClient(broker, "carol");
        assertThat(pushed.attach(PushClient.Request.to("demo").named("jobs"), 10))
                .isEqualTo(id);
        broker.pass(2_990, SECONDS);
        assertThat(pushed.receive()).isEmpty();
        broker.pass(20, SECONDS);
        assertThat(pushed.receiveOne().attempt()).isEqualTo(2);
    }

    @Test
    void aDetachedBacklogIsLimitedInBytes() {
        use(Options.detachedBacklogBytesMax(100));
        broker.subscribe(alice, 1, "demo");
        broker.broker().disconnect(alice);
        Client bob = broker.connect("bob");
        broker.publishStored(bob, "demo", "x".repeat(100));
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        broker.publishStored(bob, "demo", "x");
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_OVERGROWN)).isEqualTo(1);
    }

    @Test
    void whatIsSettledBehindAnOlderMessageDoesNotCountAfterARestart() {
        use(Options.detachedBacklogBytesMax(100));
        long subscription = broker.subscribe(alice, 1, "demo");
        for (int i = 0; i < 3; i++) {
            broker.publishStored(alice, "demo", "x".repeat(50));
        }
        TestBroker.Received oldest = broker.poll(alice, subscription);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.restartCleanly();
        assertThat(broker.broker().subscriptions(1).get(0).backlog()).isEqualTo(1);
        broker.pass(1, SECONDS);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_OVERGROWN)).isZero();

        Client again = broker.connect("alice");
        assertThat(broker.poll(again, subscription)).isEqualTo(oldest);
        assertThat(broker.poll(again, subscription)).isNull();
        assertThat(broker.broker().subscriptions(1).get(0).backlog()).isZero();
    }

    @Test
    void anOperatorSeesSubscriptions() {
        Instant start = Instant.ofEpochMilli(broker.epochMillis());
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "one");
        broker.publishStored(alice, "demo", "two");
        broker.poll(alice, subscription);
        broker.pass(2, SECONDS);
        assertThat(broker.broker().subscriptions(10))
                .containsExactly(new SubscriptionInfo(
                        subscription,
                        "demo",
                        "",
                        1,
                        true,
                        true,
                        start,
                        2,
                        6,
                        new DeliveryCounts(0, 1, 0, 0),
                        2_000,
                        false,
                        false,
                        "",
                        "127.0.0.1:8",
                        List.of(),
                        0));
        broker.broker().disconnect(alice);
        assertThat(broker.broker().subscriptions(10))
                .containsExactly(new SubscriptionInfo(
                        subscription,
                        "demo",
                        "",
                        1,
                        true,
                        false,
                        start.plusSeconds(2),
                        2,
                        6,
                        new DeliveryCounts(0, 1, 0, 0),
                        2_000,
                        false,
                        false,
                        "",
                        "",
                        List.of(),
                        0));
        assertThat(broker.broker().subscriptions(0)).isEmpty();
    }

    /** Publishes to a fresh subscription, lets the message fail, and subscribes to the letters. */
    private long deadLetter(String payload) {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", payload);
        broker.poll(alice, subscription);
        broker.pass(1, SECONDS);
        return broker.subscribe(alice, 1, LETTERS);
    }
}
