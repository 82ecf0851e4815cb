package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalAgent;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SimulatedCrash;
import io.blipmq.wal.storage.SimulatedStorage;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/**
 * Several lives of one log with random traffic, each ended by a random crash, and what has to hold after each. Owned by
 * its one thread; the seed decides everything.
 */
final class CrashRun {
    private static final int LIVES = 6;
    private static final int TURNS_MAX = 160;

    private final Random random;
    private final SimulatedStorage storage;
    private final WalOptions options;
    private final WalFixture log;
    /** Records that the core takes in a turn. */
    private final int drainMax;

    private final Ledger ledger;
    /** With few, a segment's index takes several blocks. */
    private final int fillerBytesMax;

    private int texts;

    CrashRun(long seed, SimulatedStorage storage) {
        this.random = new Random(seed);
        this.storage = storage;
        this.options = options();
        this.fillerBytesMax = random.nextInt(4) == 0 ? 4 : 60;
        this.log = fixture(storage);
        this.drainMax = random.nextInt(3) == 0 ? Integer.MAX_VALUE : 2 + random.nextInt(6);
        this.ledger = new Ledger(options.forcePolicy(), random);
    }

    private WalOptions options() {
        return WalFixture.keyedOptions()
                .withForcePolicy(policy())
                .withMemory(
                        512 << random.nextInt(5),
                        random.nextInt(3) == 0 ? 2_000 << random.nextInt(3) : 64 * 1024,
                        random.nextInt(3) * 8 * 1024)
                .withLimits(SmallLimits.draw(random));
    }

    private ForcePolicy policy() {
        return switch (random.nextInt(6)) {
            case 0 -> ForcePolicy.NONE;
            case 1 -> ForcePolicy.everyN(1 + random.nextInt(10));
            case 2 -> ForcePolicy.intervalMillis(1 + random.nextInt(10));
            default -> ForcePolicy.ALWAYS;
        };
    }

    private WalFixture fixture(Storage disk) {
        return new WalFixture(disk, options);
    }

    void run() throws IOException {
        log.open();
        for (int life = 0; life < LIVES; life++) {
            if (random.nextInt(5) == 0) {
                liveAndEndCleanly();
            } else {
                liveAndCrash();
            }
        }
        endCleanly();
    }

    private void endCleanly() throws IOException {
        log.stop();
        ledger.note(log);
        log.open();
        assertThat(log.replayed()).as("after a clean end").isEqualTo(ledger.behind(log.restoredSequence()));
        ledger.verify(log, false);
    }

    private void liveAndEndCleanly() throws IOException {
        traffic();
        endCleanly();
        assertThat(log.wal().recovery().sealed()).isTrue();
    }

    private void liveAndCrash() throws IOException {
        planFault();
        try {
            traffic();
            traffic();
            if (random.nextInt(4) == 0) {
                storage.crashAfterChanges(1 + random.nextInt(12));
                log.stop();
            }
        } catch (SimulatedCrash | StorageFailedException end) {
            // the end of this life
        }
        ledger.note(log);
        boolean powerLost = random.nextBoolean();
        end(powerLost);
        recover(powerLost);
    }

    /** What ends this life, if it does not just stop. */
    private void planFault() {
        switch (random.nextInt(6)) {
            case 0, 1 -> storage.crashAfterChanges(1 + random.nextInt(500));
            case 2 -> storage.failWriteAfter(random.nextInt(30_000));
            case 3 -> planForceFault();
            case 4 -> storage.limitBytes(storage.usedBytes() + random.nextInt(30_000));
            default -> {}
        }
    }

    private void planForceFault() {
        if (random.nextBoolean()) {
            storage.failForceAfter(random.nextInt(50));
        } else {
            storage.failOneForceAfter(random.nextInt(50));
        }
    }

    private void end(boolean powerLost) {
        if (powerLost) {
            storage.losePower();
        } else {
            storage.killProcess();
        }
    }

    /** Recovers, now and then in several attempts that die on the way or meet a failing disk. */
    private void recover(boolean powerLostBefore) throws IOException {
        boolean powerLost = powerLostBefore;
        for (int attempt = random.nextInt(3); attempt > 0; attempt--) {
            startOnFailingDisk(powerLost);
            boolean again = random.nextBoolean();
            powerLost |= again;
            end(again);
        }
        BitFlip flip = random.nextInt(3) == 0 ? new BitFlip(storage, random, this::fixture) : null;
        log.open();
        List<WalFixture.Seen> found = ledger.found(log);
        ledger.onStarted(log, powerLost);
        if (flip != null) {
            flip.check(ledger, found, powerLost);
        }
        List<String> once = Ledger.contents(log.replayed());
        end(random.nextBoolean());
        log.open();
        assertThat(Ledger.contents(log.replayed())).as("a second recovery").isEqualTo(once);
        ledger.onStarted(log, false);
    }

    private void startOnFailingDisk(boolean powerLost) throws IOException {
        switch (random.nextInt(6)) {
            case 0 -> storage.failOneForceAfter(random.nextInt(4));
            case 1 -> storage.failWriteAfter(random.nextInt(20_000));
            case 2 -> storage.limitBytes(storage.usedBytes() + random.nextInt(20_000));
            default -> storage.crashAfterChanges(1 + random.nextInt(12));
        }
        try {
            log.open();
            ledger.onStarted(log, powerLost);
        } catch (SimulatedCrash crash) {
            // died while it recovered
        } catch (WalCorruptionException refused) {
            throw refused;
        } catch (IOException failed) {
            // the disk failed or is full, and the start said so
        }
    }

    private void traffic() {
        for (int turn = random.nextInt(TURNS_MAX); turn > 0; turn--) {
            turn();
        }
    }

    private void turn() {
        for (int count = random.nextInt(6); count > 0; count--) {
            append();
        }
        boolean force = random.nextInt(4) > 0;
        ledger.submit(log, force);
        if (random.nextInt(3) > 0) {
            logTurn();
        }
        for (int steps = random.nextInt(6); steps > 0; steps--) {
            log.wal().background().doWork(log.nowNanos());
        }
        ledger.model().settleSome(ledger.history());
        if (random.nextInt(25) == 0) {
            ledger.model().checkpoint(log, ledger.history());
        }
        log.drain(drainMax).advance(random.nextInt(10_000_000));
        if (random.nextInt(20) == 0) {
            tickWhileIdle();
        }
        ledger.model().probe(log, ledger.history());
        ledger.note(log);
    }

    /** The log thread's turn; under a policy that lets it, or the core's thread writes, and leaves the rest to the log thread. */
    private void logTurn() {
        WalAgent agent = log.wal().agent();
        boolean coreWrites = !options.forcePolicy().storedMeansForced() && random.nextBoolean();
        if (coreWrites) {
            long before = log.wal().appender().storedSequence();
            boolean owed = agent.write(log.nowNanos());
            if (log.wal().appender().storedSequence() > before) {
                ledger.expectFewUnforced(log, before);
            }
            if (!owed || random.nextInt(4) == 0) {
                return;
            }
        }
        agent.doWork(log.nowNanos());
        ledger.expectFewUnforced(log, log.wal().appender().storedSequence());
    }

    /** The second tick finds that nothing has been appended for a second. */
    private void tickWhileIdle() {
        for (int tick = 0; tick < 2; tick++) {
            log.wal().appender().markIdle(log.nowNanos());
            log.advance(1_000_000_000L);
        }
        log.wal().appender().markIdle(log.nowNanos());
    }

    private void append() {
        ledger.append(
                log,
                "abc-".charAt(random.nextInt(4)) + " record " + texts++
                        + "x".repeat(random.nextInt(random.nextInt(10) == 0 ? 900 : fillerBytesMax)));
    }
}
