package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameEncoder;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left when a connection ends, by its peer, by a failure or by shutdown. */
class ConnectionEndTest {
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
    void framesBeforeTheEndAreHandledAndAnswered() throws IOException {
        client.subscribe(3, "t", 1).publish(4, 1, "t", "m").ping(5);
        client.shutdownOutput();
        assertThat(client.receiveAck(3)).isNotZero();
        client.expectPong(5);
        client.expectClosed();
        assertThat(server.journal.size()).isEqualTo(2);
    }

    @Test
    void whatWaitsAtTheEndIsAnsweredButNothingIsDelivered() throws IOException {
        client.subscribe(3, "t", 1);
        long subscription = client.receiveAck(3);
        server.journal.hold();
        client.publish(4, 1, "t", "m").poll(5, subscription).ack(6, 99).ping(7);
        client.shutdownOutput();
        client.expectSilence();
        server.journal.release();
        client.expectNack(6, 404, "unknown subscription or delivery tag");
        client.expectPong(7);
        client.expectClosed();
        TestClient next = server.connectReady();
        next.subscribe(8, "t", 1).poll(9, subscription);
        next.expectAck(8, subscription);
        next.expectMessage(1, "t", "m");
    }

    @Test
    void aFrameThatTheJournalRefusedIsStillTakenAfterTheEnd() throws IOException {
        client.subscribe(3, "t", 1);
        long subscription = client.receiveAck(3);
        server.journal.busy(true);
        client.publish(4, 1, "t", "m").ping(5);
        client.shutdownOutput();
        client.expectSilence();
        server.journal.busy(false);
        client.expectPong(5);
        client.expectClosed();
        TestClient next = server.connectReady();
        next.poll(6, subscription);
        next.expectMessage(1, "t", "m");
    }

    /** The old connection's last frames and its end are in the socket when the new one's SUBSCRIBE is: one turn. */
    @Test
    void aClientThatComesBackFindsItsSubscription() throws IOException {
        client.subscribe(3, "t", 1).publish(4, 1, "t", "m");
        long subscription = client.receiveAck(3);
        client.poll(5, subscription);
        client.expectMessage(1, "t", "m");
        TestClient next = server.connect();
        server.until("both are accepted", () -> server.metric(NetMetric.CONNECTIONS) == 2);
        next.send(to -> {
            FrameEncoder.hello(to, 1, 1);
            FrameEncoder.auth(to, 2, TestServer.KEY.getBytes());
            FrameEncoder.subscribe(to, 3, "t".getBytes(), 1);
            FrameEncoder.poll(to, 4, subscription);
        });
        client.publish(6, 1, "t", "n");
        client.close();
        next.expectAck(1, 0);
        next.expectAck(2, 0);
        next.expectAck(3, subscription);
        next.expectMessage(1, "t", "m");
    }

    @Test
    void aResetConnectionIsForgotten() throws IOException {
        client.subscribe(3, "t", 1);
        long subscription = client.receiveAck(3);
        client.publish(4, 1, "t", "m").ping(5).reset();
        server.until("it is gone", () -> server.metric(NetMetric.CONNECTIONS) == 0);
        TestClient next = server.connectReady();
        next.subscribe(3, "t", 1);
        next.expectAck(3, subscription);
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }

    @Test
    void anotherKeysSubscriptionIsUnknown() throws IOException {
        client.subscribe(3, "t", 1).publish(4, 1, "t", "m");
        long subscription = client.receiveAck(3);
        client.poll(5, subscription);
        long tag = client.expectMessage(1, "t", "m");
        TestClient other = server.connectReady(TestServer.OTHER_KEY);
        other.poll(6, subscription).ack(tag, subscription);
        other.expectNack(tag, 404, "unknown subscription or delivery tag");
        other.expectNothingMore();
    }

    @Test
    void aClosedListenerLetsNobodyInAndSessionsGoOn() throws IOException {
        server.loop.closeListeners();
        client.expectNothingMore();
        assertThat(server.loop.flushed()).isTrue();
    }

    @Test
    void flushedTellsWhetherAnswersAreStillOwed() {
        client.subscribe(3, "t", 1);
        client.receiveAck(3);
        server.journal.hold();
        client.publish(4, 1, "t", "m").ping(5);
        client.expectSilence();
        assertThat(server.loop.flushed()).isFalse();
        server.journal.release();
        client.expectPong(5);
        assertThat(server.loop.flushed()).isTrue();
    }

    @Test
    void closeAllEndsEveryConnection() throws IOException {
        server.loop.closeAll();
        client.expectEnd();
        assertThat(server.metric(NetMetric.CONNECTIONS)).isZero();
    }
}
