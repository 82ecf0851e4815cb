package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PublishAndPollTest {
    private final TestBroker broker = new TestBroker();
    private final Client alice = broker.connect("alice");
    private final Client bob = broker.connect("bob");

    @Test
    void aStoredMessageReachesEverySubscription() {
        long first = broker.subscribe(alice, 1, "demo");
        long second = broker.subscribe(bob, 1, "demo");
        long tag = broker.publishStored(alice, "demo", "hi");

        assertThat(broker.poll(alice, first)).isEqualTo(new TestBroker.Received(1, tag, "demo", "hi"));
        assertThat(broker.poll(bob, second)).isEqualTo(new TestBroker.Received(1, tag, "demo", "hi"));
        assertThat(broker.poll(alice, first)).isNull();
    }

    @Test
    void aMessageThatIsNotStoredIsNotVisible() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publish(alice, 1, "demo", "hi");
        long sequence = alice.lastSequence();
        broker.broker().doWork(broker.nanoTime());

        assertThat(broker.poll(alice, subscription)).isNull();
        assertThat(broker.broker().appliedSequence()).isLessThan(sequence);
        assertThat(sequence).isPositive();

        broker.turn();
        assertThat(broker.poll(alice, subscription)).isNotNull();
        assertThat(broker.broker().appliedSequence()).isEqualTo(sequence);
    }

    @Test
    void aSubscriptionGetsWhatIsPublishedAfterItIsAskedForAndNothingOlder() {
        broker.subscribe(bob, 1, "demo");
        broker.publish(alice, 1, "demo", "before");
        long subscription = broker.trySubscribe(alice, 1, "demo").subscriptionId();
        broker.publish(alice, 1, "demo", "after");
        broker.turn();

        assertThat(broker.pollAll(alice, subscription)).containsExactly("after");
    }

    @Test
    void whoKeepsUpNeverMakesTheJournalSearch() {
        long subscription = broker.subscribe(alice, 1, "demo");
        for (int i = 0; i < 100; i++) {
            broker.publishStored(bob, "demo", "m" + i);
            broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        }
        assertThat(broker.journal().finds()).isZero();
    }

    @Test
    void publishingToATopicNobodySubscribedToIsAcceptedAndCreatesNothing() {
        assertThat(broker.publish(alice, 1, "nowhere", "hi")).isEqualTo(Outcome.DONE);
        assertThat(broker.publish(alice, 0, "nowhere", "hi")).isEqualTo(Outcome.DONE);
        assertThat(broker.journal().size()).isZero();
        assertThat(broker.count(BrokerMetric.TOPICS)).isZero();
        assertThat(broker.count(BrokerMetric.PUBLISHED)).isEqualTo(2);
    }

    @Test
    void theDeliveryQosIsTheLowerOfMessageAndSubscription() {
        long inMemory = broker.subscribe(alice, 0, "demo");
        long durable = broker.subscribe(alice, 1, "demo");
        broker.publish(alice, 0, "demo", "zero");
        broker.publishStored(alice, "demo", "one");

        assertThat(broker.poll(alice, inMemory)).isEqualTo(new TestBroker.Received(0, 0, "demo", "zero"));
        assertThat(broker.poll(alice, inMemory)).isEqualTo(new TestBroker.Received(0, 0, "demo", "one"));
        assertThat(broker.poll(alice, durable).qos()).isZero();
        assertThat(broker.poll(alice, durable).qos()).isEqualTo(1);
        assertThat(broker.poll(alice, durable)).isNull();
    }

    @Test
    void messagesOfBothQosComeByArrival() {
        long subscription = broker.subscribe(alice, 1, "demo");
        for (int i = 0; i < 6; i++) {
            if (i % 2 == 0) {
                broker.publish(alice, 0, "demo", "m" + i);
            } else {
                broker.publishStored(alice, "demo", "m" + i);
            }
        }
        assertThat(broker.pollAll(alice, subscription)).containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
    }

    @Test
    void anotherKeyCannotTouchASubscription() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "hi");
        TestBroker.Received received = broker.poll(alice, subscription);

        assertThat(broker.poll(bob, subscription)).isNull();
        assertThat(broker.acknowledge(bob, subscription, received)).isFalse();
        assertThat(broker.acknowledge(alice, subscription, received)).isTrue();
    }

    @Test
    void aQos0SubscriptionBelongsToItsConnection() {
        long subscription = broker.subscribe(alice, 0, "demo");
        broker.publish(alice, 0, "demo", "hi");

        assertThat(broker.poll(broker.connect("alice"), subscription)).isNull();
        assertThat(broker.poll(alice, subscription)).isNotNull();
    }

    @Test
    void aTopicEndsWithItsLastSubscription() {
        broker.subscribe(alice, 0, "demo");
        assertThat(broker.count(BrokerMetric.TOPICS)).isEqualTo(1);
        broker.broker().disconnect(alice);
        assertThat(broker.count(BrokerMetric.TOPICS)).isZero();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isZero();
    }

    @Test
    void aReconnectingClientResumesItsOldestDetachedSubscription() {
        long first = broker.subscribe(alice, 1, "demo");
        long second = broker.subscribe(alice, 1, "demo");
        assertThat(second).isNotEqualTo(first);
        broker.broker().disconnect(alice);
        broker.publishStored(bob, "demo", "meanwhile");
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isEqualTo(2);

        Client again = broker.connect("alice");
        assertThat(broker.subscribe(again, 1, "demo")).isEqualTo(first);
        assertThat(broker.subscribe(again, 1, "demo")).isEqualTo(second);
        assertThat(broker.pollAll(again, first)).containsExactly("meanwhile");
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isZero();
        assertThat(broker.trySubscribe(broker.connect("bob"), 1, "demo").subscriptionId())
                .isNotIn(first, second);
    }

    @Test
    void aPollByItsOwnerAttachesADetachedSubscription() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.broker().disconnect(alice);
        broker.publishStored(bob, "demo", "meanwhile");

        Client again = broker.connect("alice");
        assertThat(broker.poll(again, subscription).payload()).isEqualTo("meanwhile");
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isZero();
    }

    @Test
    void aSubscriptionAskedForByALostConnectionGoesToItsSuccessor() {
        long asked = broker.trySubscribe(alice, 1, "demo").subscriptionId();
        broker.broker().disconnect(alice);
        Client again = broker.connect("alice");
        assertThat(broker.trySubscribe(again, 1, "demo").subscriptionId()).isEqualTo(asked);
        assertThat(again.lastSequence()).isEqualTo(asked);
        broker.turn();
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS)).isEqualTo(1);
        assertThat(broker.count(BrokerMetric.SUBSCRIPTIONS_DETACHED)).isZero();
    }

    @Test
    void takingOverAnOlderSubscriptionConfirmsNoLaterPublish() {
        long asked = broker.trySubscribe(alice, 1, "demo").subscriptionId();
        broker.broker().disconnect(alice);
        Client again = broker.connect("alice");
        broker.publish(again, 1, "demo", "hi");
        long published = again.lastSequence();
        assertThat(broker.trySubscribe(again, 1, "demo").subscriptionId()).isEqualTo(asked);
        assertThat(again.lastSequence()).isEqualTo(published);
    }

    @Test
    void whatExistsIsResumedBeforeWhatALostConnectionHasJustAskedFor() {
        long first = broker.subscribe(alice, 1, "demo");
        Client other = broker.connect("alice");
        long second = broker.trySubscribe(other, 1, "demo").subscriptionId();
        long third = broker.trySubscribe(other, 1, "demo").subscriptionId();
        broker.broker().disconnect(other);
        broker.broker().disconnect(alice);

        Client again = broker.connect("alice");
        assertThat(broker.trySubscribe(again, 1, "demo").subscriptionId()).isEqualTo(first);
        assertThat(broker.trySubscribe(again, 1, "demo").subscriptionId()).isEqualTo(second);
        assertThat(broker.trySubscribe(again, 1, "demo").subscriptionId()).isEqualTo(third);
    }

    @Test
    void aDetachedSubscriptionTakesNoQos0() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publish(bob, 0, "demo", "lost with the connection");
        broker.broker().disconnect(alice);
        broker.publish(bob, 0, "demo", "never taken");

        assertThat(broker.poll(broker.connect("alice"), subscription)).isNull();
        assertThat(broker.count(BrokerMetric.DROPPED_CONNECTION_ENDED)).isEqualTo(1);
    }

    @Test
    void aFullJournalRefusesAndABusyOneAsksToWait() {
        broker.subscribe(alice, 1, "demo");
        broker.journal().full(true);
        assertThat(broker.publish(alice, 1, "demo", "hi")).isEqualTo(Outcome.DISK_FULL);
        assertThat(broker.trySubscribe(alice, 1, "demo").outcome()).isEqualTo(Outcome.DISK_FULL);
        assertThat(broker.count(BrokerMetric.REFUSED_DISK_FULL)).isEqualTo(2);
        broker.journal().busy(true);
        assertThat(broker.publish(alice, 1, "demo", "hi")).isEqualTo(Outcome.BUSY);
        assertThat(broker.publish(alice, 0, "demo", "hi")).isEqualTo(Outcome.DONE);
    }

    @Test
    void shutdownRefusesPublishesAndDeliversNothingMoreButTakesAcknowledgements() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "one");
        broker.publishStored(alice, "demo", "two");
        TestBroker.Received received = broker.poll(alice, subscription);
        broker.broker().beginShutdown();

        assertThat(broker.publish(alice, 0, "demo", "late")).isEqualTo(Outcome.SHUTTING_DOWN);
        assertThat(broker.publish(alice, 1, "demo", "late")).isEqualTo(Outcome.SHUTTING_DOWN);
        assertThat(broker.trySubscribe(alice, 0, "demo").outcome()).isEqualTo(Outcome.SHUTTING_DOWN);
        assertThat(broker.poll(alice, subscription)).isNull();
        assertThat(broker.broker().inflightMessageCount()).isEqualTo(1);
        assertThat(broker.acknowledge(alice, subscription, received)).isTrue();
        assertThat(broker.broker().inflightMessageCount()).isZero();
    }

    @Test
    void anAcknowledgementThatComesTooLateForTheJournalIsRefused() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "one");
        TestBroker.Received received = broker.poll(alice, subscription);
        broker.broker().seal();
        assertThat(broker.acknowledge(alice, subscription, received)).isFalse();
    }

    @Test
    void inFlightIsBoundedPerSubscription() {
        BrokerOptions few = Options.inFlightMax(3);
        TestBroker small = new TestBroker(few);
        Client client = small.connect("k");
        long subscription = small.subscribe(client, 1, "demo");
        IntStream.range(0, 5).forEach(i -> small.publish(client, 1, "demo", "m" + i));
        small.turn();

        TestBroker.Received first = small.poll(client, subscription);
        assertThat(small.pollAll(client, subscription)).containsExactly("m1", "m2");
        small.acknowledge(client, subscription, first);
        assertThat(small.pollAll(client, subscription)).containsExactly("m3");
    }

    @Test
    void subscriptionsAreLimited() {
        TestBroker small = new TestBroker(Options.subscriptionsMax(2));
        Client client = small.connect("k");
        small.subscribe(client, 0, "a");
        small.subscribe(client, 1, "b");
        assertThat(small.trySubscribe(client, 0, "c").outcome()).isEqualTo(Outcome.TOO_MANY_SUBSCRIPTIONS);
        assertThat(small.trySubscribe(client, 1, "c").outcome()).isEqualTo(Outcome.TOO_MANY_SUBSCRIPTIONS);
    }

    @Test
    void aLongBacklogComesInOrder() {
        long subscription = broker.subscribe(alice, 1, "demo");
        List<String> sent = IntStream.range(0, 10_000).mapToObj(i -> "m" + i).toList();
        sent.forEach(message -> broker.publish(bob, 1, "demo", message));
        broker.turn();

        for (String expected : sent) {
            TestBroker.Received received = broker.poll(alice, subscription);
            assertThat(received.payload()).isEqualTo(expected);
            broker.acknowledge(alice, subscription, received);
        }
        assertThat(broker.poll(alice, subscription)).isNull();
    }

    @Test
    void aMessageAtQos0ThatHasWaitedForItsTimeIsDropped() {
        TestBroker expiring = new TestBroker(Options.messageTtlMillis(1_000));
        Client bob = expiring.connect("bob");
        long inMemory = expiring.subscribe(bob, 0, "demo");
        long durable = expiring.subscribe(bob, 1, "demo");
        expiring.publish(bob, 0, "demo", "old");
        expiring.pass(600, TimeUnit.MILLISECONDS);
        expiring.publish(bob, 0, "demo", "new");
        assertThat(expiring.broker().subscriptions(2))
                .filteredOn(info -> info.qos() == 0)
                .extracting(SubscriptionInfo::oldestAgeMillis)
                .containsExactly(600L);
        expiring.pass(600, TimeUnit.MILLISECONDS);
        assertThat(expiring.pollAll(bob, inMemory)).containsExactly("new");
        assertThat(expiring.pollAll(bob, durable)).containsExactly("new");
        assertThat(expiring.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(2);
    }
}
