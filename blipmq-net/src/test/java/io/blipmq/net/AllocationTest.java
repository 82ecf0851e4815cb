package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** The steady path of a QoS 0 message makes no garbage. */
class AllocationTest {
    /** Both of a test's tasks block, and the common pool of a small machine has one thread. */
    private static final Executor THREAD_EACH = task -> new Thread(task).start();

    private static final int FRAMES = 200_000;
    private static final int BYTES_PER_FRAME_MAX = 4;
    private static final byte[] TOPIC = "topic".getBytes(StandardCharsets.UTF_8);
    private static final byte[] KEY = TestServer.KEY.getBytes(StandardCharsets.UTF_8);

    @Test
    void publishingQos0AllocatesNothingPerMessage() throws IOException {
        try (TestServer server = TestServer.start()) {
            ByteBuffer publishes = publishes();
            pump(server, 1, publishes);
            long before = allocatedBytes();
            pump(server, 1, publishes);
            assertThat(allocatedBytes() - before).isLessThan((long) FRAMES * BYTES_PER_FRAME_MAX);
        }
    }

    /** One message a frame, which is the worst case, to a subscriber that takes what it can. */
    @Test
    void pushingQos0AllocatesNothingPerMessage() throws IOException {
        try (TestServer server = TestServer.start();
                SocketChannel subscriber = SocketChannel.open(server.address())) {
            CompletableFuture<Void> read = CompletableFuture.runAsync(() -> readToTheEnd(subscriber), THREAD_EACH);
            sendAll(subscriber, attach());
            server.until("it is attached", () -> server.framesIn(2) == 3);
            ByteBuffer batches = batches();
            pump(server, 2, batches);
            long delivered = server.metric(NetMetric.BYTES_OUT);
            long before = allocatedBytes();
            pump(server, 2, batches);
            assertThat(allocatedBytes() - before).isLessThan((long) FRAMES * BYTES_PER_FRAME_MAX);
            assertThat(server.metric(NetMetric.BYTES_OUT) - delivered).isGreaterThan(FRAMES);
            subscriber.shutdownInput();
            read.join();
        }
    }

    private static ByteBuffer publishes() {
        ByteBuffer bytes = ByteBuffer.allocate(FRAMES * 64);
        FrameEncoder.hello(bytes, 1, 1);
        FrameEncoder.auth(bytes, 2, KEY);
        for (int i = 0; i < FRAMES; i++) {
            FrameEncoder.publish(bytes, i, 0, TOPIC, TOPIC);
        }
        return bytes.flip();
    }

    private static ByteBuffer batches() {
        ByteBuffer bytes = ByteBuffer.allocate(FRAMES * 64);
        RequestEncoder.hello(bytes, 1, TOPIC, new byte[0], 0);
        FrameEncoder.auth(bytes, 2, KEY);
        for (int i = 0; i < FRAMES; i++) {
            RequestEncoder.publishBatch(bytes, i, 0, TOPIC, EntryLayout.bytes(TOPIC.length));
            RequestEncoder.entry(bytes, TOPIC);
        }
        return bytes.flip();
    }

    private static void pump(TestServer server, int version, ByteBuffer bytes) throws IOException {
        long framesBefore = server.framesIn(version);
        try (SocketChannel client = SocketChannel.open(server.address())) {
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(() -> sendAll(client, bytes.duplicate()), THREAD_EACH);
            while (server.framesIn(version) < framesBefore + FRAMES + 2) {
                server.loop.awaitWork(1_000_000);
                server.turn();
            }
            sent.join();
        }
    }

    private static ByteBuffer attach() {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        RequestEncoder.hello(bytes, 1, TOPIC, new byte[0], 0);
        FrameEncoder.auth(bytes, 2, KEY);
        Attach.to("topic").qos0().credit(AttachLayout.UNLIMITED_CREDIT).encode(bytes, 3);
        return bytes.flip();
    }

    private static void sendAll(SocketChannel client, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                client.write(bytes);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void readToTheEnd(SocketChannel client) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(64 * 1024);
        try {
            while (client.read(bytes.clear()) >= 0) {
                // taken
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
