package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.KillLoad.Subscriber;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real daemons die by kill -9 under load at random moments, twenty times on one growing log, five times under each policy;
 * nothing that a PONG confirmed is lost, reordered or made up.
 */
@Timeout(3600)
class KillTest {
    private static final String SEED_PROPERTY = "blipmq.kill.seed";
    private static final List<String> POLICIES = List.of("always", "every_n:64", "interval_ms:20", "none");
    private static final int KILLS = Integer.getInteger("blipmq.kill.count", 20);
    private static final int PUBLISHERS = 2;
    private static final int SENT_MAX = 4000;
    private static final int FILLER_BYTES_MAX = 600;
    /** Every so many kills messages are so large that the log goes on in further segments. */
    private static final int LARGE_EVERY = 5;

    private static final int LARGE_FILLER_BYTES_MAX = 24_000;

    @TempDir
    Path directory;

    private final Ledger ledger = new Ledger(PUBLISHERS, List.of("orders", "payments", "audit", "ä/ö"));
    private List<Long> subscriptions;

    @Test
    void nothingConfirmedIsLostToKills() throws Exception {
        long seed = Long.getLong(SEED_PROPERTY, new SecureRandom().nextInt(1_000_000));
        System.out.println("KillTest: repeat with -D" + SEED_PROPERTY + "=" + seed);
        Random random = new Random(seed);

        for (int kill = 0; kill < KILLS; kill++) {
            String policy = POLICIES.get(kill % POLICIES.size());
            boolean large = kill % LARGE_EVERY == LARGE_EVERY - 1;
            try {
                checkThenKill(setup(policy), random, large);
            } catch (AssertionError e) {
                throw new AssertionError("before kill " + kill + ", under " + policy + ": " + e.getMessage(), e);
            }
        }
        endCleanly(random);
        startAfterTheCleanEnd();
        System.out.println("KillTest: " + ledger.confirmedCount() + " messages confirmed, " + ledger.deliveredCount()
                + " delivered");
    }

    private DaemonSetup setup(String policy) {
        return DaemonSetup.in(directory)
                .with("fsync_policy", policy)
                .with("max_retries", 0)
                .with("ack_timeout_ms", 3_600_000)
                .with("max_in_flight", 1 << 20)
                .with("shutdown_drain_ms", 0);
    }

    /** A start that dies, too, leaves nothing that the next one could not do again. */
    private static void killAtStart(DaemonSetup setup) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(setup)) {
            daemon.awaitLine("starting blipmqd");
            daemon.kill9();
        }
    }

    private void checkThenKill(DaemonSetup setup, Random random, boolean large) throws Exception {
        if (random.nextInt(5) == 0) {
            killAtStart(setup);
        }
        try (DaemonProcess daemon = DaemonProcess.startReady(setup)) {
            Subscriber subscriber = subscribe(daemon, false);
            subscriber.readAll(() -> random.nextInt(10) > 0);
            ledger.requireAllRead();
            int sentMax = large ? SENT_MAX : 1 + random.nextInt(SENT_MAX);
            int fillerBytesMax = large ? LARGE_FILLER_BYTES_MAX : FILLER_BYTES_MAX;
            new KillLoad(daemon, ledger, sentMax, fillerBytesMax).runAndKill(subscriber, PUBLISHERS, random);
            subscriber.close();
        }
    }

    private void endCleanly(Random random) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup("always"))) {
            assertThat(daemon.output()).contains("the log had no clean end and was recovered");
            Subscriber subscriber = subscribe(daemon, false);
            subscriber.readAll(() -> random.nextInt(4) > 0);
            subscriber.ping();
            ledger.requireAllRead();
            subscriber.close();
            daemon.stop();
        }
    }

    private void startAfterTheCleanEnd() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup("always"))) {
            assertThat(daemon.output()).contains("the log ended cleanly");
            Subscriber subscriber = subscribe(daemon, true);
            subscriber.readAll(() -> false);
            ledger.requireAllRead();
            subscriber.close();
            daemon.stop();
        }
    }

    /** Resumes what the first start's client has made. */
    private Subscriber subscribe(DaemonProcess daemon, boolean endedCleanly) throws Exception {
        Subscriber subscriber = new Subscriber(daemon, ledger, endedCleanly);
        if (subscriptions != null) {
            assertThat(subscriber.ids()).isEqualTo(subscriptions);
        }
        subscriptions = subscriber.ids();
        return subscriber;
    }
}
