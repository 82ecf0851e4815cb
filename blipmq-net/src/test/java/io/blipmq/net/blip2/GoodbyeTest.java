package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.NetBudgets;
import io.blipmq.net.NetLimits;
import io.blipmq.net.NetMetric;
import io.blipmq.net.NetOptions;
import io.blipmq.net.NetTimes;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.v2.AttachLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client of version 2 is told before the server closes its connection, and when it does. */
class GoodbyeTest {
    private TestServer server;

    private PushClient start() throws IOException {
        server = TestServer.start();
        return server.connectPushReady();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    // --- broken frames

    /** What was never read must not turn the close into a reset that destroys the words. */
    @Test
    void aBrokenFrameIsNamedBehindTheAnswersBeforeIt() throws IOException {
        PushClient client = start();
        ByteBuffer sent = ByteBuffer.allocate(600 * 1024);
        FrameEncoder.ping(sent, 1);
        sent.putInt(9).put((byte) 0x7f).putLong(2);
        client.send(sent.clear());
        client.expectPong(1);
        client.expectGoAway(400, 0, "version 2 has no frame type 127");
        client.expectClosed();
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(1);
        client.close();
        server.until("it is let go", () -> server.metric(NetMetric.CONNECTIONS) == 0);
    }

    @Test
    void aTypeIsRefusedBeforeItsFrameIsComplete() throws IOException {
        PushClient client = start();
        client.sendHex("00010000 7f");
        client.expectGoodbye(400, "version 2 has no frame type 127");
    }

    @Test
    void whoDoesNotCloseIsLeftAfterAWhile() throws IOException {
        PushClient client = start();
        client.sendHex("00000008");
        client.expectGoAway(400, 0, "a frame length must be at least 9, not 8");
        client.expectClosed();
        client.sendHex("00".repeat(1000));
        server.untilQuiet();
        server.advanceSeconds(3);
        server.until("it is let go", () -> server.metric(NetMetric.CONNECTIONS) == 0);
    }

    @Test
    void aFrameThatIsTooLongSaysHowLongItMayBe() throws IOException {
        PushClient client = start();
        client.sendHex("01000001 10");
        client.expectGoodbye(413, "a frame length must be at most 16777216, not 16777217");
        PushClient stranger = server.connectPush();
        stranger.hello(1, "").sendHex("00010001 02");
        stranger.expectWelcome(1);
        stranger.expectGoodbye(413, "a frame length must be at most 65536, not 65537");
    }

    @Test
    void whatWasAcceptedBeforeIsConfirmedBeforeTheGoodbye() throws IOException {
        PushClient client = start();
        server.journal.hold();
        client.attached(3, Attach.to("t").qos0());
        client.publish(1, "t", "m").frame(0x7f, 2, "");
        server.untilQuiet();
        server.journal.release();
        client.expectConfirm(1, 1, 1);
        client.expectGoodbye(400);
    }

    // --- handshake

    @Test
    void tooManyWrongKeys() throws IOException {
        server = TestServer.start();
        PushClient client = server.connectPush();
        client.hello(1, "").auth(2, "a").auth(3, "b").auth(4, "c").auth(5, TestServer.KEY);
        client.expectWelcome(1);
        for (int id = 2; id < 5; id++) {
            client.expectNack(id, 401, "invalid API key");
        }
        client.expectGoodbye(401, "too many wrong API keys");
    }

    @Test
    void aHandshakeHasTenSeconds() throws IOException {
        server = TestServer.start();
        PushClient client = server.connectPush();
        client.hello(1, "");
        client.expectWelcome(1);
        server.advanceSeconds(11);
        client.expectGoodbye(408, "no handshake within 10 seconds");
    }

    @Test
    void oneConnectionTooManyIsToldSoOnceItsVersionIsKnown() throws IOException {
        NetLimits d = NetLimits.defaults();
        NetLimits limits = new NetLimits(
                d.readBufferBytes(),
                d.packetsPerRead(),
                d.workPerTurnMax(),
                d.strangerPacketBytesMax(),
                d.wrongKeysMax(),
                d.pendingAnswersMax(),
                d.inputFloorBytes(),
                d.unbudgetedBytes(),
                d.acceptsPerTurn(),
                2,
                d.output());
        NetOptions options = new NetOptions(1, new NetBudgets(26L << 20, 17L << 20), limits, NetTimes.defaults());
        server = TestServer.start(options);
        PushClient first = server.connectPushReady();
        PushClient pushed = server.connectPush();
        pushed.hello(1, "late").auth(2, TestServer.KEY);
        pushed.expectGoodbye(429, "the daemon has as many connections as max_connections allows: try again later");
        server.connect().hello(1).expectClosed();
        server.connect().ping(1).expectClosed();
        TestClient silent = server.connect();
        TestClient alsoSilent = server.connect();
        server.untilQuiet();
        server.connect().expectClosed();
        server.advanceSeconds(2);
        silent.expectClosed();
        alsoSilent.expectClosed();
        first.expectNothingMore();
        assertThat(server.metric(NetMetric.CONNECTIONS_REJECTED_LIMIT)).isEqualTo(6);
        first.close();
        server.until("there is room", () -> server.metric(NetMetric.CONNECTIONS) == 0);
        server.connectPushReady().expectNothingMore();
    }

    // --- frames that make no progress

    @Test
    void aFrameThatHasBegunMakesProgress() throws IOException {
        PushClient client = start();
        client.sendHex("00000017 10 00");
        server.untilQuiet();
        server.advanceSeconds(59);
        client.expectSilence();
        server.advanceSeconds(3);
        client.expectGoodbye(408, "a frame that has begun made no progress for 60 seconds");
        assertThat(server.metric(NetMetric.PARTIAL_PACKET_TIMEOUTS)).isEqualTo(1);
        assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isZero();
    }

    @Test
    void aSlowButSteadyUploadPasses() throws IOException {
        PushClient client = start();
        ByteBuffer frame = publish(900 * 1024);
        while (frame.position() < frame.capacity()) {
            frame.limit(Math.min(frame.capacity(), frame.position() + 66 * 1024));
            client.send(frame);
            server.untilQuiet();
            server.advanceSeconds(58);
            server.untilQuiet();
        }
        client.expectConfirm(1, 1, 0);
    }

    @Test
    void aTrickleIsNoProgress() throws IOException {
        PushClient client = start();
        ByteBuffer frame = publish(900 * 1024);
        frame.limit(300 * 1024);
        client.send(frame);
        for (int i = 0; i < 3; i++) {
            frame.limit(frame.position() + 1024);
            client.send(frame);
            server.untilQuiet();
            server.advanceSeconds(25);
            server.untilQuiet();
        }
        client.expectGoodbye(408);
    }

    @Test
    void halfSentLargeFramesGiveWayToThoseThatComeThrough() throws IOException {
        server = TestServer.start(TestServer.options(10, new NetBudgets(26L << 20, 26L << 20)));
        PushClient half = server.connectPushReady();
        half.send(publish(15 << 20).limit(14 << 20));
        server.untilQuiet();
        server.advanceMillis(100);
        PushClient whole = server.connectPushReady();
        ByteBuffer frame = publish(8 << 20);
        whole.send(frame.duplicate().limit(7 << 20));
        PushClient small = server.connectPushReady();
        ByteBuffer waiting = publish(10_000);
        for (int second = 0; second < 5; second++) {
            small.sendSome(waiting);
            whole.sendSome(frame.limit((7 << 20) + (second + 1) * 100_000).position((7 << 20) + second * 100_000));
            server.untilQuiet();
            server.advanceSeconds(1);
        }
        half.expectGoodbye(408, "a large frame, whose memory others wait for, made no progress for 2 seconds");
        whole.send(frame.limit(frame.capacity()));
        whole.expectConfirm(1, 1, 0);
        small.send(waiting);
        small.expectConfirm(1, 1, 0);
    }

    /** A PUBLISH_BATCH at QoS 1, whose confirm is wanted, to a topic that nobody needs. */
    private static ByteBuffer publish(int bodyBytes) {
        ByteBuffer frame = ByteBuffer.allocate(FrameLayout.HEADER_BYTES + 8 + bodyBytes);
        frame.putInt(frame.capacity() - FrameLayout.LENGTH_BYTES)
                .put((byte) 0x10)
                .putLong(1);
        frame.put((byte) 3).putShort((short) 1).put((byte) 't').putInt(bodyBytes);
        return frame.clear();
    }

    // --- peers that are not there any more

    @Test
    void aMissedHeartbeatEndsTheConnection() throws IOException {
        server = TestServer.start();
        PushClient client = connect("", 5_000);
        client.attached(3, Attach.to("t").named("n"));
        for (int i = 0; i < 3; i++) {
            server.advanceSeconds(9);
            client.expectNothingMore();
        }
        server.advanceSeconds(11);
        server.untilQuiet();
        server.connectPushReady().attach(4, Attach.to("t").named("n")).expectAttached(4, true, 0);
        client.expectGoodbye(408, "the client sent nothing for more than twice its heartbeat");
        assertThat(server.metric(NetMetric.SILENCE_TIMEOUTS)).isEqualTo(1);
    }

    /** The server does not read while it waits for the log: what it does not hear then is not the peer's fault. */
    @Test
    void aHeartbeatThatIsNotReadIsNotMissed() throws IOException {
        server = TestServer.start();
        PushClient client = connect("", 1_000);
        client.attached(3, Attach.to("t").named("n"));
        server.journal.busy(true);
        client.publish(1, "t", "m").ping(2);
        server.untilQuiet();
        server.advanceSeconds(30);
        server.untilQuiet();
        server.journal.busy(false);
        client.expectConfirm(1, 1, 1);
        client.expectPong(2);
    }

    @Test
    void aPeerThatTakesNothingIsGoneAlthoughItIsBusy() throws IOException {
        server = TestServer.start();
        PushClient publisher = server.connectPushReady();
        PushClient dead = connect("", 0);
        dead.receiveLittle();
        long subscription = dead.attached(3, Attach.to("t").named("n").credit(AttachLayout.UNLIMITED_CREDIT));
        String body = "x".repeat(60_000);
        long published = 0;
        while (server.metric(NetMetric.OUTPUT_BYTES) < 64 * 1024) {
            publisher.publish(++published, "t", body);
            publisher.expectConfirm(published, 1, 1);
        }
        server.untilQuiet();
        server.advanceSeconds(9);
        server.untilQuiet();
        assertThat(server.metric(NetMetric.OUTPUT_TIMEOUTS)).isZero();
        server.advanceSeconds(2);
        server.until("it is given up", () -> server.metric(NetMetric.OUTPUT_TIMEOUTS) == 1);
        PushClient next = server.connectPushReady();
        next.attach(4, Attach.to("t").named("n").credit(1)).expectAttached(4, true, published);
        assertThat(next.delivery().subscriptionId()).isEqualTo(subscription);
        server.advanceSeconds(3);
        server.until("its buffers are free", () -> server.metric(NetMetric.OUTPUT_BYTES) == 0);
    }

    // --- instances

    @Test
    void aClientThatComesBackTakesItsOwnNamesAtOnce() throws IOException {
        server = TestServer.start();
        PushClient older = connect("one", 0);
        long subscription = older.attached(3, Attach.to("t").named("n").credit(10));
        PushClient publisher = server.connectPushReady();
        publisher.publish(1, "t", "a", "b").expectConfirm(1, 2, 1);
        long[] tags = older.expectDeliveries(subscription, "a", "b");
        PushClient newer = server.connectPush();
        server.until("it is accepted", () -> server.metric(NetMetric.CONNECTIONS) == 3);
        older.ack(4, subscription, tags[0]); // is read in the same turn as what replaces its connection
        newer.hello(1, "test", "one", 0)
                .auth(2, TestServer.KEY)
                .attach(3, Attach.to("t").named("n").credit(10));
        newer.expectWelcome(1);
        newer.expectAck(2, 0);
        newer.expectAttached(3, true, 1);
        assertThat(newer.delivery().body()).isEqualTo("b");
        older.expectGoodbye(409, "replaced by a newer connection of the same client");
        newer.expectNothingMore();
        assertThat(server.metric(NetMetric.CONNECTIONS_REPLACED)).isEqualTo(1);
    }

    @Test
    void nobodyReplacesAnotherKeysClientNorOneThatSaysNoInstance() throws IOException {
        server = TestServer.start();
        PushClient one = connect("one", 0);
        PushClient none = connect("", 0);
        PushClient other = server.connectPush();
        other.hello(1, "", "one", 0).auth(2, TestServer.OTHER_KEY);
        other.expectWelcome(1);
        other.expectAck(2, 0);
        connect("", 0).expectNothingMore();
        PushClient wrong = server.connectPush();
        wrong.hello(1, "", "one", 0).auth(2, "no key");
        wrong.expectWelcome(1);
        wrong.expectNack(2, 401, "invalid API key");
        one.expectNothingMore();
        none.expectNothingMore();
        one.close();
        server.until("it is gone", () -> server.metric(NetMetric.CONNECTIONS) == 4);
        connect("one", 0).expectNothingMore();
        assertThat(server.metric(NetMetric.CONNECTIONS_REPLACED)).isZero();
    }

    private PushClient connect(String instance, long heartbeatMillis) throws IOException {
        PushClient client = server.connectPush();
        client.hello(1, "test", instance, heartbeatMillis).auth(2, TestServer.KEY);
        assertThat(client.expectWelcome(1).times().heartbeatMillis()).isEqualTo(heartbeatMillis);
        client.expectAck(2, 0);
        return client;
    }
}
