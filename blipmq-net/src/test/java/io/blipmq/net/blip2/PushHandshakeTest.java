package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.NetMetric;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.v2.Welcome;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HELLO and AUTH of version 2. */
class PushHandshakeTest {
    private TestServer server;
    private PushClient client;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        client = server.connectPush();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void welcomeSaysWhatTheServerIs() {
        client.hello(1, "a client").auth(2, TestServer.KEY).ping(3);
        Welcome welcome = client.expectWelcome(1);
        Welcome.Limits limits = new Welcome.Limits(16_777_216, 1_024, 256, 32_768, 16_384, 10_000, 3);
        Welcome.Times times = new Welcome.Times(30_000, 0, 60_000, 10_000);
        int features = Welcome.GROUPS | Welcome.FILTERS | Welcome.DELIVER_AT | Welcome.DEDUPLICATION;
        assertThat(welcome).isEqualTo(new Welcome(features, limits, times, "blipmqd/test", "always"));
        client.expectAck(2, 0);
        client.expectPong(3);
    }

    @Test
    void aNameMayBeEmptyOrLongAndPropertiesAreIgnored() throws IOException {
        client.hello(1, "");
        client.expectWelcome(1);
        PushClient other = server.connectPush();
        other.hello(1, "n".repeat(257)).hello(2, "n".repeat(256));
        other.expectNack(1, 413, "client name must be at most 256 bytes long");
        other.expectWelcome(2);
        PushClient third = server.connectPush();
        third.frame(1, 1, "0002 0001 6e 0002 00ff 00000000 01 0002 ffff 7f 0000");
        third.expectWelcome(1);
    }

    @Test
    void anInstanceIsShort() {
        client.hello(1, "", "i".repeat(65), 0).hello(2, "", "i".repeat(64), 0);
        client.expectNack(1, 413, "instance must be at most 64 bytes long");
        client.expectWelcome(2);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1000", "1000, 1000", "9999, 9999", "600001, 600000", "4294967295, 600000"})
    void aHeartbeatIsKeptToWithinBounds(long asked, long inForce) {
        client.hello(1, "", "", asked);
        assertThat(client.expectWelcome(1).times().heartbeatMillis()).isEqualTo(inForce);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "0002",
                "0002 00",
                "0002 0001",
                "0002 0001 ff 0000 00000000",
                "0002 0000",
                "0002 0000 0001 00000000",
                "0002 0000 0000 000000",
                "0002 0000 0000 00000000 01",
                "0002 0000 0000 00000000 01 0001"
            })
    void helloThatDoesNotParse(String payload) {
        client.frame(1, 1, payload).hello(2, "");
        client.expectNack(1, 400, "invalid HELLO payload");
        client.expectWelcome(2);
    }

    @Test
    void helloTwice() {
        client.hello(1, "").hello(2, "").auth(3, TestServer.KEY).hello(4, "");
        client.expectWelcome(1);
        client.expectNack(2, 400, "HELLO already performed");
        client.expectAck(3, 0);
        client.expectNack(4, 400, "HELLO already performed");
    }

    @Test
    void authTwiceAndWrong() {
        client.auth(1, TestServer.KEY)
                .hello(2, "")
                .auth(3, "wrong")
                .auth(4, TestServer.KEY)
                .auth(5, TestServer.KEY);
        client.expectNack(1, 400, "HELLO not performed");
        client.expectWelcome(2);
        client.expectNack(3, 401, "invalid API key");
        client.expectAck(4, 0);
        client.expectNack(5, 400, "already authenticated");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x07, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17})
    void nothingElseBeforeAuthWellFormedOrNot(int type) {
        client.hello(1, "").frame(type, 2, "").frame(type, 3, "00000001");
        client.expectWelcome(1);
        client.expectNack(2, 401, "unauthenticated");
        client.expectNack(3, 401, "unauthenticated");
    }

    /** Until its HELLO is accepted a connection speaks version 1, which does not know these types. */
    @ParameterizedTest
    @ValueSource(ints = {0x10, 0x11, 0x17, 0x20, 0x28})
    void typesOfVersion2CloseAConnectionOfVersion1(int type) throws IOException {
        client.frame(type, 1, "");
        client.expectClosed();
        TestClient old = server.connectReady();
        old.frame(type, 1, "");
        old.expectClosed();
        assertThat(server.metric(NetMetric.PROTOCOL_ERRORS)).isEqualTo(2);
    }

    /** Those of version 1 that version 2 does not have, those that only the server sends, and those that nobody does. */
    @ParameterizedTest
    @ValueSource(ints = {0x03, 0x04, 0x09, 0x05, 0x06, 0x08, 0x20, 0x21, 0x23, 0x28, 0x00, 0x0a, 0x19, 0x29, 0xff})
    void otherTypesCloseAConnectionOfVersion2(int type) throws IOException {
        PushClient ready = server.connectPushReady();
        ready.ping(1).frame(type, 2, "");
        ready.expectPong(1);
        ready.expectGoodbye(400);
        assertThat(server.metric(NetMetric.PROTOCOL_ERRORS)).isEqualTo(1);
    }

    @Test
    void sessionsAreCountedByVersion() throws IOException {
        client.hello(1, "").auth(2, TestServer.KEY);
        client.expectWelcome(1);
        client.expectAck(2, 0);
        server.connectReady();
        TestClient other = server.connectReady();
        assertThat(server.sessions(1)).isEqualTo(2);
        assertThat(server.sessions(2)).isEqualTo(1);
        assertThat(server.framesIn(2)).isEqualTo(2);
        other.close();
        client.close();
        server.until("they are gone", () -> server.metric(NetMetric.CONNECTIONS) == 1);
        assertThat(server.sessions(1)).isEqualTo(1);
        assertThat(server.sessions(2)).isZero();
    }

    @Test
    void goAwayIsSaidToThoseWhoUnderstandIt() throws IOException {
        PushClient ready = server.connectPushReady();
        TestClient old = server.connectReady();
        client.hello(1, "");
        client.expectWelcome(1);
        server.loop.announceShutdown(2_000);
        server.broker.beginShutdown();
        ready.ping(3);
        ready.expectGoAway(2_000);
        ready.expectPong(3);
        old.expectNothingMore();
        client.auth(2, TestServer.KEY);
        client.expectAck(2, 0);
        client.expectGoAway(2_000);
        ready.publish(1, "t", "a", "b").attach(4, Attach.to("t"));
        ready.expectConfirm(1, 2, 503, 0, "shutting down");
        ready.expectNack(4, 503, "shutting down");
    }
}
