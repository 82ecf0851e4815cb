package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A force that hangs, and that the broker's own thread runs because there was nobody but a lone publisher: who comes
 * meanwhile is served, and the message is confirmed afterwards.
 */
@Timeout(300)
class SlowForceTest {
    /** The one that hangs, counted per thread; a log thread that has been relieved by then does not come so far. */
    private static final int NTH = 150;

    private static final long HANG_SECONDS = 6;
    /** Longer than a busy disk stalls by itself. */
    private static final long HANGING_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    /** Slow moments of the disk may bring the log thread there first, and then it hangs instead. */
    private static final int LIVES = 20;

    @TempDir
    Path directory;

    @BeforeEach
    void needsStrace() throws InterruptedException {
        Strace.assumeAvailable();
    }

    @Test
    void whileTheBrokersOwnForceHangsOthersAreServed() throws Exception {
        int lives = 0;
        boolean met = false;
        while (lives < LIVES && !met) {
            met = live(directory.resolve("life" + lives++));
        }
        System.out.println("SlowForceTest: " + lives + " lives");
        if (!met) {
            System.out.println("SKIPPED: the disk is too slow here for the broker's thread to force anything itself");
        }
        assumeThat(met).as("the broker's thread forced so often").isTrue();
    }

    /** @return whether it was the broker's thread that hung */
    private boolean live(Path place) throws Exception {
        Strace strace = new Strace(place.resolve("trace"))
                .quick()
                .inject("fdatasync:delay_enter=" + TimeUnit.SECONDS.toMicros(HANG_SECONDS) + ":when=" + NTH);
        DaemonSetup setup = DaemonSetup.in(Files.createDirectories(place))
                .with("enable_tokio_console", true)
                .under(strace.command());
        ExecutorService thread = Executors.newSingleThreadExecutor();
        AtomicBoolean enough = new AtomicBoolean();
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                BlipClient other = daemon.connect()) {
            long passing = other.subscribe("other", 0);
            Future<Integer> publisher = thread.submit(() -> publish(daemon, enough));

            long turn = awaitHangingForce(daemon);
            if (forcesOfLogThread(strace) >= NTH - 1) {
                return false;
            }
            other.ping();
            other.publish("other", WireClient.bytes("meanwhile"), 0);
            other.ping();
            List<Delivery> deliveries = other.poll(passing, 10);
            assertThat(deliveries).extracting(Delivery::text).containsExactly("meanwhile");
            assertThat(runtime(daemon, "log").path("turns").asLong())
                    .as("turns of the log that have ended, when others have been served")
                    .isEqualTo(turn);
            assertThat(runtime(daemon, "log").path("current_turn_ns").asLong()).isGreaterThan(HANGING_NANOS);
            assertThat(runtime(daemon, "broker").path("current_turn_ns").asLong())
                    .isLessThan(HANGING_NANOS);

            enough.set(true);
            requireAll(daemon, publisher.get());
            daemon.stop();
        } finally {
            enough.set(true);
            thread.shutdownNow();
        }
        return hasHungInTheBroker(strace);
    }

    /**
     * Publishes one message at a time, each confirmed before the next.
     *
     * @return how many
     */
    private static int publish(DaemonProcess daemon, AtomicBoolean enough) throws IOException {
        try (BlipClient client = daemon.connect()) {
            client.subscribe("demo", 1);
            int count = 0;
            while (!enough.get()) {
                client.publish("demo", WireClient.bytes("message " + count++), 1);
                client.ping();
            }
            return count;
        }
    }

    /** @return how many turns of the log had ended before the one that hangs */
    private static long awaitHangingForce(DaemonProcess daemon) throws Exception {
        JsonNode log = runtime(daemon, "log");
        while (log.path("current_turn_ns").asLong() < HANGING_NANOS) {
            log = runtime(daemon, "log");
        }
        return log.path("turns").asLong();
    }

    private static JsonNode runtime(DaemonProcess daemon, String agent) throws Exception {
        JsonNode page = new ObjectMapper().readTree(daemon.get("/debug/runtime").body());
        for (JsonNode candidate : page.path("agents")) {
            if (candidate.path("agent").asText().equals(agent)) {
                return candidate;
            }
        }
        throw new AssertionError("no agent " + agent + " in " + page);
    }

    private static void requireAll(DaemonProcess daemon, int count) throws IOException {
        try (BlipClient client = daemon.connect()) {
            List<Delivery> deliveries = client.poll(client.subscribe("demo", 1), count + 1);
            assertThat(deliveries)
                    .extracting(Delivery::text)
                    .isEqualTo(IntStream.range(0, count)
                            .mapToObj(i -> "message " + i)
                            .toList());
        }
    }

    /** The log thread is the one that forced the segment first. */
    private static String logThread(List<String> calls) {
        return threadOf(calls, ".segment>");
    }

    private static long forcesOfLogThread(Strace strace) throws IOException {
        List<String> calls = strace.calls();
        String thread = logThread(calls) + ' ';
        return calls.stream()
                .filter(line -> line.startsWith(thread) && line.contains("fdatasync("))
                .count();
    }

    private static boolean hasHungInTheBroker(Strace strace) throws IOException {
        List<String> calls = strace.calls();
        return !logThread(calls).equals(threadOf(calls, "(DELAYED)"));
    }

    private static String threadOf(List<String> calls, String mark) {
        String call = calls.stream()
                .filter(line -> line.contains("fdatasync") && line.contains(mark))
                .findFirst()
                .orElseThrow();
        return call.substring(0, call.indexOf(' '));
    }
}
