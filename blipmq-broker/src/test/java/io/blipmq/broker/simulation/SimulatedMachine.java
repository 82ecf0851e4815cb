package io.blipmq.broker.simulation;

import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerClock;
import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.journal.LocalJournal;
import io.blipmq.wal.CheckpointHandler;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.WalEngine;
import io.blipmq.wal.simulation.SmallLimits;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A machine with a disk and clocks, and one daemon's broker and log on it. Owned by the simulation's thread. */
final class SimulatedMachine implements BrokerClock {
    private static final long RECORD_BYTES_MAX = 1_200;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final SimulatedStorage storage;
    private final BrokerOptions brokerOptions;
    private final WalOptions walOptions;
    private final LossWindow window;
    /** How often a checkpoint is due at least. */
    private final long checkpointNanos;

    private final Model model;
    private long nanos;
    /** What the clock of the wall said when {@link #nanos} was 0. */
    private long clockMillis = 1_700_000_000_000L;

    private Runnable onStored = () -> {};
    private Runnable onChange = () -> {};
    private Wal wal;
    private Broker broker;
    /** What the last start has found. */
    private Snapshots.Snapshot restored;
    /** The last command in the newest checkpoint that is on disk. */
    private long durableCheckpoint;

    SimulatedMachine(Random random, BrokerOptions brokerOptions, Model model) {
        this.storage = new SimulatedStorage(random.nextLong());
        this.brokerOptions = brokerOptions;
        this.model = model;
        ForcePolicy policy = policy(random);
        this.window = new LossWindow(policy);
        boolean checkpoints = random.nextInt(5) > 0;
        long checkpointBytes = checkpoints ? 512L << random.nextInt(6) : Long.MAX_VALUE;
        this.checkpointNanos = checkpoints ? 1_000_000L << random.nextInt(15) : Long.MAX_VALUE;
        int segmentBytes = 1_024 * (6 + random.nextInt(8));
        this.walOptions = WalOptions.defaults()
                .withForcePolicy(policy)
                .withSegments(segmentBytes, segmentBytes, (int) RECORD_BYTES_MAX, 512)
                .withMemory(
                        512 << random.nextInt(4),
                        random.nextInt(3) == 0 ? 65_536 : 200 << random.nextInt(4),
                        random.nextInt(2) * 8_192)
                .withLockWaitNanos(0)
                .withCheckpoints(checkpointBytes, checkpointNanos)
                .withLimits(SmallLimits.draw(random))
                .withRecordKey(LocalJournal.recordKey())
                .withNanoClock(this::nanoTime)
                .withJournalIds(() -> new UUID(random.nextLong(), random.nextLong()));
    }

    private static ForcePolicy policy(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> ForcePolicy.NONE;
            case 1 -> ForcePolicy.everyN(1 + random.nextInt(20));
            case 2 -> ForcePolicy.intervalMillis(1 + random.nextInt(500));
            default -> ForcePolicy.ALWAYS;
        };
    }

    // --- clocks

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long epochMillis() {
        return clockMillis + nanos / NANOS_PER_MILLI;
    }

    /** Somebody sets the clock. */
    void setClock(long millis) {
        clockMillis = Math.max(1, clockMillis + millis);
    }

    void passNanos(long passed) {
        nanos += passed;
    }

    /** Lets so much time pass that a checkpoint is due when there is anything new. */
    void passCheckpointInterval() {
        passNanos(Math.max(checkpointNanos, TimeUnit.SECONDS.toNanos(1)));
    }

    // --- the process

    /** Sets what happens in the middle of a log thread's step, when it says that something is stored. */
    void onStored(Runnable newOnStored) {
        onStored = newOnStored;
    }

    /** Sets what happens in the middle of a background thread's step, before a change of a file or of the directory. */
    void onChange(Runnable newOnChange) {
        onChange = newOnChange;
    }

    /**
     * Starts the daemon on what the disk holds.
     *
     * @param required the last command that must be there
     */
    void start(long required) throws IOException {
        List<Command> replayed = new ArrayList<>();
        restored = null;
        broker = Broker.open(brokerOptions, this, replay -> {
            CommandRecorder recorder = new CommandRecorder(replay, replayed::add);
            CheckpointHandler restore = (sequence, content) -> {
                restored = model.snapshots().find(sequence, content);
                recorder.onCheckpoint(content);
            };
            wal = WalEngine.open(storage, walOptions, restore, LocalJournal.replayTo(recorder));
            wal.agent().onStored(() -> onStored.run());
            return new JournalTap(LocalJournal.over(wal), model).journal();
        });
        long restoredSequence = restored == null ? 0 : restored.sequence();
        Check.that(
                restoredSequence >= durableCheckpoint,
                () -> "the checkpoint of " + durableCheckpoint + " was on disk, restored is " + restoredSequence);
        model.onRestart(restored, replayed, required, broker.appliedSequence(), nanos, epochMillis());
        model.checkBacklogs(broker);
        window.onStart(broker.appliedSequence());
    }

    void stepLog() {
        wal.agent().doWork(nanos);
        window.onLogStep(nanos, wal.appender().storedSequence());
    }

    /** @return how much was done */
    int stepBackground() {
        storage.beforeChange(onChange);
        try {
            return wal.background().doWork(nanos);
        } finally {
            storage.beforeChange(() -> {});
            noteCheckpoint();
        }
    }

    /** What is durable now cannot be lost any more. */
    private void noteCheckpoint() {
        if (wal.checkpointedSequence() > durableCheckpoint) {
            durableCheckpoint = wal.checkpointedSequence();
            model.snapshots().onDurable(durableCheckpoint);
        }
    }

    boolean isSealed() {
        return wal.agent().isSealed();
    }

    void close() throws IOException {
        wal.close();
        window.onSealed(broker.appliedSequence());
    }

    /** The last command that must survive what is going to happen. */
    long required(boolean powerLost) {
        return powerLost ? window.requiredAfterPowerLoss(model.history()) : window.requiredAfterKill(model.history());
    }

    /** The process dies; maybe because the machine does. */
    void crash(boolean powerLost) {
        if (powerLost) {
            storage.losePower();
        } else {
            storage.killProcess();
        }
    }

    boolean hasCheckpoints() {
        return checkpointNanos < Long.MAX_VALUE;
    }

    int segmentBytes() {
        return walOptions.segmentBytes();
    }

    WalLimits walLimits() {
        return walOptions.limits();
    }

    SimulatedStorage storage() {
        return storage;
    }

    Broker broker() {
        return broker;
    }

    @Override
    public String toString() {
        return walOptions.forcePolicy() + ", segments of " + walOptions.segmentBytes() + " bytes, "
                + walOptions.unstoredBytesMax() + " bytes unstored, a checkpoint every " + walOptions.checkpointBytes()
                + " bytes or " + checkpointNanos + " ns, " + walOptions.limits() + ", " + brokerOptions;
    }
}
