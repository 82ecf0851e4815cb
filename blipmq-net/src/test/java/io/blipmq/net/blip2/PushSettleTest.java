package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.BrokerMetric;
import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.SettleLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which deliveries a settlement hits, what it says about the others, and which attempts count. */
class PushSettleTest {
    private static final int ANSWER = SettleLayout.ANSWER_FLAG;
    private static final int UP_TO = SettleLayout.ANSWER_FLAG | SettleLayout.UP_TO_FLAG;
    private static final int STORED = SettleLayout.ANSWER_FLAG | SettleLayout.STORED_FLAG;

    private TestServer server;
    private PushClient client;
    private PushClient publisher;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        client = server.connectPushReady();
        publisher = server.connectPushReady();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void publish(String... bodies) {
        publisher.publish(1, "t", bodies);
        publisher.expectConfirms(1, bodies.length, 1);
    }

    private static Attach jobs() {
        return Attach.to("t").named("jobs").credit(10).ackTimeoutMillis(5_000);
    }

    private void settle(long correlationId, long subscription, int action, int flags, long tag, int attempt) {
        client.settle(correlationId, subscription, action, flags, 0, "", new long[] {tag}, new int[] {attempt});
    }

    // --- all up to one

    @Test
    void anAckUpToRightBehindARejectLosesNoDeadLetter() {
        long letters = publisher.attached(1, Attach.to("$dead-letter/t").credit(10));
        long subscription = client.attached(1, jobs());
        publish("bad", "good", "bad again", "good again");
        long[] tags = client.expectDeliveries(subscription, "bad", "good", "bad again", "good again");
        client.settle(2, subscription, SettleLayout.REJECT, 0, 0, "bad", tags[0])
                .settle(3, subscription, SettleLayout.ACK, UP_TO, 0, "", tags[1]);
        client.expectSettled(3, 1);
        client.settle(4, subscription, SettleLayout.REJECT, 0, 0, "bad", tags[2])
                .ping(5)
                .settle(6, subscription, SettleLayout.ACK, UP_TO, 0, "", tags[3]);
        client.expectPong(5);
        client.expectSettled(6, 1);
        publisher.expectDeliveries(letters, "bad", "bad again");
    }

    @Test
    void anAckUpToLeavesWhatIsToComeAgain() {
        long subscription = client.attached(1, jobs());
        publish("a", "b", "c");
        long[] tags = client.expectDeliveries(subscription, "a", "b", "c");
        client.settle(2, subscription, SettleLayout.NACK, ANSWER, 1_000, "", tags[0]);
        client.expectSettled(2, 1);
        client.settle(3, subscription, SettleLayout.ACK, UP_TO, 0, "", tags[2]);
        client.expectSettled(3, 2);
        server.advanceSeconds(2);
        client.expectDelivery(subscription, 1, 2, "a");
    }

    @Test
    void anAckUpToWhatWasNeverDeliveredHitsNothing() {
        long subscription = client.attached(1, jobs().credit(1));
        publish("a", "b");
        long[] tags = client.expectDeliveries(subscription, "a");
        client.settle(2, subscription, SettleLayout.ACK, UP_TO, 0, "", tags[0] + 1);
        client.expectSettled(2, 0, tags[0] + 1);
        client.settle(3, subscription, SettleLayout.ACK, UP_TO, 0, "", Long.MAX_VALUE);
        client.expectSettled(3, 0, Long.MAX_VALUE);
        client.settle(4, subscription, SettleLayout.ACK, UP_TO, 0, "", tags[0]);
        client.expectSettled(4, 1);
    }

    // --- unknown ones

    @Test
    void unknownTagsAreNamedAndTheOthersCount() {
        long subscription = client.attached(1, jobs());
        publish("a", "b");
        long[] tags = client.expectDeliveries(subscription, "a", "b");
        client.settle(2, subscription, SettleLayout.ACK, ANSWER, 0, "", 7, tags[0], tags[0], tags[1], -1);
        client.expectSettled(2, 2, 7, tags[0], -1);
        client.ack(3, subscription, 7);
        client.expectNack(3, 404, "the subscription has no unsettled delivery with this tag and attempt");
    }

    @Test
    void atQos0ThereIsNothingToSettle() {
        long subscription = client.attached(1, Attach.to("t").qos0().credit(10));
        client.settle(2, subscription, SettleLayout.ACK, ANSWER, 0, "", 1);
        client.expectNack(2, 404, "the key has no subscription with this id or name");
    }

    // --- whose it is

    @Test
    void onlyAnAckCountsFromAnotherConnectionOfTheKey() {
        long subscription = client.attached(1, jobs());
        publish("a");
        long[] tags = client.expectDeliveries(subscription, "a");
        for (int action = SettleLayout.NACK; action <= SettleLayout.BEGIN; action++) {
            long millis = action == SettleLayout.EXTEND ? 1 : 0;
            publisher.settle(action, subscription, action, ANSWER, millis, "", tags);
            publisher.expectSettled(action, 0, tags);
        }
        client.expectNoDelivery();
        publisher.settle(9, subscription, SettleLayout.ACK, ANSWER, 0, "", tags);
        publisher.expectSettled(9, 1);
    }

    @Test
    void whoWasTakenOverFromSpendsNobodysAttempt() throws IOException {
        long subscription = client.attached(1, jobs());
        publish("a");
        long tag = client.expectDelivery(subscription, 1, 1, "a");
        PushClient successor = server.connectPushReady();
        successor.attach(1, jobs().takeOver()).expectAttached(1, true, 1);
        successor.expectDelivery(subscription, 1, 2, "a");
        client.expectDetached(0, subscription, 409);
        settle(2, subscription, SettleLayout.NACK, ANSWER, tag, 1);
        client.expectSettled(2, 0, tag);
        settle(3, subscription, SettleLayout.REJECT, ANSWER, tag, SettleLayout.ANY_ATTEMPT);
        client.expectSettled(3, 0, tag);
        successor.expectNoDelivery();
        settle(4, subscription, SettleLayout.ACK, ANSWER, tag, 1);
        client.expectSettled(4, 1);
    }

    @Test
    void anAttemptThatIsOverIsNotNackedAgain() {
        long subscription = client.attached(1, jobs());
        publish("a");
        long tag = client.expectDelivery(subscription, 1, 1, "a");
        server.advanceSeconds(6);
        client.expectDelivery(subscription, 1, 2, "a");
        settle(2, subscription, SettleLayout.NACK, ANSWER, tag, 1);
        client.expectSettled(2, 0, tag);
        settle(3, subscription, SettleLayout.NACK, ANSWER, tag, 2);
        client.expectSettled(3, 1);
        client.expectDelivery(subscription, 1, 3, "a");
    }

    // --- attempts

    @Test
    void whatIsReleasedComesAgainAsIfItHadNotBeenDelivered() {
        long subscription = client.attached(1, jobs());
        publish("a");
        for (int i = 0; i < 5; i++) {
            long tag = client.expectDelivery(subscription, 1, 1, "a");
            settle(2, subscription, SettleLayout.RELEASE, ANSWER, tag, 1);
            client.expectSettled(2, 1);
        }
    }

    @Test
    void whatWasNotBegunDoesNotCountWhenThatIsAskedFor() throws IOException {
        Attach attach = jobs().flags(AttachLayout.QOS_FLAG | AttachLayout.COUNT_FROM_BEGIN_FLAG);
        long subscription = client.attached(1, attach);
        publish("a", "b");
        long[] tags = client.expectDeliveries(subscription, "a", "b");
        settle(2, subscription, SettleLayout.BEGIN, ANSWER, tags[0], 1);
        client.expectSettled(2, 1);
        client.close();
        client = server.connectPushReady();
        client.attach(1, attach).expectAttached(1, true, 2);
        client.expectDelivery(subscription, 1, 2, "a");
        client.expectDelivery(subscription, 1, 1, "b");
    }

    @Test
    void whatNeverLeftTheMachineDoesNotCount() throws IOException {
        String large = "x".repeat(256 * 1024);
        String[] bodies = new String[64];
        Arrays.setAll(bodies, i -> i + large);
        long subscription = client.attached(1, jobs().credit(64));
        for (int i = 0; i < bodies.length; i++) {
            publisher.publish(1 + i, "t", bodies[i]);
            publisher.expectConfirm(1 + i, 1, 1);
        }
        int pushed = (int) server.broker.counters().published(BrokerMetric.DELIVERED);
        assertThat(pushed).as("nobody reads, so it stops").isBetween(2, bodies.length - 1);
        client.close();
        client = server.connectPushReady();
        client.attach(1, jobs().credit(pushed)).expectAttached(1, true, bodies.length);
        List<Integer> attempts = new ArrayList<>();
        for (int i = 0; i < pushed; i++) {
            attempts.add(client.delivery().attempt());
        }
        assertThat(attempts.get(0)).as("it was written").isEqualTo(2);
        assertThat(attempts.get(pushed - 1)).as("it was not").isEqualTo(1);
        assertThat(subscription).isPositive();
    }

    @Test
    void drainCountsWhatIsInFlight() {
        long subscription = client.attached(1, jobs());
        publish("held", "delayed", "done");
        long[] tags = client.expectDeliveries(subscription, "held", "delayed", "done");
        client.settle(2, subscription, SettleLayout.NACK, ANSWER, 60_000, "", tags[1]);
        client.expectSettled(2, 1);
        client.ack(3, subscription, tags[2]).drain(4);
        client.expectDone(4, 1);
        server.advanceSeconds(6);
        client.drain(5);
        client.expectDone(5, 0);
    }

    @Test
    void aLetterThatGoesBackUndeliveredIsNotInFlight() {
        long letters = publisher.attached(1, Attach.to("$dead-letter/t"));
        long subscription = client.attached(1, jobs());
        publish("bad");
        long[] tags = client.expectDeliveries(subscription, "bad");
        client.settle(2, subscription, SettleLayout.REJECT, ANSWER, 0, "bad", tags);
        client.expectSettled(2, 1);
        server.journal.hold();
        publisher.deadLetters(2, ListLayout.REDRIVE, letters, 1, 0);
        server.untilQuiet();
        publisher.expectSilence();
        assertThat(server.broker.inflightMessageCount()).isZero();
        server.journal.release();
        publisher.expectLetters(2, 1);
        client.expectDelivery(subscription, 1, 1, "bad");
    }

    // --- stored

    @Test
    void anAnswerMayWaitUntilTheSettlementIsStored() {
        long subscription = client.attached(1, jobs());
        publish("a", "b", "c");
        long[] tags = client.expectDeliveries(subscription, "a", "b", "c");
        server.journal.hold();
        client.settle(2, subscription, SettleLayout.ACK, ANSWER, 0, "", tags[0]);
        client.expectSettled(2, 1);
        client.settle(3, subscription, SettleLayout.ACK, STORED, 0, "", tags[1]);
        client.settle(4, subscription, SettleLayout.ACK, STORED | UP_TO, 0, "", tags[2]);
        client.expectSilence();
        server.journal.release();
        client.expectSettled(3, 1);
        client.expectSettled(4, 1);
    }

    @Test
    void anAnswerThatWaitsForRoomKeepsItsPlace() {
        long subscription = client.attached(1, jobs());
        publish("a");
        long[] tags = client.expectDeliveries(subscription, "a");
        server.journal.busy(true);
        client.settle(2, subscription, SettleLayout.ACK, STORED, 0, "", tags).ping(3);
        client.expectSilence();
        server.journal.busy(false);
        client.expectSettled(2, 1);
        client.expectPong(3);
    }
}
