package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.blipmq.protocol.FrameEncoder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The steady path of a QoS 0 message makes no garbage. */
class AllocationTest {
    private static final int FRAMES = 200_000;
    private static final int BYTES_PER_FRAME_MAX = 4;

    @Test
    void publishingQos0AllocatesNothingPerMessage() throws IOException {
        try (TestServer server = TestServer.start()) {
            pump(server);
            long before = allocatedBytes();
            pump(server);
            assertThat(allocatedBytes() - before).isLessThan((long) FRAMES * BYTES_PER_FRAME_MAX);
        }
    }

    private static void pump(TestServer server) throws IOException {
        long framesBefore = server.metric(NetMetric.FRAMES_IN_V1);
        try (SocketChannel client = SocketChannel.open(server.address())) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(client));
            while (server.metric(NetMetric.FRAMES_IN_V1) < framesBefore + FRAMES + 2) {
                server.loop.awaitWork(1_000_000);
                server.turn();
            }
            sent.join();
        }
    }

    private static void send(SocketChannel client) {
        byte[] topic = "topic".getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(FRAMES * 64);
        FrameEncoder.hello(bytes, 1, 1);
        FrameEncoder.auth(bytes, 2, TestServer.KEY.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < FRAMES; i++) {
            FrameEncoder.publish(bytes, i, 0, topic, topic);
        }
        bytes.flip();
        try {
            while (bytes.hasRemaining()) {
                client.write(bytes);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long allocatedBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }
}
