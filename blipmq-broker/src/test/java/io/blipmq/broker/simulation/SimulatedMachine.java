package io.blipmq.broker.simulation;

import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerClock;
import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.LocalJournal;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.SimulatedStorage;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** A machine with a disk and clocks, and one daemon's broker and log on it. Owned by the simulation's thread. */
final class SimulatedMachine implements BrokerClock {
    private static final long RECORD_BYTES_MAX = 1_024;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final SimulatedStorage storage;
    private final BrokerOptions brokerOptions;
    private final WalOptions walOptions;
    private final LossWindow window;
    private final Model model;
    private long nanos;
    private Runnable onStored = () -> {};
    private boolean inLogStep;
    private Wal wal;
    private Broker broker;

    SimulatedMachine(Random random, BrokerOptions brokerOptions, Model model) {
        this.storage = new SimulatedStorage(random.nextLong());
        this.brokerOptions = brokerOptions;
        this.model = model;
        ForcePolicy policy = policy(random);
        this.window = new LossWindow(policy);
        int segmentBytes = 1_024 * (6 + random.nextInt(8));
        this.walOptions = WalOptions.defaults()
                .withForcePolicy(policy)
                .withSegments(segmentBytes, segmentBytes, (int) RECORD_BYTES_MAX, 512)
                .withMemory(
                        512 << random.nextInt(4),
                        random.nextInt(3) == 0 ? 65_536 : 200 << random.nextInt(4),
                        random.nextInt(2) * 8_192)
                .withLockWaitNanos(0)
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
        return 1_700_000_000_000L + nanos / NANOS_PER_MILLI;
    }

    void passNanos(long passed) {
        nanos += passed;
    }

    // --- the process

    /** Sets what happens in the middle of a log thread's step, when it says that something is stored. */
    void onStored(Runnable newOnStored) {
        onStored = newOnStored;
    }

    /**
     * Starts the daemon on what the disk holds.
     *
     * @param required the last command that must be there
     */
    void start(long required) throws IOException {
        List<Command> replayed = new ArrayList<>();
        broker = Broker.open(brokerOptions, this, replay -> {
            wal = Wal.open(storage, walOptions, LocalJournal.replayTo(new CommandRecorder(replay, replayed::add)));
            wal.agent().onStored(() -> onStored.run());
            return new JournalTap(LocalJournal.over(wal.appender()), model);
        });
        model.onRestart(replayed, required, broker.appliedSequence(), nanos, epochMillis());
        window.onStart(broker.appliedSequence());
    }

    void stepLog() {
        inLogStep = true;
        try {
            wal.agent().doWork(nanos);
        } finally {
            inLogStep = false;
        }
        window.onLogStep(nanos, wal.appender().storedSequence());
    }

    boolean isInLogStep() {
        return inLogStep;
    }

    void stepPreparer() {
        wal.preparer().doWork(nanos);
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

    SimulatedStorage storage() {
        return storage;
    }

    Broker broker() {
        return broker;
    }

    @Override
    public String toString() {
        return walOptions.forcePolicy() + ", segments of " + walOptions.segmentBytes() + " bytes, "
                + walOptions.unstoredBytesMax() + " bytes unstored, " + brokerOptions;
    }
}
