package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.blipmq.protocol.entry.PropertiesBuilder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PushTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;

    private TestBroker broker = new TestBroker();
    private PushClient alice = new PushClient(broker, "alice");

    private static String[] numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toArray(String[]::new);
    }

    // --- QoS 0 ---

    @Test
    void aBatchAtQos0IsPushedToEverySubscriberAsOneCopyEach() {
        PushClient bob = new PushClient(broker, "bob");
        alice.attach(to("demo").qos0(), UNLIMITED);
        bob.attach(to("demo").qos0(), UNLIMITED);
        BatchResult result = alice.publish(0, "demo", numbered(1_000));
        assertThat(result.taken()).isEqualTo(1_000);
        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.subscriptions()).isEqualTo(2);
        assertThat(alice.receiveTexts()).containsExactly(numbered(1_000));
        assertThat(bob.receiveTexts()).containsExactly(numbered(1_000));
        assertThat(alice.sink().copies()).isEqualTo(1);
        assertThat(broker.count(BrokerMetric.DELIVERED)).isEqualTo(2_000);
    }

    @Test
    void whatComesForTheOnlyReaderGoesStraightToItOnceItHasReadEverything() {
        alice.attach(to("demo").qos0(), UNLIMITED);
        alice.publish(0, "demo", "first");
        assertThat(alice.sink().take()).isEmpty();
        assertThat(alice.receiveTexts()).containsExactly("first");
        BatchResult result = alice.publish(0, "demo", "a", "b");
        assertThat(result.subscriptions()).isEqualTo(1);
        assertThat(alice.sink().takeTexts()).containsExactly("a", "b");
        assertThat(alice.broker().pushes().hasReady()).isFalse();
        assertThat(broker.count(BrokerMetric.DELIVERED)).isEqualTo(3);
    }

    @Test
    void nothingOvertakesWhatWaitsForCredit() {
        long id = alice.attach(to("demo").qos0(), 2);
        alice.publish(0, "demo", "a");
        assertThat(alice.receiveTexts()).containsExactly("a");
        alice.publish(0, "demo", "b", "c");
        assertThat(alice.receiveTexts()).containsExactly("b");
        alice.credit(id, UNLIMITED);
        alice.publish(0, "demo", "d");
        assertThat(alice.receiveTexts()).containsExactly("c", "d");
    }

    @Test
    void nothingOvertakesWhatAClientThatPollsHasPublished() {
        alice.attach(to("demo").qos0(), UNLIMITED);
        alice.publish(0, "demo", "a");
        assertThat(alice.receiveTexts()).containsExactly("a");
        broker.publish(broker.connect("poller"), 0, "demo", "b");
        alice.publish(0, "demo", "c");
        assertThat(alice.receiveTexts()).containsExactly("b", "c");
    }

    @Test
    void nothingGoesStraightToAClientThatDrains() {
        alice.attach(to("demo").qos0(), UNLIMITED);
        alice.publish(0, "demo", "a");
        assertThat(alice.receiveTexts()).containsExactly("a");
        alice.broker().attaching().drain(alice.client());
        alice.publish(0, "demo", "b");
        assertThat(alice.receive()).isEmpty();
    }

    @Test
    void nothingOvertakesWhatWaitsForRoom() {
        alice.attach(to("demo").qos0(), UNLIMITED);
        alice.publish(0, "demo", "a");
        assertThat(alice.receiveTexts()).containsExactly("a");
        alice.sink().roomFor(0);
        alice.publish(0, "demo", "b");
        assertThat(alice.sink().take()).isEmpty();
        alice.sink().roomFor(100);
        alice.publish(0, "demo", "c");
        assertThat(alice.receiveTexts()).containsExactly("b", "c");
    }

    @Test
    void nothingGoesStraightWhileOtherTopicsWaitForRoom() {
        alice.attach(to("busy").qos0(), UNLIMITED);
        alice.attach(to("calm").qos0(), UNLIMITED);
        alice.publish(0, "busy", "a");
        alice.receive();
        alice.sink().roomFor(0);
        alice.publish(0, "calm", "waits");
        assertThat(alice.receive()).isEmpty();
        alice.sink().roomFor(2);
        alice.broker().pushes().onRoom(alice.client());
        alice.publish(0, "busy", "b");
        assertThat(alice.sink().take()).isEmpty();
        assertThat(alice.receiveTexts()).containsExactlyInAnyOrder("waits", "b");
    }

    @Test
    void aSecondReaderGetsWhatComesAfterIt() {
        PushClient bob = new PushClient(broker, "bob");
        alice.attach(to("demo").qos0(), UNLIMITED);
        alice.publish(0, "demo", "a");
        assertThat(alice.receiveTexts()).containsExactly("a");
        long id = bob.attach(to("demo").qos0(), UNLIMITED);
        alice.publish(0, "demo", "b");
        assertThat(alice.receiveTexts()).containsExactly("b");
        assertThat(bob.sink().takeTexts()).containsExactly("b");
        bob.detach(id, false);
        alice.publish(0, "demo", "c");
        assertThat(alice.receiveTexts()).containsExactly("c");
        PushClient stored = new PushClient(broker, "carol");
        stored.attach(to("demo").named("jobs"), UNLIMITED);
        alice.publish(0, "demo", "d");
        assertThat(alice.receiveTexts()).containsExactly("d");
        assertThat(stored.receiveTexts()).containsExactly("d");
    }

    @Test
    void nobodyIsGivenWhatComesAfterItHasLeft() {
        long id = alice.attach(to("demo").qos0(), UNLIMITED);
        PushClient bob = new PushClient(broker, "bob");
        bob.attach(to("demo").named("jobs"), UNLIMITED);
        bob.disconnect();
        alice.publish(0, "demo", "a");
        assertThat(alice.receiveTexts()).containsExactly("a");
        alice.detach(id, false);
        assertThat(alice.publish(0, "demo", "b").subscriptions()).isZero();
        assertThat(alice.receive()).isEmpty();
    }

    @Test
    void creditSmallerThanABatchTakesApartWhatWasPublishedTogether() {
        long id = alice.attach(to("demo").qos0(), 3);
        alice.publish(0, "demo", numbered(10));
        assertThat(alice.receiveTexts()).containsExactly("m0", "m1", "m2");
        assertThat(alice.receiveTexts()).isEmpty();
        alice.credit(id, 5);
        assertThat(alice.receiveTexts()).containsExactly("m3", "m4", "m5", "m6", "m7");
        alice.credit(id, UNLIMITED);
        assertThat(alice.receiveTexts()).containsExactly("m8", "m9");
    }

    @Test
    void nothingIsPushedBeforeThereIsCredit() {
        long id = alice.attach(to("demo").qos0());
        alice.publish(0, "demo", "early");
        assertThat(alice.receive()).isEmpty();
        assertThat(alice.broker().pushes().hasReady()).isFalse();
        assertThat(alice.attached(id)).isEqualTo(new AttachedInfo(false, 1));
        alice.credit(id, 1);
        assertThat(alice.receiveTexts()).containsExactly("early");
    }

    @Test
    void aFullOutputStopsThePushesUntilItHasRoom() {
        PushClient fast = new PushClient(broker, "bob");
        fast.attach(to("demo").named("fast"), UNLIMITED);
        alice.attach(to("demo").named("slow"), UNLIMITED);
        alice.sink().roomFor(2);
        alice.publish(1, "demo", numbered(5));
        broker.turn();
        assertThat(alice.receiveTexts()).containsExactly("m0", "m1");
        assertThat(fast.receiveTexts()).hasSize(5);
        assertThat(alice.broker().pushes().hasReady()).isFalse();
        alice.sink().roomFor(100);
        assertThat(alice.receiveTexts()).isEmpty();
        alice.broker().pushes().onRoom(alice.client());
        assertThat(alice.receiveTexts()).containsExactly("m2", "m3", "m4");
    }

    @Test
    void propertiesComeAsTheyWerePublished() {
        byte[] properties =
                new PropertiesBuilder().header("kind", "test").header("n", "1").toBytes();
        alice.attach(to("demo").qos0(), UNLIMITED);
        PushClient stored = new PushClient(broker, "alice");
        stored.attach(to("demo").named("jobs"), UNLIMITED);
        alice.publish(0, "demo", properties, "live");
        alice.publish(1, "demo", properties, "stored");
        broker.turn();
        assertThat(alice.receive()).hasSize(2).allSatisfy(pushed -> {
            assertThat(pushed.properties()).isEqualTo(properties);
            assertThat(pushed.publishedMillis()).isEqualTo(broker.epochMillis());
            assertThat(pushed.qos()).isZero();
        });
        assertThat(stored.receive())
                .hasSize(2)
                .allSatisfy(pushed -> assertThat(pushed.properties()).isEqualTo(properties));
    }

    @Test
    void clientsThatPollGetTheBodyAlone() {
        Client poller = broker.connect("poller");
        long live = broker.subscribe(poller, 0, "demo");
        long stored = broker.subscribe(poller, 1, "demo");
        byte[] properties = new PropertiesBuilder().header("kind", "test").toBytes();
        alice.publish(0, "demo", properties, "zero", "null");
        alice.publish(1, "demo", properties, "one");
        broker.turn();
        assertThat(broker.pollAll(poller, live)).containsExactly("zero", "null", "one");
        assertThat(broker.pollAll(poller, stored)).containsExactly("zero", "null", "one");
    }

    @Test
    void aTemporarySubscriptionThatFallsBehindLosesTheOldestExactly() {
        broker = new TestBroker(Options.memoryMessagesMax(100));
        alice = new PushClient(broker, "alice");
        long id = alice.attach(to("demo").qos0(), 10);
        alice.publish(0, "demo", numbered(1_000));
        alice.publish(0, "demo", "last");
        assertThat(alice.receiveTexts()).startsWith("m901").hasSize(10);
        alice.credit(id, UNLIMITED);
        assertThat(alice.receiveTexts())
                .startsWith("m911")
                .endsWith("m999", "last")
                .hasSize(90);
        assertThat(broker.count(BrokerMetric.DROPPED_QUEUE_FULL)).isEqualTo(901);
    }

    // --- QoS 1 ---

    @Test
    void storedMessagesArePushedInOrderWithTagAndAttempt() {
        alice.attach(to("demo").named("jobs"), UNLIMITED);
        BatchResult result = alice.publish(1, "demo", "a", "b");
        assertThat(result.subscriptions()).isEqualTo(1);
        assertThat(alice.client().lastSequence()).isPositive();
        assertThat(alice.receive()).as("before they are stored").isEmpty();
        broker.turn();
        List<CollectingSink.Pushed> received = alice.receive();
        assertThat(received).extracting(CollectingSink.Pushed::text).containsExactly("a", "b");
        assertThat(received).allSatisfy(pushed -> {
            assertThat(pushed.attempt()).isEqualTo(1);
            assertThat(pushed.qos()).isEqualTo(1);
        });
        assertThat(received.get(0).tag()).isLessThan(received.get(1).tag());
    }

    @Test
    void dueRedeliveriesGoFirst() {
        long id = alice.attach(to("demo").named("jobs"), 2);
        alice.publish(1, "demo", "a", "b", "c");
        broker.turn();
        List<CollectingSink.Pushed> first = alice.receive();
        alice.nack(id, 0, first.get(1).tag(), first.get(0).tag());
        alice.credit(id, 3);
        assertThat(alice.receive())
                .extracting(CollectingSink.Pushed::text, CollectingSink.Pushed::attempt)
                .containsExactly(tuple("a", 2), tuple("b", 2), tuple("c", 1));
    }

    @Test
    void unsettledDeliveriesAreBounded() {
        broker = new TestBroker(Options.inFlightMax(3));
        alice = new PushClient(broker, "alice");
        long id = alice.attach(to("demo").named("jobs"), UNLIMITED);
        alice.publish(1, "demo", numbered(5));
        broker.turn();
        List<CollectingSink.Pushed> first = alice.receive();
        assertThat(first).hasSize(3);
        assertThat(alice.receive()).isEmpty();
        alice.ack(id, first.get(1).tag());
        assertThat(alice.receiveTexts()).containsExactly("m3");
    }

    @Test
    void aDeliveryThatIsNotSettledInTimeComesAgainAfterItsOwnBackoff() {
        alice.attach(to("demo").named("jobs").ackTimeout(5_000).retryBackoff(1_000), UNLIMITED);
        alice.publish(1, "demo", "a");
        broker.turn();
        alice.receiveOne();
        broker.pass(5_100, TimeUnit.MILLISECONDS);
        assertThat(alice.receive()).as("timed out, and put off").isEmpty();
        broker.pass(1_100, TimeUnit.MILLISECONDS);
        assertThat(alice.receiveOne().attempt()).isEqualTo(2);
        broker.pass(5_100, TimeUnit.MILLISECONDS);
        broker.pass(1_100, TimeUnit.MILLISECONDS);
        assertThat(alice.receive()).as("the backoff doubles").isEmpty();
        broker.pass(1_000, TimeUnit.MILLISECONDS);
        assertThat(alice.receiveOne().attempt()).isEqualTo(3);
    }

    @Test
    void aMessagesOwnTimeToLiveCounts() {
        long id = alice.attach(to("demo").named("jobs"));
        alice.publish(1, "demo", new PropertiesBuilder().ttlMillis(1_000).toBytes(), "short");
        alice.publish(1, "demo", "long");
        broker.turn();
        broker.pass(2, TimeUnit.SECONDS);
        alice.credit(id, UNLIMITED);
        assertThat(alice.receiveTexts()).containsExactly("long");
        assertThat(broker.count(BrokerMetric.DROPPED_TTL_EXPIRED)).isEqualTo(1);
    }

    @Test
    void aBacklogOfExpiredMessagesIsPassedWithoutWaitingForATick() {
        long id = alice.attach(to("demo").named("jobs"));
        byte[] ttl = new PropertiesBuilder().ttlMillis(1_000).toBytes();
        for (int i = 0; i < 3; i++) {
            alice.publish(1, "demo", ttl, numbered(1_000));
        }
        alice.publish(1, "demo", "alive");
        broker.turn();
        broker.advance(2, TimeUnit.SECONDS);
        broker.turn();
        alice.credit(id, UNLIMITED);
        assertThat(alice.receiveTexts()).containsExactly("alive");
    }

    @Test
    void creditComesBackBySettlingWhenAskedFor() {
        long id = alice.attach(to("demo").named("jobs").creditOnSettle().ackTimeout(1_000), 2);
        alice.publish(1, "demo", numbered(6));
        broker.turn();
        List<CollectingSink.Pushed> first = alice.receive();
        assertThat(first).hasSize(2);
        alice.ack(id, first.get(0).tag());
        assertThat(alice.receiveTexts()).containsExactly("m2");
        alice.reject(id, "bad", first.get(1).tag());
        assertThat(alice.receiveTexts()).containsExactly("m3");
        broker.pass(1_100, TimeUnit.MILLISECONDS);
        assertThat(alice.receiveTexts()).as("timed out: its credit is back").containsExactly("m2", "m3");
    }

    @Test
    void subscriptionsTakeTurns() {
        long first = alice.attach(to("one").named("one"), UNLIMITED);
        long second = alice.attach(to("two").named("two"), UNLIMITED);
        for (int i = 0; i < 10; i++) {
            alice.publish(1, "one", numbered(1_000));
        }
        alice.publish(1, "two", "hello");
        broker.turn();
        List<CollectingSink.Pushed> received = alice.receive();
        int place = received.stream()
                .map(CollectingSink.Pushed::subscription)
                .toList()
                .indexOf(second);
        assertThat(place).isBetween(0, 5_000);
        assertThat(received)
                .filteredOn(pushed -> pushed.subscription() == first)
                .hasSize(10_000);
    }

    @Test
    void aTurnsWorkIsBoundedAndTheRestIsDoneInTheNext() {
        long id = alice.attach(to("demo").qos0(), UNLIMITED);
        int batches = 60;
        for (int i = 0; i < batches; i++) {
            alice.publish(0, "demo", numbered(1_000));
        }
        assertThat(id).isPositive();
        int first = alice.broker().pushes().push();
        assertThat(first).isPositive();
        int all = first;
        while (alice.broker().pushes().hasReady()) {
            all += alice.broker().pushes().push();
        }
        assertThat(all).isEqualTo(batches * 1_000);
    }

    @Test
    void shutdownAndDrainEndThePushes() {
        PushClient bob = new PushClient(broker, "bob");
        long id = alice.attach(to("demo").named("jobs"), UNLIMITED);
        bob.attach(to("demo").named("jobs"), UNLIMITED);
        alice.publish(1, "demo", "a");
        broker.turn();
        assertThat(alice.receive()).hasSize(1);
        assertThat(bob.receive()).hasSize(1);
        assertThat(alice.broker().attaching().drain(alice.client())).isEqualTo(1);
        alice.publish(1, "demo", "b");
        broker.turn();
        alice.credit(id, 10);
        assertThat(alice.receive()).isEmpty();
        assertThat(bob.receive()).hasSize(1);
        alice.publish(1, "demo", "c");
        broker.turn();
        broker.broker().beginShutdown();
        assertThat(bob.receive()).isEmpty();
        assertThat(alice.broker().pushes().hasReady()).isFalse();
        assertThat(alice.publish(1, "demo", "d").outcome()).isEqualTo(Outcome.SHUTTING_DOWN);
        assertThat(bob.tryAttach(to("other")).outcome()).isEqualTo(Outcome.SHUTTING_DOWN);
    }

    @Test
    void aBatchThatFindsNoRoomGoesOnWhereItStopped() {
        alice.attach(to("demo").named("jobs"), UNLIMITED);
        broker.journal().full(true);
        BatchResult result = alice.publish(1, "demo", "a", "b");
        assertThat(result.taken()).isZero();
        assertThat(result.outcome()).isEqualTo(Outcome.DISK_FULL);
        broker.journal().full(false);
        assertThat(alice.publish(1, "nobody reads this", "a").subscriptions()).isZero();
        assertThat(broker.count(BrokerMetric.PUBLISHED)).isEqualTo(1);
    }
}
