package io.blipmq.net.blip;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.NetLimits;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers come in the order of their requests, and none before what it confirms is stored. */
class AnswerOrderTest {
    private TestServer server;
    private TestClient client;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        client = server.connectReady();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void aPongWaitsUntilEveryEarlierPublishIsStored() {
        subscribe("t", 1);
        server.journal.hold();
        client.publish(10, 1, "t", "m").ping(11);
        client.expectSilence();
        server.journal.release();
        client.expectPong(11);
    }

    @Test
    void whatNeedsNoJournalIsAnsweredAtOnce() throws IOException {
        subscribe("t", 1);
        server.journal.hold();
        client.publish(10, 0, "t", "m").publish(11, 1, "no subscriber", "m").ping(12);
        client.expectPong(12);
        TestClient other = server.connectReady();
        client.publish(13, 1, "t", "m");
        other.expectNothingMore();
    }

    /** So that an empty POLL is known by the PING behind it. */
    @Test
    void aPongWaitsUntilAPollHasPassedOverAllThatExpired() throws IOException {
        long subscription = subscribe("t", 1);
        PushClient publisher = server.connectPushReady();
        int count = 2_500;
        for (int i = 0; i < count; i++) {
            publisher.publish(i, "t", new PropertiesBuilder().ttlMillis(1_000), "old");
        }
        publisher.publish(count, "t", "fresh").expectConfirms(0, count + 1, 1);
        server.advanceSeconds(2);
        client.poll(12, subscription).poll(13, subscription).ping(14);
        client.expectMessage(1, "t", "fresh");
        client.expectPong(14);
    }

    @Test
    void everyKindOfAnswerKeepsItsPlace() {
        long subscription = subscribe("t", 1);
        server.journal.hold();
        client.publish(10, 1, "t", "first").publish(11, 1, "t", "second");
        client.poll(12, subscription);
        client.ack(13, 999);
        client.subscribe(14, "u", 1);
        client.frame(4, 15, "");
        client.ping(16);
        client.hello(17);
        client.poll(18, subscription);
        client.poll(19, subscription);
        client.auth(20, TestServer.KEY);
        client.expectSilence();
        server.journal.release();
        long firstTag = client.expectMessage(1, "t", "first");
        client.expectNack(13, Nack.UNKNOWN_SUBSCRIPTION_OR_TAG);
        assertThat(client.receiveAck(14)).isNotZero();
        client.expectNack(15, Nack.INVALID_SUBSCRIBE);
        client.expectPong(16);
        client.expectNack(17, Nack.HELLO_ALREADY_PERFORMED);
        assertThat(client.expectMessage(1, "t", "second")).isGreaterThan(firstTag);
        client.expectNack(20, Nack.ALREADY_AUTHENTICATED);
    }

    @Test
    void aPublishIsJournalledWhileAnEarlierAnswerWaits() {
        subscribe("t", 1);
        server.journal.hold();
        client.publish(10, 1, "t", "m").ping(11).publish(12, 1, "t", "n");
        server.until("both are in the journal", () -> server.journal.size() == 3);
        client.expectSilence();
    }

    /** An answer waits for what came before its request, not for what came after. */
    @Test
    void anAnswerDoesNotWaitForLaterPublishes() {
        subscribe("t", 1);
        server.journal.hold();
        client.publish(10, 1, "t", "m").ping(11);
        server.until("the first is in the journal", () -> server.journal.size() == 2);
        server.untilQuiet();
        server.journal.release();
        server.journal.hold();
        client.publish(12, 1, "t", "n").ping(13);
        client.expectPong(11);
        client.expectSilence();
    }

    @Test
    void aBurstBeyondThePendingLimitIsAnsweredInFull() {
        subscribe("t", 1);
        server.journal.hold();
        client.publish(1, 1, "t", "m");
        int pings = 3 * NetLimits.defaults().pendingAnswersMax();
        for (int i = 0; i < pings; i++) {
            client.ping(i);
        }
        client.expectSilence();
        server.journal.release();
        for (int i = 0; i < pings; i++) {
            client.expectPong(i);
        }
    }

    @Test
    void aFrameThatTheJournalHasNoRoomForWaitsInItsPlace() {
        long subscription = subscribe("t", 1);
        server.journal.busy(true);
        client.publish(10, 1, "t", "m").ping(11).subscribe(12, "u", 1).ping(13);
        client.expectSilence();
        server.journal.busy(false);
        client.expectPong(11);
        assertThat(client.receiveAck(12)).isNotZero();
        client.expectPong(13);
        client.poll(14, subscription);
        client.expectMessage(1, "t", "m");
        client.poll(15, subscription);
        client.expectNothingMore();
    }

    @Test
    void aQos0DeliveryCarriesItsPollsCorrelationId() {
        long subscription = subscribe("t", 0);
        client.publish(10, 0, "t", "a").publish(11, 1, "t", "b");
        client.ping(12);
        client.expectPong(12);
        client.poll(13, subscription).poll(14, subscription).poll(15, subscription);
        assertThat(client.expectMessage(0, "t", "a")).isEqualTo(13);
        assertThat(client.expectMessage(0, "t", "b")).isEqualTo(14);
        client.expectNothingMore();
    }

    @Test
    void aDeliveryIsAcknowledgedOnce() {
        long subscription = subscribe("t", 1);
        client.publish(10, 1, "t", "m").poll(11, subscription);
        long tag = client.expectMessage(1, "t", "m");
        client.ack(tag, subscription).ping(12);
        client.expectPong(12);
        client.ack(tag, subscription);
        client.expectNack(tag, Nack.UNKNOWN_SUBSCRIPTION_OR_TAG);
    }

    private long subscribe(String topic, int qos) {
        client.subscribe(3, topic, qos);
        return client.receiveAck(3);
    }
}
