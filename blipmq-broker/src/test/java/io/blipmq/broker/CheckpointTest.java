package io.blipmq.broker;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a start gives back from a checkpoint and the commands behind it. */
class CheckpointTest {
    private static final int MORE_THAN_ONE_TURN_WRITES_DOWN = 4_200;

    private TestBroker broker = new TestBroker(Options.deliveriesMax(3));
    private Client alice = broker.connect("alice");

    private void checkpoint() {
        broker.journal().wantCheckpoint();
        broker.turn();
    }

    private void restart() {
        broker.restartCleanly();
        alice = broker.connect("alice");
    }

    @Test
    void aCheckpointReadsBackAsItWasWritten() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.subscribe(broker.connect("bob"), 1, "other ä");
        IntStream.range(0, 10).forEach(i -> broker.publish(alice, 1, "demo", "m" + i));
        broker.turn();
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.poll(alice, subscription);
        checkpoint();
        List<String> readBack = withoutTimes(broker.journal().checkpoint());
        restart();
        checkpoint();
        assertThat(withoutTimes(broker.journal().checkpoint())).isEqualTo(readBack);
    }

    private static List<String> withoutTimes(List<String> checkpoint) {
        return checkpoint.stream()
                .filter(line -> !line.startsWith("detached") && !line.startsWith("time"))
                .toList();
    }

    @Test
    void theCursorAndSparseAcknowledgementsSurvive() {
        long subscription = broker.subscribe(alice, 1, "demo");
        IntStream.range(0, 500).forEach(i -> broker.publish(alice, 1, "demo", "m" + i));
        broker.turn();
        for (int i = 0; i < 300; i++) {
            TestBroker.Received received = broker.poll(alice, subscription);
            if (i % 100 != 50) {
                broker.acknowledge(alice, subscription, received);
            }
        }
        checkpoint();
        for (int i = 300; i < 400; i++) {
            broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        }
        restart();

        assertThat(broker.count(BrokerMetric.IN_FLIGHT)).isEqualTo(3);
        assertThat(broker.pollAll(alice, subscription))
                .startsWith("m50", "m150", "m250", "m400", "m401")
                .endsWith("m499")
                .hasSize(103);
    }

    @Test
    void redeliveryCountsSurvive() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "poison");
        broker.poll(alice, subscription);
        broker.pass(200, MILLISECONDS);
        broker.poll(alice, subscription);
        checkpoint();
        restart();
        assertThat(broker.poll(alice, subscription).payload()).isEqualTo("poison");
        broker.pass(10, SECONDS);
        assertThat(broker.poll(alice, subscription)).isNull();
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(1);
    }

    @Test
    void anAttemptCountsAsItDidWhenTheCheckpointBegan() {
        for (int i = 0; i < MORE_THAN_ONE_TURN_WRITES_DOWN; i++) {
            broker.trySubscribe(broker.connect("filler " + i % 8), 1, "filler/" + i);
        }
        broker.turn();
        PushClient.Request jobs = PushClient.Request.to("demo").named("jobs").countFromBegin();
        PushClient pushed = new PushClient(broker, "alice");
        long id = pushed.attach(jobs, AttachRequest.UNLIMITED_CREDIT);
        pushed.publish(1, "demo", "job");
        broker.turn();
        long tag = pushed.receiveOne().tag();

        broker.journal().wantCheckpoint();
        broker.broker().endTurn();
        pushed.nack(id, 0, tag);
        broker.turn();
        restart();

        PushClient after = new PushClient(broker, "alice");
        after.attach(jobs, AttachRequest.UNLIMITED_CREDIT);
        assertThat(after.receiveOne().attempt()).isEqualTo(1);
    }

    @Test
    void aMessageThatHadItsLastDeliveryIsNotDeliveredOnceMore() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "poison");
        broker.poll(alice, subscription);
        broker.pass(200, MILLISECONDS);
        broker.poll(alice, subscription);
        broker.pass(400, MILLISECONDS);
        broker.poll(alice, subscription);
        checkpoint();
        restart();
        broker.pass(1, SECONDS);
        assertThat(broker.poll(alice, subscription)).isNull();
        assertThat(broker.pollAll(alice, broker.subscribe(alice, 1, "$dead-letter/demo")))
                .containsExactly("poison");
    }

    @Test
    void lettersAndLateAcknowledgementsOfThemSurvive() {
        long subscription = broker.subscribe(alice, 1, "demo");
        broker.publishStored(alice, "demo", "late");
        broker.publishStored(alice, "demo", "lost");
        TestBroker.Received late = broker.poll(alice, subscription);
        broker.poll(alice, subscription);
        for (int i = 0; i < 3; i++) {
            broker.pass(1, SECONDS);
            broker.pollAll(alice, subscription);
        }
        assertThat(broker.count(BrokerMetric.DEAD_LETTERED)).isEqualTo(2);
        checkpoint();
        restart();
        assertThat(broker.acknowledge(alice, subscription, late)).isTrue();
        assertThat(broker.pollAll(alice, broker.subscribe(alice, 1, "$dead-letter/demo")))
                .containsExactly("lost");
    }

    @Test
    void theBacklogIsCountedOverARestart() {
        broker.subscribe(alice, 1, "demo");
        IntStream.range(0, 200).forEach(i -> broker.publish(alice, 1, "demo", "0123456789"));
        broker.turn();
        checkpoint();
        restart();
        SubscriptionInfo info = broker.broker().subscriptions(1).get(0);
        assertThat(info.backlog()).isEqualTo(200);
        assertThat(info.oldestAgeMillis()).isZero();
    }
}
