package io.blipmq.net.blip1;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTest {
    private static final String LONGEST_TOPIC = "é".repeat(512);

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

    @ParameterizedTest
    @CsvSource({
        "3, PUBLISH, 00",
        "3, PUBLISH, 00 0002 61",
        "3, PUBLISH, 01 0001 ff",
        "3, PUBLISH, 01 0003 eda080",
        "4, SUBSCRIBE, 0000",
        "4, SUBSCRIBE, 0001 6100 00",
        "4, SUBSCRIBE, 0001 ff 01",
        "4, SUBSCRIBE, 0001 61",
        "5, ACK, 00000000000000",
        "5, ACK, 000000000000000100",
        "9, POLL, 00000000000000",
        "9, POLL, 000000000000000100"
    })
    void aPayloadThatDoesNotParse(int type, String name, String payload) {
        client.frame(type, 7, payload);
        client.expectNack(7, 400, "invalid " + name + " payload");
        client.expectNothingMore();
    }

    @Test
    void anEmptyTopicEvenWithAWrongQos() {
        client.publish(1, 9, "", "m").subscribe(2, "", 9);
        client.expectNack(1, 400, "empty topic");
        client.expectNack(2, 400, "empty topic");
    }

    @Test
    void aQosOtherThan0And1() {
        client.publish(1, 2, "t", "m").subscribe(2, "t", 255);
        client.expectNack(1, 400, "invalid QoS value");
        client.expectNack(2, 400, "invalid QoS value");
    }

    @Test
    void aTopicOf1024BytesIsFineAndOneMoreIsNot() {
        client.publish(1, 0, LONGEST_TOPIC, "m").publish(2, 0, LONGEST_TOPIC + "x", "m");
        client.expectNack(2, 400, "topic longer than 1024 bytes");
        client.subscribe(3, LONGEST_TOPIC, 0).subscribe(4, LONGEST_TOPIC + "x", 0);
        assertThat(client.receiveAck(3)).isNotZero();
        client.expectNack(4, 400, "topic longer than 1024 bytes");
    }

    @Test
    void aReservedTopicIsForSubscribersOnly() {
        client.publish(1, 1, "$dead-letter/t", "m").subscribe(2, "$dead-letter/t", 1);
        client.expectNack(1, 400, "topic names that begin with '$' are reserved");
        assertThat(client.receiveAck(2)).isNotZero();
    }

    @Test
    void theLongestTopicsDeadLettersCanBeSubscribedTo() {
        client.subscribe(1, "$dead-letter/" + LONGEST_TOPIC, 1);
        assertThat(client.receiveAck(1)).isNotZero();
        client.subscribe(2, "$dead-letter/" + LONGEST_TOPIC + "x", 1);
        client.expectNack(2, 400, "topic longer than 1024 bytes");
    }

    @Test
    void subscriptionIdZero() {
        client.poll(1, 0).ack(2, 0);
        client.expectNack(1, 400, "subscription_id must be non-zero");
        client.expectNack(2, 400, "subscription_id must be non-zero");
    }

    @Test
    void unknownSubscriptionsAreSilentForPollAnd404ForAck() {
        client.poll(1, 4711).poll(2, -1).ack(3, 4711).ack(4, -1);
        client.expectNack(3, 404, "unknown subscription or delivery tag");
        client.expectNack(4, 404, "unknown subscription or delivery tag");
        client.expectNothingMore();
    }

    @Test
    void aFullDisk() {
        client.subscribe(1, "t", 1);
        client.receiveAck(1);
        server.journal.full(true);
        client.publish(2, 1, "t", "m").subscribe(3, "u", 1).publish(4, 0, "t", "m");
        client.expectNack(2, 500, "durable publish failed: disk full");
        client.expectNack(3, 500, "subscribe failed: disk full");
        client.expectNothingMore();
        server.journal.full(false);
        client.publish(5, 1, "t", "m");
        client.expectNothingMore();
    }

    @Test
    void shuttingDown() {
        server.broker.beginShutdown();
        client.publish(1, 0, "t", "m")
                .publish(2, 1, "t", "m")
                .subscribe(3, "t", 0)
                .publish(4, 1, "", "m");
        client.expectNack(1, 500, "durable publish failed: shutting down");
        client.expectNack(2, 500, "durable publish failed: shutting down");
        client.expectNack(3, 500, "subscribe failed: shutting down");
        client.expectNack(4, 400, "empty topic");
    }

    @Test
    void nackAndPongOfAClientAreIgnored() {
        client.frame(6, 1, "").frame(8, 2, "00ff").frame(6, 3, "0190 0000");
        client.expectNothingMore();
    }

    @Test
    void aPingMayCarryAnything() {
        client.frame(7, 1, "ff00ff").frame(7, -1, "");
        client.expectPong(1);
        client.expectPong(-1);
    }
}
