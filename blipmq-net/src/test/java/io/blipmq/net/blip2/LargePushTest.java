package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.NetBudgets;
import io.blipmq.net.NetMetric;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large messages at QoS 0, published and pushed over version 2. */
class LargePushTest {
    private static final byte[] TOPIC = "t".getBytes(StandardCharsets.UTF_8);
    /** Around the sizes of buffers, and far from them. */
    private static final int[] LARGE_BYTES = {65_536, 131_040, 131_072, 133_000, 262_144, 300_001, 1_048_576, 3_000_000
    };

    private final Random random = new Random(seed());
    private TestServer server;

    private static long seed() {
        long seed = Long.getLong("blipmq.seed", System.nanoTime());
        System.out.println("blipmq.seed=" + seed);
        return seed;
    }

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void largeMessagesInOddPartsComeWholeAndInOrderAmongSmallOnes() throws IOException {
        PushClient[] readers = {server.connectPushReady(), server.connectPushReady()};
        long[] subscriptions = {attach(readers[0]), attach(readers[1])};
        PushClient publisher = server.connectPushReady();
        for (int round = 0; round < 3; round++) {
            for (int largeBytes : LARGE_BYTES) {
                List<String> bodies = bodiesAround(largeBytes + round);
                sendInParts(publisher, frames(bodies));
                for (int i = 0; i < readers.length; i++) {
                    for (String body : bodies) {
                        readers[i].expectDelivery(subscriptions[i], 0, 1, body);
                    }
                }
            }
        }
        expectNoBuffers();
    }

    /** One reader goes while a message that is larger than any socket's buffers is being written to it. */
    @Test
    void aReaderThatGoesInTheMiddleOfAMessageLeavesNothingBehind() throws IOException {
        PushClient goes = server.connectPushReady();
        PushClient stays = server.connectPushReady();
        attach(goes);
        long subscription = attach(stays);
        PushClient publisher = server.connectPushReady();
        String large = body(14_000_000);
        publisher.send(frames(List.of(large, "small")));
        stays.expectDelivery(subscription, 0, 1, large);
        assertThat(server.metric(NetMetric.OUTPUT_BYTES))
                .as("still to be written")
                .isPositive();
        goes.reset();
        stays.expectDelivery(subscription, 0, 1, "small");
        server.until("the connection is closed", () -> server.metric(NetMetric.CONNECTIONS) == 2);
        publisher.send(frames(List.of("next")));
        stays.expectDelivery(subscription, 0, 1, "next");
        expectNoBuffers();
    }

    /** Together they would hold several times the room that there is for output; those that find none are served later. */
    @Test
    void manyReadersOfALargeMessageTakeTheRoomForOutputInTurn() throws IOException {
        server.close();
        NetBudgets budgets = new NetBudgets(26L << 20, 17L << 20);
        server = TestServer.start(TestServer.options(20, budgets));
        PushClient[] readers = new PushClient[8];
        long[] subscriptions = new long[readers.length];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = server.connectPushReady();
            subscriptions[i] = attach(readers[i]);
        }
        PushClient publisher = server.connectPushReady();
        String large = body(14_000_000);
        publisher.send(frames(List.of(large)));
        server.untilQuiet();
        assertThat(server.metric(NetMetric.OUTPUT_BYTES))
                .isBetween(budgets.outputBytes() / 2, budgets.outputBytes() * 3 / 2 + FrameLayout.FRAME_BYTES_MAX);

        for (int i = 0; i < readers.length; i++) {
            readers[i].expectDelivery(subscriptions[i], 0, 1, large);
        }
        publisher.expectNothingMore();
        expectNoBuffers();
    }

    private static long attach(PushClient reader) {
        return reader.attached(1, Attach.to("t").qos0().credit(AttachLayout.UNLIMITED_CREDIT));
    }

    private List<String> bodiesAround(int largeBytes) {
        List<String> bodies = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            bodies.add(body(random.nextInt(2_000)));
        }
        bodies.add(body(largeBytes));
        bodies.add(body(random.nextInt(2_000)));
        return bodies;
    }

    private String body(int bytes) {
        byte[] body = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            body[i] = (byte) ('a' + random.nextInt(26));
        }
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    /** A PUBLISH_BATCH for each. */
    private static ByteBuffer frames(List<String> bodies) {
        int bytes = 0;
        for (String body : bodies) {
            bytes += PublishLayout.publishBatchFrameBytes(TOPIC.length, EntryLayout.bytes(body.length()));
        }
        ByteBuffer frames = ByteBuffer.allocate(bytes);
        for (String body : bodies) {
            RequestEncoder.publishBatch(frames, 1, 0, TOPIC, EntryLayout.bytes(body.length()));
            RequestEncoder.entry(frames, body.getBytes(StandardCharsets.ISO_8859_1));
        }
        return frames.flip();
    }

    /** In pieces of any size, of which the server may see several together or each by itself. */
    private void sendInParts(PushClient publisher, ByteBuffer bytes) {
        int end = bytes.limit();
        while (bytes.position() < end) {
            int part = 1 + random.nextInt(random.nextBoolean() ? 100 : 400_000);
            bytes.limit(Math.min(end, bytes.position() + part));
            publisher.send(bytes);
            if (random.nextBoolean()) {
                server.turn();
            }
        }
    }

    private void expectNoBuffers() {
        server.untilQuiet();
        assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isZero();
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }
}
