package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that reads nothing, or many that do nothing, take a bounded place and nobody else's. */
class BackpressureTest {
    private static final int MESSAGE_BYTES = 10_000;
    /** Much more than sockets hold, and most of the room for output in {@link #SMALL_BUDGETS}. */
    private static final String LARGE_MESSAGE = "x".repeat(16_000_000);

    private static final NetBudgets SMALL_BUDGETS = new NetBudgets(26L << 20, 17L << 20);

    private TestServer server;

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void aClientThatPingsAndReadsNothingIsNotReadAnyMore() throws IOException {
        server = TestServer.start();
        TestClient client = server.connectReady();
        TestClient bystander = server.connectReady();
        long sent = sendPingsUntilRefused(client);
        assertThat(server.metric(NetMetric.OUTPUT_BYTES))
                .isBetween(1L, 2L * NetLimits.defaults().output().highWaterBytes());
        bystander.expectNothingMore();
        for (long i = 0; i < sent; i++) {
            client.expectPong(i);
        }
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }

    @Test
    void aSubscriberThatReadsNothingGetsNoFurtherDeliveries() throws IOException {
        server = TestServer.start();
        TestClient publisher = server.connectReady();
        TestClient client = server.connectReady();
        client.subscribe(3, "t", 1);
        long subscription = client.receiveAck(3);
        String message = "x".repeat(MESSAGE_BYTES);
        int count = 2_000;
        for (int i = 0; i < count; i++) {
            publisher.publish(i, 1, "t", message);
        }
        publisher.expectNothingMore();
        for (int i = 0; i < count; i++) {
            client.poll(i, subscription);
        }
        server.untilQuiet();
        long bounded = NetLimits.defaults().output().highWaterBytes() + MESSAGE_BYTES + 100;
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isBetween(1L, bounded);
        publisher.expectNothingMore();
        for (int i = 0; i < count; i++) {
            client.expectMessage(1, "t", message);
        }
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }

    @Test
    void whoTakesNothingForTenSecondsGivesUpRoomThatIsShort() throws IOException {
        server = TestServer.start(TestServer.options(10, SMALL_BUDGETS));
        subscribe(server.connectPushReady());
        PushClient publisher = server.connectPushReady();
        publisher.publishQos0(1, "t", LARGE_MESSAGE);
        publisher.expectNothingMore();
        server.advanceSeconds(9);
        publisher.expectNothingMore();
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(2);
        server.advanceSeconds(3);
        publisher.expectNothingMore();
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(1);
        assertThat(server.metric(NetMetric.OUTPUT_TIMEOUTS)).isEqualTo(1);
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }

    @Test
    void whoHasNothingMoreToSayGivesUpRoomThatIsShortLikeOthers() throws IOException {
        server = TestServer.start(TestServer.options(10, SMALL_BUDGETS));
        TestClient silent = server.connectReady().receiveLittle();
        silent.subscribe(3, "polled", 0);
        long polled = silent.receiveAck(3);
        while (server.metric(NetMetric.OUTPUT_BYTES)
                < NetLimits.defaults().output().highWaterBytes() / 2) {
            silent.publish(4, 0, "polled", "x".repeat(100_000)).poll(5, polled);
            server.untilQuiet();
        }
        silent.shutdownOutput();
        subscribe(server.connectPushReady());
        PushClient publisher = server.connectPushReady();
        publisher.publishQos0(1, "t", LARGE_MESSAGE);
        publisher.expectNothingMore();
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(3);
        server.advanceSeconds(12);
        publisher.expectNothingMore();
        assertThat(server.metric(NetMetric.OUTPUT_TIMEOUTS)).isEqualTo(2);
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(1);
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }

    /** Ten seconds begin when there is something to take. */
    @Test
    void whoHadNothingToTakeForLongHasItsTenSecondsAllTheSame() throws IOException {
        server = TestServer.start(TestServer.options(10, SMALL_BUDGETS));
        PushClient publisher = server.connectPushReady();
        PushClient quiet = server.connectPushReady().receiveLittle();
        quiet.attached(3, Attach.to("quiet").qos0().credit(1_000_000));
        while (server.metric(NetMetric.OUTPUT_BYTES) == 0) {
            server.advanceSeconds(20);
            publisher.publishQos0(1, "quiet", "x".repeat(1_000));
            publisher.expectNothingMore();
        }
        subscribe(server.connectPushReady());
        publisher.publishQos0(1, "t", LARGE_MESSAGE);
        publisher.expectNothingMore();
        server.advanceSeconds(2);
        publisher.expectNothingMore();
        assertThat(server.metric(NetMetric.OUTPUT_TIMEOUTS)).isZero();
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(3);
        server.advanceSeconds(12);
        publisher.expectNothingMore();
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(1);
    }

    @Test
    void whoTakesALittleNowAndThenMayStay() throws IOException {
        server = TestServer.start(TestServer.options(10, SMALL_BUDGETS));
        PushClient slow = server.connectPushReady();
        long subscription = subscribe(slow);
        PushClient publisher = server.connectPushReady();
        publisher.publishQos0(1, "t", LARGE_MESSAGE);
        publisher.expectNothingMore();
        long before = server.metric(NetMetric.OUTPUT_BYTES);
        server.advanceSeconds(8);
        server.until("some is taken", () -> slow.readSome() && server.metric(NetMetric.OUTPUT_BYTES) < before);
        server.advanceSeconds(8);
        publisher.expectNothingMore();
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isPositive();
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(2);
        slow.expectDelivery(subscription, 0, 1, LARGE_MESSAGE);
    }

    @Test
    void whoTakesNothingMayStayWhileThereIsRoom() throws IOException {
        server = TestServer.start();
        subscribe(server.connectPushReady());
        PushClient publisher = server.connectPushReady();
        publisher.publishQos0(1, "t", LARGE_MESSAGE);
        publisher.expectNothingMore();
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isPositive();
        server.advanceSeconds(100_000);
        publisher.expectNothingMore();
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(2);
    }

    @Test
    void aThousandWhoNeverAuthenticateDoNotKeepOthersOut() throws IOException {
        server = TestServer.start();
        for (int i = 0; i < 1_000; i++) {
            TestClient stranger = server.connect();
            if (i % 3 == 0) {
                stranger.sendHex("0000ffff 02 0000000000000001 ffff 61");
            } else if (i % 3 == 1) {
                stranger.hello(1);
            }
        }
        server.until("all are connected", () -> server.metric(NetMetric.CONNECTIONS) == 1_000);
        TestClient client = server.connectReady();
        client.expectNothingMore();
        server.advanceSeconds(12);
        server.until("all strangers are gone", () -> server.metric(NetMetric.CONNECTIONS) == 1);
        client.expectNothingMore();
        assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isZero();
        assertThat(server.metric(NetMetric.HANDSHAKE_TIMEOUTS)).isEqualTo(1_000);
    }

    /** Strangers who fill their room with unfinished frames take none of what clients need. */
    @Test
    void strangersCannotTakeTheRoomForFrames() throws IOException {
        server = TestServer.start(TestServer.options(500, new NetBudgets(26L << 20, 26L << 20)));
        ByteBuffer unfinished = ByteBuffer.allocate(60_000);
        unfinished.putInt(64 * 1024).put((byte) 7).clear();
        for (int i = 0; i < 200; i++) {
            server.connect().sendSome(unfinished.duplicate());
        }
        server.until("strangers have sent", () -> server.metric(NetMetric.CONNECTIONS) == 200);
        server.untilQuiet();
        assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isLessThan(5L << 20);
        TestClient client = server.connectReady();
        client.publish(3, 0, "t", "x".repeat(100_000));
        client.expectNothingMore();
    }

    /** Strangers who ask and read no answer take none of what clients need. */
    @Test
    void strangersCannotTakeTheRoomForOutput() throws IOException {
        server = TestServer.start();
        List<TestClient> strangers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            strangers.add(server.connect().receiveLittle());
        }
        server.until("strangers have connected", () -> server.metric(NetMetric.CONNECTIONS) == strangers.size());
        ByteBuffer pings = ByteBuffer.allocate(13 * 100_000);
        for (int i = 0; i < 100_000; i++) {
            FrameEncoder.ping(pings, i);
        }
        List<ByteBuffer> left =
                strangers.stream().map(stranger -> pings.duplicate().flip()).toList();
        int quiet = 0;
        while (quiet < 100) {
            long before = server.metric(NetMetric.BYTES_IN);
            for (int i = 0; i < strangers.size(); i++) {
                strangers
                        .get(i)
                        .sendSome(
                                left.get(i).hasRemaining()
                                        ? left.get(i)
                                        : left.get(i).rewind());
            }
            server.turn();
            quiet = server.metric(NetMetric.BYTES_IN) > before ? 0 : quiet + 1;
        }
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isLessThan(strangers.size() * 4L * 1024);
        TestClient client = server.connectReady();
        client.expectNothingMore();
    }

    @Test
    void connectionsBeyondTheLimitAreClosed() throws IOException {
        server = TestServer.start(TestServer.options(2, new NetBudgets(26L << 20, 17L << 20)));
        TestClient first = server.connectReady();
        TestClient second = server.connectReady();
        server.connect().hello(1).expectClosed();
        assertThat(server.metric(NetMetric.CONNECTIONS_REJECTED_LIMIT)).isEqualTo(1);
        second.close();
        server.until("there is room", () -> server.metric(NetMetric.CONNECTIONS) == 1);
        server.connectReady().expectNothingMore();
        first.expectNothingMore();
    }

    /** @return how many the server will get in the end; the last may be cut short by a full socket */
    private static long subscribe(PushClient reader) {
        return reader.attached(3, Attach.to("t").qos0().credit(1_000));
    }

    private long sendPingsUntilRefused(TestClient client) {
        ByteBuffer ping = ByteBuffer.allocate(13);
        long sent = 0;
        int refused = 0;
        FrameEncoder.ping(ping, sent);
        ping.flip();
        while (refused < 100) {
            refused = client.sendSome(ping) > 0 ? 0 : refused + 1;
            if (refused > 0) {
                server.loop.awaitWork(1);
                server.turn();
            } else if (!ping.hasRemaining()) {
                sent++;
                FrameEncoder.ping(ping.clear(), sent);
                ping.flip();
            }
        }
        return sent;
    }
}
