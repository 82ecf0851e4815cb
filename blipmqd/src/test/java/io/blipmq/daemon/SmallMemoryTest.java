package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import io.blipmq.protocol.v2.Welcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many clients send and take the largest messages that they are told of at once, and the daemon does not end. */
@Timeout(180)
class SmallMemoryTest {
    private static final int READERS = 4;
    private static final String TOPIC = "large";

    @TempDir
    Path directory;

    /** As the launcher gives them to containers of 64 and of 128 MiB. */
    @ParameterizedTest
    @CsvSource({"15, 13, 40", "62, 30, 16"})
    void theLargestFramesOfManyClientsAreTakenAndDelivered(int heapMib, int directMib, int publishers)
            throws Exception {
        DaemonSetup setup = DaemonSetup.in(directory)
                .jvmOptions("-Xmx" + heapMib + "m", "-XX:MaxDirectMemorySize=" + directMib + "m")
                .with("fsync_policy", "none")
                .with("ack_timeout_ms", 3_600_000);
        try (DaemonProcess daemon = DaemonProcess.startReady(setup)) {
            List<WireClient> readers = readers(daemon);
            List<WireClient> clients = new ArrayList<>();
            for (int i = 0; i < publishers; i++) {
                clients.add(daemon.connectWire());
            }

            exchange(clients, readers);

            assertThatALargerFrameIsRefused(daemon);
            daemon.stop();
            assertThat(daemon.output()).contains("log sealed").doesNotContain("ERROR");
            assertThat(daemon.errors()).isEmpty();
        }
    }

    private static List<WireClient> readers(DaemonProcess daemon) throws IOException {
        List<WireClient> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            WireClient reader = daemon.connectWire();
            reader.shakeHandsForPush(DaemonSetup.KEY);
            reader.attach(3, TOPIC, "reader-" + i);
            reader.receive(FrameType.ATTACHED, 3);
            readers.add(reader);
        }
        return readers;
    }

    /** Nobody waits for another. */
    private static void exchange(List<WireClient> publishers, List<WireClient> readers) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> all = new ArrayList<>();
        for (WireClient reader : readers) {
            all.add(threads.submit(() -> {
                for (int i = 0; i < publishers.size(); i++) {
                    assertThat(reader.receive().type()).isEqualTo(FrameType.DELIVER);
                }
                return null;
            }));
        }
        for (WireClient publisher : publishers) {
            byte[] frame = largestFrame(frameBytes(publisher.shakeHandsForPush(DaemonSetup.KEY)));
            all.add(threads.submit(() -> publisher.send(frame, frame.length).receive(FrameType.CONFIRM, 1)));
        }
        for (Future<?> each : all) {
            each.get();
        }
        threads.shutdown();
    }

    private static int frameBytes(Welcome welcome) {
        return (int) welcome.limits().frameBytes();
    }

    /** Its sender loses the connection, and nobody else notices. */
    private static void assertThatALargerFrameIsRefused(DaemonProcess daemon) throws Exception {
        try (WireClient greedy = daemon.connectWire()) {
            int most = frameBytes(greedy.shakeHandsForPush(DaemonSetup.KEY));
            ByteBuffer beginning = ByteBuffer.allocate(FrameLayout.LENGTH_BYTES).putInt(most + 1);
            greedy.send(beginning.array(), beginning.capacity());
            greedy.expectEnd();
            daemon.awaitLine("a frame length must be at most " + most + ", not " + (most + 1));
        }
        try (WireClient other = daemon.connectWire()) {
            other.shakeHandsForPush(DaemonSetup.KEY);
        }
    }

    /** A batch of one message whose length field is as large as may be. */
    private static byte[] largestFrame(int frameLength) {
        ByteBuffer frame = ByteBuffer.allocate(FrameLayout.LENGTH_BYTES + frameLength);
        RequestEncoder.publishBatch(frame, 1, PublishLayout.FLAGS, WireClient.bytes(TOPIC), 0);
        int messageBytes = frame.remaining() - EntryLayout.bytes(0);
        frame.clear();
        RequestEncoder.publishBatch(
                frame, 1, PublishLayout.FLAGS, WireClient.bytes(TOPIC), EntryLayout.bytes(messageBytes));
        RequestEncoder.entry(frame, new byte[messageBytes]);
        assertThat(frame.remaining()).isZero();
        return frame.array();
    }
}
