package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.BrokerOptions;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.PayloadLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames that come in pieces, and what the pieces may cost. */
class PartialInputTest {
    private static final byte[] TOPIC = "t".getBytes(StandardCharsets.UTF_8);

    private TestServer server;

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void oneByteAtATime() throws IOException {
        server = TestServer.start();
        TestClient client = server.connect();
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        FrameEncoder.hello(bytes, 1, 1);
        FrameEncoder.auth(bytes, 2, TestServer.KEY.getBytes(StandardCharsets.UTF_8));
        FrameEncoder.subscribe(bytes, 3, TOPIC, 1);
        FrameEncoder.publish(bytes, 4, 1, TOPIC, "message".getBytes(StandardCharsets.UTF_8));
        FrameEncoder.ping(bytes, 5);
        bytes.flip();
        while (bytes.hasRemaining()) {
            client.send(ByteBuffer.wrap(new byte[] {bytes.get()}));
            server.loop.awaitWork(1);
            server.turn();
        }
        client.expectAck(1, 0);
        client.expectAck(2, 0);
        long subscription = client.receiveAck(3);
        client.expectPong(5);
        client.poll(6, subscription);
        client.expectMessage(1, "t", "message");
        server.untilQuiet();
        assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isZero();
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }

    @Test
    void framesOfEverySizeComeThroughWhole() throws IOException {
        long seed = Long.getLong("blipmq.seed", System.nanoTime());
        System.out.println("blipmq.seed=" + seed);
        Random random = new Random(seed);
        server = TestServer.start();
        TestClient client = server.connectReady();
        client.subscribe(3, "t", 1);
        long subscription = client.receiveAck(3);
        List<byte[]> messages = new ArrayList<>();
        for (int bytes : new int[] {0, 1, 100, 4_000, 60_000, 131_040, 131_072, 262_144, 1_000_000, 3_000_000}) {
            for (int repeat = 0; repeat < 3; repeat++) {
                byte[] message = new byte[bytes + repeat];
                random.nextBytes(message);
                messages.add(message);
                client.send(publish(message));
            }
        }
        client.expectNothingMore();
        for (byte[] message : messages) {
            client.poll(4, subscription);
            assertThat(messageOf(client.receive())).isEqualTo(message);
        }
        server.untilQuiet();
        assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isZero();
    }

    @Test
    void theLargestFrameGoesThrough() throws IOException {
        server = TestServer.start();
        TestClient client = server.connectReady();
        client.subscribe(3, "t", 0);
        long subscription = client.receiveAck(3);
        int messageBytes = FrameLayout.PAYLOAD_BYTES_MAX - PayloadLayout.publishMessageOffset(TOPIC.length);
        byte[] message = new byte[messageBytes];
        message[0] = 1;
        message[messageBytes - 1] = 2;
        client.send(publish(message)).poll(4, subscription);
        TestClient.Frame frame = client.receive();
        assertThat(frame.payload().capacity()).isEqualTo(FrameLayout.PAYLOAD_BYTES_MAX);
        assertThat(messageOf(frame)).isEqualTo(message);
    }

    /** Frames that have begun and wait for room do not keep it from each other. */
    @Test
    void manyLargeFramesThatBeginTogetherGoThroughOneAfterTheOther() throws IOException {
        server = TestServer.start(TestServer.options(100, new NetBudgets(26L << 20, 17L << 20)));
        ByteBuffer frame = publish(new byte[16_000_000]);
        List<TestClient> clients = new ArrayList<>();
        List<ByteBuffer> rests = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            TestClient client = server.connectReady();
            client.send(publish(new byte[10_000])); // so that more is read at a time
            server.untilQuiet();
            client.send(frame.duplicate().limit(200_000));
            server.untilQuiet();
            clients.add(client);
            rests.add(frame.duplicate().position(200_000));
        }
        long before = server.framesIn(1);
        server.until("some more are there", () -> {
            assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isLessThanOrEqualTo((24L + 16L) << 20);
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).sendSome(rests.get(i));
            }
            return server.framesIn(1) >= before + 5;
        });
    }

    /** There is room for one large frame, and those that have stopped half-way do not keep it from one that comes. */
    @Test
    void largeFramesThatStopHalfWayDoNotKeepTheRoomFromOneThatComes() throws IOException {
        server = TestServer.start(TestServer.options(100, new NetBudgets(26L << 20, 17L << 20)));
        ByteBuffer half = publish(new byte[16_000_000]);
        for (int i = 0; i < 20; i++) {
            server.connectReady().send(half.duplicate().limit(i % 2 == 0 ? 200_000 : 700_000));
        }
        server.untilQuiet();
        TestClient client = server.connectReady();
        for (int i = 0; i < 3; i++) {
            ByteBuffer frame = publish(new byte[16_000_000]);
            for (int pause = 0; pause < 100 && frame.hasRemaining(); pause++) {
                sendAsFarAsTaken(client, frame);
                server.advanceMillis(10);
            }
            assertThat(frame.remaining())
                    .as("bytes of frame %d that found no room within a second", i)
                    .isZero();
            client.ping(i);
            server.until("the frame is handled", () -> {
                server.advanceMillis(1);
                return client.hasFrame() || client.readSome();
            });
            client.expectPong(i);
        }
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(21);
    }

    /** What has come of a frame that stopped is not lost. */
    @Test
    void aLargeFrameThatLeftItsRoomGoesOnWhenItsRestComes() throws IOException {
        server = TestServer.start(TestServer.options(100, new NetBudgets(26L << 20, 17L << 20)));
        byte[] message = new byte[16_000_000];
        new Random(1).nextBytes(message);
        TestClient first = server.connectReady();
        first.subscribe(3, "t", 1);
        long subscription = first.receiveAck(3);
        ByteBuffer frame = publish(message);
        first.send(frame.duplicate().limit(1_000_000));
        server.untilQuiet();
        server.advanceMillis(100);
        TestClient second = server.connectReady();
        second.send(publish(new byte[16_000_000])).expectNothingMore();
        first.send(frame.position(1_000_000)).expectNothingMore();
        first.poll(4, subscription).receive();
        first.poll(5, subscription);
        assertThat(messageOf(first.receive())).isEqualTo(message);
    }

    /** Its topic's name is longer by then, so that the frame would be too large. */
    @Test
    void theLargestMessageCanBeDeliveredAsADeadLetter() throws IOException {
        server = TestServer.start();
        TestClient client = server.connectReady();
        client.subscribe(3, "t", 1);
        long subscription = client.receiveAck(3);
        int messageBytes = FrameLayout.PAYLOAD_BYTES_MAX - PayloadLayout.publishMessageOffset(TOPIC.length);
        byte[] message = new byte[messageBytes];
        message[messageBytes - 1] = 7;
        client.send(publish(message));
        for (int attempt = 0; attempt < BrokerOptions.defaults().deliveriesMax(); attempt++) {
            client.poll(4, subscription);
            client.receive();
            server.advanceSeconds(40);
            server.untilQuiet();
        }
        client.subscribe(5, "$dead-letter/t", 1);
        client.poll(6, client.receiveAck(5));
        assertThat(messageOf(client.receive())).isEqualTo(message);
    }

    @Test
    void aPartialFrameHasSixtySeconds() throws IOException {
        server = TestServer.start();
        TestClient client = server.connectReady();
        client.sendHex("0000000b 01 00");
        server.untilQuiet();
        server.advanceSeconds(59);
        client.expectSilence();
        server.advanceSeconds(3);
        client.expectClosed();
        assertThat(server.metric(NetMetric.PARTIAL_PACKET_TIMEOUTS)).isEqualTo(1);
        assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isZero();
    }

    /** The disk hangs, as many answers wait for it as may, and what the client has sent since is not looked at. */
    @Test
    void itsTimeDoesNotRunWhileTheServerDoesNotRead() throws IOException {
        server = TestServer.start();
        TestClient client = server.connectReady();
        client.subscribe(3, "t", 1);
        client.receiveAck(3);
        server.journal.hold();
        client.publish(4, 1, "t", "m");
        int pings = NetLimits.defaults().pendingAnswersMax() - NetLimits.ANSWERS_PER_PACKET_MAX + 1;
        for (int i = 0; i < pings; i++) {
            client.ping(i);
        }
        client.sendHex("00000009 07 00");
        server.untilQuiet();
        server.advanceSeconds(100);
        client.sendHex("00000000000000");
        server.untilQuiet();
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(1);
        server.journal.release();
        for (int i = 0; i < pings; i++) {
            client.expectPong(i);
        }
        client.expectPong(0);
    }

    @Test
    void anIdleConnectionMayStayForEver() throws IOException {
        server = TestServer.start();
        TestClient client = server.connectReady();
        client.expectNothingMore();
        server.advanceSeconds(100_000);
        client.expectSilence();
        client.expectNothingMore();
    }

    /** Twenty frames of 8 MiB begin where there is room for two: the others wait, and all come through in the end. */
    @Test
    void largeFramesWaitForTheBudget() throws IOException {
        NetBudgets budgets = new NetBudgets(26L << 20, 26L << 20);
        server = TestServer.start(TestServer.options(100, budgets));
        List<TestClient> clients = new ArrayList<>();
        List<ByteBuffer> frames = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(server.connectReady());
            frames.add(publish(new byte[8 << 20]));
        }
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < clients.size(); i++) {
                ByteBuffer frame = frames.get(i);
                frame.limit(Math.min(frame.capacity(), frame.position() + 256 * 1024));
                clients.get(i).sendSome(frame);
            }
            server.turn();
            assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isLessThanOrEqualTo(32L << 20);
        }
        server.until("all frames are sent", () -> {
            boolean sent = true;
            for (int i = 0; i < clients.size(); i++) {
                ByteBuffer frame = frames.get(i).limit(frames.get(i).capacity());
                clients.get(i).sendSome(frame);
                sent &= !frame.hasRemaining();
            }
            assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isLessThanOrEqualTo(32L << 20);
            return sent;
        });
        for (TestClient client : clients) {
            client.expectNothingMore();
        }
    }

    private void sendAsFarAsTaken(TestClient client, ByteBuffer bytes) {
        int silent = 0;
        while (bytes.hasRemaining() && silent < 20) {
            int moved = client.sendSome(bytes);
            server.loop.awaitWork(moved > 0 ? 0 : 1_000_000);
            silent = moved + server.turn() == 0 ? silent + 1 : 0;
        }
    }

    private static ByteBuffer publish(byte[] message) {
        ByteBuffer frame = ByteBuffer.allocate(PayloadLayout.publishFrameBytes(TOPIC.length, message.length));
        FrameEncoder.publish(frame, 1, 1, TOPIC, message);
        return frame.flip();
    }

    private static byte[] messageOf(TestClient.Frame frame) {
        byte[] message = new byte[frame.payload().capacity() - PayloadLayout.publishMessageOffset(TOPIC.length)];
        frame.payload().get(PayloadLayout.publishMessageOffset(TOPIC.length), message);
        return message;
    }
}
