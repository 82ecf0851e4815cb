package io.blipmq.net.blip1;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerMetric;
import io.blipmq.broker.BrokerOptions;
import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** More acknowledgements than may wait for a full journal: the next one waits in its connection. */
class FullJournalTest {
    private static final int WAITING_MAX = BrokerOptions.defaults().inFlightMax();
    /** So few answers that neither side has to wait for the other to read. */
    private static final int AT_A_TIME = 512;

    private TestServer server;
    private TestClient client;
    private long subscription;
    private long tag;

    /** As many acknowledgements wait as may, and the client has one more delivery. */
    @BeforeEach
    void fill() throws IOException {
        server = TestServer.start();
        TestClient other = server.connectReady(TestServer.OTHER_KEY);
        other.subscribe(1, "many", 1);
        long many = other.receiveAck(1);
        client = server.connectReady();
        client.subscribe(1, "one", 1);
        subscription = client.receiveAck(1);
        client.publish(2, 1, "one", "m").poll(3, subscription);
        tag = client.expectMessage(1, "one", "m");
        long[] tags = new long[WAITING_MAX];
        for (int begin = 0; begin < WAITING_MAX; begin += AT_A_TIME) {
            for (int i = 0; i < AT_A_TIME; i++) {
                other.publish(i, 1, "many", "m").poll(i, many);
            }
            for (int i = 0; i < AT_A_TIME; i++) {
                tags[begin + i] = other.expectMessage(1, "many", "m");
            }
        }
        server.journal.full(true);
        for (long acknowledged : tags) {
            other.ack(acknowledged, many);
        }
        other.expectNothingMore();
        assertThat(server.broker.waitingAcknowledgementCount()).isEqualTo(WAITING_MAX);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void itIsTakenWhenThereIsRoomAndWhatFollowsItWaits() {
        client.ack(tag, subscription).ping(9);
        client.expectSilence();
        assertThat(server.broker.inflightMessageCount()).isEqualTo(1);
        server.journal.full(false);
        client.expectPong(9);
        assertThat(server.broker.inflightMessageCount()).isZero();
        assertThat(server.broker.waitingAcknowledgementCount()).isZero();
    }

    @Test
    void aConnectionDoesNotWaitForeverForADiskThatIsFull() throws IOException {
        client.ack(tag, subscription);
        client.expectSilence();
        server.advanceSeconds(59);
        client.expectSilence();
        server.advanceSeconds(3);
        client.expectClosed();
        Broker broker = server.broker;
        server.until(
                "its subscription is detached",
                () -> broker.counters().published(BrokerMetric.SUBSCRIPTIONS_DETACHED) == 1);
        TestClient again = server.connectReady();
        again.subscribe(1, "one", 1);
        assertThat(again.receiveAck(1)).isEqualTo(subscription);
        again.poll(2, subscription);
        assertThat(again.expectMessage(1, "one", "m")).isEqualTo(tag);
    }
}
