package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.KillLoad.Subscriber;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real daemons on one growing log, each killed at, or failed by, the Nth of one kind of system call, at the start or under
 * load; nothing that a PONG confirmed is lost, reordered or made up, and a failed disk ends the process.
 *
 * <p>{@code -Dblipmq.faults.count=N} sets how many, {@code -Dblipmq.faults.seed=N} repeats a run.
 */
@Timeout(7200)
class SystemCallFaultsTest {
    private static final int COUNT = Integer.getInteger("blipmq.faults.count", 14);
    private static final int PUBLISHERS = 2;
    /** More than any planned fault lets pass, and enough to go on in another segment now and then. */
    private static final int SENT_MAX = 5000;

    private static final int FILLER_BYTES_MAX = 600;
    private static final int LARGE_FILLER_BYTES_MAX = 24_000;

    private static final List<String> POLICIES = List.of("always", "always", "every_n:64", "interval_ms:20", "none");
    /** Calls, and how many of them a thread makes until it is long in its steady state. */
    private static final List<Call> CALLS = List.of(
            new Call("fdatasync", 60),
            new Call("pwrite64", 150),
            new Call("fsync", 3),
            new Call("rename", 3),
            new Call("unlink", 3),
            new Call("ftruncate", 2));

    private record Call(String name, int nthMax) {}

    @TempDir
    Path directory;

    private final Ledger ledger = new Ledger(PUBLISHERS, List.of("orders", "payments", "ä/ö"));
    private final List<String> fired = new ArrayList<>();

    @BeforeEach
    void needsStrace() throws InterruptedException {
        Strace.assumeAvailable();
    }

    @Test
    void nothingConfirmedIsLostToFaultsAtSystemCalls() throws Exception {
        long seed = Long.getLong("blipmq.faults.seed", new SecureRandom().nextInt(1_000_000));
        System.out.println("SystemCallFaultsTest: repeat with -Dblipmq.faults.seed=" + seed);
        Random random = new Random(seed);

        for (int life = 0; life < COUNT; life++) {
            String fault = fault(life, random);
            try {
                liveWith(fault, POLICIES.get(random.nextInt(POLICIES.size())), random);
            } catch (AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ", life " + life + " with " + fault + ": " + e.getMessage(), e);
            }
        }
        checkWithoutFaults();
        System.out.println("SystemCallFaultsTest: " + fired.size() + " of " + COUNT + " faults met, "
                + ledger.confirmedCount() + " messages confirmed, " + ledger.deliveredCount() + " delivered: " + fired);
        assertThat(fired.size()).as("faults met").isGreaterThanOrEqualTo(COUNT / 3);
    }

    private static String fault(int life, Random random) {
        Call call = CALLS.get(life % CALLS.size());
        int nth = 1 + random.nextInt(random.nextBoolean() ? call.nthMax : Math.min(call.nthMax, 2));
        String how = random.nextBoolean() ? "signal=KILL" : "error=EIO";
        return call.name + ":" + how + ":when=" + nth;
    }

    private void liveWith(String fault, String policy, Random random) throws Exception {
        Strace strace = new Strace(directory.resolve("trace")).inject(fault);
        try (DaemonProcess daemon =
                DaemonProcess.start(setup().with("fsync_policy", policy).under(strace.command()))) {
            boolean died = !daemon.awaitReadyOrEnd() || !live(daemon, random);
            daemon.awaitExit();
            requireEndedAsPlanned(daemon, strace, died);
            if (died) {
                fired.add(fault);
            }
        }
    }

    /** @return whether it lived to be killed */
    private boolean live(DaemonProcess daemon, Random random) throws Exception {
        try (Subscriber subscriber = new Subscriber(daemon, ledger, false)) {
            subscriber.readAll(() -> random.nextInt(10) > 0);
            ledger.requireAllRead();
            return !new KillLoad(daemon, ledger, SENT_MAX, fillerBytesMax(random))
                    .runUntilDeath(subscriber, PUBLISHERS, random);
        } catch (IOException e) {
            return false;
        }
    }

    /** Now and then messages so large that the log goes on in further segments. */
    private static int fillerBytesMax(Random random) {
        return random.nextInt(4) == 0 ? LARGE_FILLER_BYTES_MAX : FILLER_BYTES_MAX;
    }

    private static void requireEndedAsPlanned(DaemonProcess daemon, Strace strace, boolean died) throws IOException {
        List<String> failed = strace.failedCalls();
        boolean segmentFailed = failed.stream().anyMatch(SystemCallFaultsTest::isOfASegment);
        if (segmentFailed) {
            assertThat(daemon.exitStatus())
                    .as("the status after %s:\n%s", failed, daemon.output())
                    .isEqualTo(ExitStatus.STORAGE_FAILED);
            assertThat(daemon.output()).contains("storage failed").contains("check the disk");
        } else if (died && !failed.isEmpty()) {
            assertThat(daemon.exitStatus()).as(daemon.output()).isNotZero();
        } else {
            assertThat(daemon.exitStatus()).as(daemon.output()).isEqualTo(128 + 9);
        }
        assertThat(daemon.output()).doesNotContain("the broker failed");
    }

    private static boolean isOfASegment(String call) {
        boolean written = call.contains("pwrite64(") || call.contains("fdatasync(") || call.contains("ftruncate(");
        return written && (call.contains(".segment") || call.contains(".prepared"));
    }

    private void checkWithoutFaults() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup())) {
            Subscriber subscriber = new Subscriber(daemon, ledger, false);
            subscriber.readAll(() -> false);
            ledger.requireAllRead();
            subscriber.close();
            daemon.stop();
        }
    }

    private DaemonSetup setup() {
        return DaemonSetup.in(directory)
                .with("max_retries", 0)
                .with("ack_timeout_ms", 3_600_000)
                .with("max_in_flight", 1 << 20)
                .with("shutdown_drain_ms", 0);
    }
}
