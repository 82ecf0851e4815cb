package io.blipmq.net.blip;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.NetMetric;
import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.Nack;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
    private TestServer server;
    private TestClient client;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        client = server.connect();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void aKnownKeyIsLetIn() {
        client.hello(1).auth(2, TestServer.KEY).ping(3);
        client.expectAck(1, 0);
        client.expectAck(2, 0);
        client.expectPong(3);
    }

    @Test
    void everyConfiguredKeyIsLetIn() throws IOException {
        server.connectReady(TestServer.OTHER_KEY).expectNothingMore();
    }

    @Test
    void anotherVersionIsRefusedAndVersion1StillTaken() {
        client.send(to -> FrameEncoder.hello(to, 1, 3))
                .frame(1, 2, "0000")
                .frame(1, 3, "0003 0004 64656d6f")
                .hello(4);
        client.expectNack(1, 426, "unsupported protocol version");
        client.expectNack(2, 426, "unsupported protocol version");
        client.expectNack(3, 426, "unsupported protocol version");
        client.expectAck(4, 0);
    }

    @Test
    void helloTwice() {
        client.hello(1).hello(2).auth(3, TestServer.KEY).hello(4);
        client.expectAck(1, 0);
        client.expectNack(2, 400, "HELLO already performed");
        client.expectAck(3, 0);
        client.expectNack(4, 400, "HELLO already performed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "000100"})
    void helloThatDoesNotParse(String payload) {
        client.frame(1, 1, payload).hello(2);
        client.expectNack(1, 400, "invalid HELLO payload");
        client.expectAck(2, 0);
    }

    @Test
    void authBeforeHello() {
        client.auth(1, TestServer.KEY);
        client.expectNack(1, 400, "HELLO not performed");
    }

    @Test
    void authTwice() {
        client.hello(1).auth(2, TestServer.KEY).auth(3, "no such key").auth(4, TestServer.KEY);
        client.expectAck(1, 0);
        client.expectAck(2, 0);
        client.expectNack(3, 400, "already authenticated");
        client.expectNack(4, 400, "already authenticated");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "0001", "0001 6161", "0002 c328"})
    void authThatDoesNotParse(String payload) {
        client.hello(1).frame(2, 2, payload);
        client.expectAck(1, 0);
        client.expectNack(2, 400, "invalid AUTH payload");
    }

    @Test
    void theThirdWrongKeyClosesTheConnection() {
        client.hello(1)
                .auth(2, "wrong")
                .auth(3, TestServer.KEY + "0")
                .auth(4, "")
                .ping(5);
        client.expectAck(1, 0);
        client.expectNack(2, 401, "invalid API key");
        client.expectNack(3, 401, "invalid API key");
        client.expectNack(4, 401, "invalid API key");
        client.expectClosed();
        assertThat(server.metric(NetMetric.AUTH_FAILURES)).isEqualTo(3);
    }

    @Test
    void aWrongKeyMayBeCorrected() {
        client.hello(1).auth(2, "wrong").auth(3, TestServer.KEY);
        client.expectAck(1, 0);
        client.expectNack(2, Nack.INVALID_API_KEY);
        client.expectAck(3, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9})
    void nothingElseBeforeAuthWellFormedOrNot(int type) {
        client.frame(type, 1, "").hello(2).frame(type, 3, "0000000000000000");
        client.expectNack(1, 401, "unauthenticated");
        client.expectAck(2, 0);
        client.expectNack(3, 401, "unauthenticated");
    }

    @Test
    void aHandshakeHasTenSeconds() throws IOException {
        TestClient patient = server.connectReady();
        client.hello(1);
        client.expectAck(1, 0);
        server.advanceSeconds(10);
        client.expectSilence();
        server.advanceSeconds(1);
        client.expectClosed();
        patient.expectNothingMore();
        assertThat(server.metric(NetMetric.HANDSHAKE_TIMEOUTS)).isEqualTo(1);
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(1);
    }
}
