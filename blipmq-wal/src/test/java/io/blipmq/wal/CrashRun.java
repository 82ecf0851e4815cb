package io.blipmq.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
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
    private final WalFixture log;
    private final ForcePolicy policy;
    private final Model model;

    /** What the log holds, or may hold: recovered and appended records, in order. */
    private List<WalFixture.Seen> history = new ArrayList<>();

    /** The last record of a turn that asked for a force and became stored. */
    private long confirmed;

    private long asked;
    private long highestEver;
    private int texts;

    CrashRun(long seed, SimulatedStorage storage) {
        this(seed, storage, storage);
    }

    /** @param used what the log uses: the disk, or the disk behind a bug */
    CrashRun(long seed, SimulatedStorage storage, Storage used) {
        this.random = new Random(seed);
        this.storage = storage;
        this.policy = policy();
        this.log = new WalFixture(used, WalFixture.keyedOptions()).with(policy);
        this.model = new Model(random);
    }

    private ForcePolicy policy() {
        return switch (random.nextInt(6)) {
            case 0 -> ForcePolicy.NONE;
            case 1 -> ForcePolicy.everyN(1 + random.nextInt(10));
            case 2 -> ForcePolicy.intervalMillis(1 + random.nextInt(10));
            default -> ForcePolicy.ALWAYS;
        };
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
        noteCheckpointed();
        log.open();
        assertThat(log.replayed()).as("after a clean end").isEqualTo(behind(log.restoredSequence()));
        model.check(log, history);
    }

    /** The records that a start with a checkpoint of this number replays. */
    private List<WalFixture.Seen> behind(long sequence) {
        return history.stream().filter(record -> record.sequence() > sequence).toList();
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
                asked = log.wal().appender().lastSequence();
            }
        } catch (SimulatedCrash | StorageFailedException end) {
            // the end of this life
        }
        noteConfirmed();
        noteCheckpointed();
        boolean powerLost = random.nextBoolean();
        end(powerLost);
        recover(powerLost);
    }

    /** What ends this life, if it does not just stop. */
    private void planFault() {
        switch (random.nextInt(6)) {
            case 0, 1 -> storage.crashAfterChanges(1 + random.nextInt(500));
            case 2 -> storage.failWriteAfter(random.nextInt(30_000));
            case 3 -> storage.failForceAfter(random.nextInt(50));
            case 4 -> storage.limitBytes(storage.usedBytes() + random.nextInt(30_000));
            default -> {}
        }
    }

    private void end(boolean powerLost) {
        if (powerLost) {
            storage.losePower();
        } else {
            storage.killProcess();
        }
    }

    /** Recovers, now and then in several attempts that die on the way. */
    private void recover(boolean powerLostBefore) throws IOException {
        boolean powerLost = powerLostBefore;
        for (int attempt = random.nextInt(3); attempt > 0; attempt--) {
            storage.crashAfterChanges(1 + random.nextInt(12));
            try {
                log.open();
                check(powerLost);
            } catch (SimulatedCrash crash) {
                // died while it recovered
            }
            boolean again = random.nextBoolean();
            powerLost |= again;
            end(again);
        }
        log.open();
        check(powerLost);
        List<WalFixture.Seen> once = log.replayed();
        storage.killProcess();
        log.open();
        assertThat(log.replayed().stream().map(CrashRun::content))
                .as("a second recovery")
                .isEqualTo(once.stream().map(CrashRun::content).toList());
        model.check(log, history);
        List<WalFixture.Seen> known = upTo(log.restoredSequence());
        known.addAll(log.replayed());
        history = known;
    }

    private List<WalFixture.Seen> upTo(long sequence) {
        return new ArrayList<>(
                history.stream().filter(record -> record.sequence() <= sequence).toList());
    }

    private void check(boolean powerLost) {
        List<WalFixture.Seen> found = upTo(log.restoredSequence());
        found.addAll(log.replayed());
        assertThat(found.size()).isLessThanOrEqualTo(history.size());
        assertThat(found.stream().map(CrashRun::content))
                .as("a prefix in order")
                .isEqualTo(history.subList(0, found.size()).stream()
                        .map(CrashRun::content)
                        .toList());
        boolean mustHoldAll = policy == ForcePolicy.ALWAYS || !powerLost;
        if (mustHoldAll) {
            assertThat(last(found)).as("the last confirmed record").isGreaterThanOrEqualTo(confirmed);
        }
        assertThat(log.wal().recovery().nextSequence())
                .as("a number never used before")
                .isGreaterThan(highestEver);
        // A start makes what it found durable.
        history = new ArrayList<>(history.subList(0, found.size()));
        confirmed = last(found);
        asked = confirmed;
        model.check(log, history);
    }

    /** Positions change when a survivor is rewritten; the rest must not. */
    private static String content(WalFixture.Seen seen) {
        return seen.sequence() + " " + seen.type() + " " + seen.text();
    }

    private static long last(List<WalFixture.Seen> records) {
        return records.isEmpty() ? 0 : records.get(records.size() - 1).sequence();
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
        boolean submitted = log.wal().appender().submit(force);
        if (submitted && force) {
            asked = log.wal().appender().lastSequence();
        }
        if (random.nextInt(3) > 0) {
            log.wal().agent().doWork(log.nowNanos());
        }
        for (int steps = random.nextInt(6); steps > 0; steps--) {
            log.wal().background().doWork(log.nowNanos());
        }
        model.settleSome(history);
        if (random.nextInt(25) == 0) {
            model.checkpoint(log, history);
        }
        log.drain().advance(random.nextInt(10_000_000));
        if (random.nextInt(20) == 0) {
            log.advance(2_000_000_000L);
            log.wal().appender().markIdle(log.nowNanos());
        }
        model.probe(log, history);
        noteConfirmed();
        noteCheckpointed();
    }

    private void append() {
        String text = "abc-".charAt(random.nextInt(4)) + " record " + texts++
                + "x".repeat(random.nextInt(random.nextInt(10) == 0 ? 900 : 60));
        if (log.wal().appender().roomFor(text.length()) != Room.YES) {
            return;
        }
        long sequence = log.append(text);
        history.add(new WalFixture.Seen(sequence, 1, text, log.wal().appender().position()));
        highestEver = Math.max(highestEver, sequence);
    }

    private void noteCheckpointed() {
        model.noteCheckpointed(log.wal().checkpointedSequence());
    }

    private void noteConfirmed() {
        long stored = log.wal().appender().storedSequence();
        if (asked <= stored) {
            confirmed = Math.max(confirmed, asked);
        }
    }
}
