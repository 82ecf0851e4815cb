package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk whose forces take long: publishers wait, memory stays bounded, and whoever waits shares a force. */
@Timeout(180)
class SlowDiskTest {
    private static final int CONNECTIONS = 16;
    private static final int ROUNDS = 5;

    private static final int MESSAGES = 5_000;
    private static final int MESSAGE_BYTES = 16 * 1024;
    /** The log's limit for what is not stored yet, and a frame of the largest message. */
    private static final long UNSTORED_BYTES_MAX = (32L << 20) + (16L << 20);
    /** Far less than was sent: the unstored bytes, the tail that is kept for reading back, and the process itself. */
    private static final long RESIDENT_GROWTH_MAX = 160L << 20;

    @TempDir
    Path directory;

    private DaemonSetup setup;

    @BeforeEach
    void needsStrace() throws InterruptedException {
        Strace.assumeAvailable();
        setup = DaemonSetup.in(directory).with("ack_timeout_ms", 3_600_000).with("max_in_flight", 1 << 20);
    }

    private void delayForces(int millis) {
        setup.under(new Strace(directory.resolve("trace"))
                .inject("fdatasync:delay_enter=" + millis * 1000)
                .command());
    }

    @Test
    void connectionsThatWaitTogetherShareAForce() throws Exception {
        delayForces(200);
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                BlipClient subscriber = daemon.connect()) {
            long subscription = subscriber.subscribe("demo", 1);
            long forcesBefore = forces(daemon);

            List<Future<Void>> ends = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                ends.add(threads.submit(rounds(daemon)));
            }
            for (Future<Void> end : ends) {
                end.get();
            }

            assertThat(forces(daemon) - forcesBefore)
                    .as("forces for %d rounds", CONNECTIONS * ROUNDS)
                    .isBetween((long) ROUNDS, CONNECTIONS * ROUNDS / 4L);
            assertThat(subscriber.poll(subscription, 1000)).hasSize(CONNECTIONS * ROUNDS);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long forces(DaemonProcess daemon) throws Exception {
        return daemon.scrape().value("blipmq_wal_fsyncs_total");
    }

    private static Callable<Void> rounds(DaemonProcess daemon) {
        return () -> {
            try (BlipClient client = daemon.connect()) {
                for (int round = 0; round < ROUNDS; round++) {
                    client.publish("demo", new byte[100], 1);
                    client.ping();
                }
            }
            return null;
        };
    }

    @Test
    void aPublisherIsHeldBackAndMemoryStaysBounded() throws Exception {
        delayForces(1000);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                BlipClient subscriber = daemon.connect()) {
            long subscription = subscriber.subscribe("demo", 1);
            long residentBefore = daemon.scrape().value("process_resident_memory_bytes");

            Future<Void> end = thread.submit(publishAll(daemon));
            long unstoredMax = 0;
            long residentMax = 0;
            while (!end.isDone()) {
                Scrape scrape = daemon.scrape();
                unstoredMax = Math.max(unstoredMax, scrape.value("blipmq_wal_unstored_bytes"));
                residentMax = Math.max(residentMax, scrape.value("process_resident_memory_bytes"));
            }
            end.get();

            System.out.println("SlowDiskTest: at most " + (unstoredMax >> 20) + " MiB not stored, "
                    + (residentMax - residentBefore >> 20) + " MiB more resident");
            assertThat(unstoredMax).isBetween(4L << 20, UNSTORED_BYTES_MAX);
            assertThat(residentMax - residentBefore).isLessThan(RESIDENT_GROWTH_MAX);
            requireAll(subscriber, subscription);
        } finally {
            thread.shutdownNow();
        }
    }

    private static Callable<Void> publishAll(DaemonProcess daemon) {
        return () -> {
            try (BlipClient client = daemon.connect()) {
                for (int i = 0; i < MESSAGES; i++) {
                    client.publish("demo", message(i), 1);
                }
                client.ping();
            }
            return null;
        };
    }

    private static byte[] message(int number) {
        byte[] message = new byte[MESSAGE_BYTES];
        byte[] text = WireClient.bytes(number + " ");
        System.arraycopy(text, 0, message, 0, text.length);
        return message;
    }

    private static void requireAll(BlipClient subscriber, long subscription) throws Exception {
        int next = 0;
        List<Delivery> deliveries = subscriber.poll(subscription, 100);
        while (!deliveries.isEmpty()) {
            for (Delivery delivery : deliveries) {
                assertThat(delivery.text()).startsWith(next + " ");
                next++;
            }
            deliveries = subscriber.poll(subscription, 100);
        }
        assertThat(next).isEqualTo(MESSAGES);
    }
}
