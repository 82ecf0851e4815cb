package io.blipmq.wal.simulation;

import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;

/**
 * Every crash that a {@link Workload} can meet: before each of its storage calls, and after the last, the process is
 * killed or the machine loses power, with none, all, each prefix, and all but one of what was pending on the disk; and
 * every such start may die in the same ways. Each start is compared with the {@link Ledger}. Owned by the test's one thread.
 */
final class CrashPoints implements Workload.Session {
    private final Workload workload;
    private final ForcePolicy policy;
    private final StartsDie startsDie;
    private final Random random = new Random(1);
    private final WalOptions options;
    private final Ledger ledger;
    private final SimulatedStorage storage = new SimulatedStorage(1);
    private final WalFixture log;
    private boolean open;
    private boolean powerLost;
    private int texts;
    private long calls;
    private long points;

    /** What becomes of the machine at a crash point. */
    private interface End {
        void met(SimulatedStorage disk, boolean powerLost, String how) throws IOException;
    }

    /** After which crashes the start dies at each of its storage calls, too. */
    enum StartsDie {
        NEVER,
        AFTER_KILLS,
        ALWAYS
    }

    CrashPoints(Workload workload, ForcePolicy policy, StartsDie startsDie) {
        this.workload = workload;
        this.policy = policy;
        this.startsDie = startsDie;
        this.options = WalFixture.keyedOptions()
                .withForcePolicy(policy)
                .withLimits(SmallLimits.drawForReading(new Random(workload.ordinal())));
        this.ledger = new Ledger(policy, random);
        this.log = fixture(storage);
    }

    private WalFixture fixture(SimulatedStorage disk) {
        return new WalFixture(disk, options);
    }

    /** @return how many crash points there were */
    long run() throws IOException {
        storage.beforeChange(this::onCall);
        workload.run(this);
        onCall();
        return points;
    }

    private void onCall() {
        calls++;
        if (open) {
            ledger.note(log);
        }
        try {
            meetAll(storage, powerLost, "before call " + calls, this::startAfter);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- the ends

    private void meetAll(SimulatedStorage disk, boolean lostBefore, String when, End end) throws IOException {
        SimulatedStorage killed = disk.copy();
        killed.killProcess();
        meet(killed, lostBefore, when + ", killed", end);
        int names = disk.pendingNames();
        int sectors = disk.pendingSectors();
        boolean size = disk.isSizePending();
        losePower(disk, 0, none(), false, when + ", nothing kept", end);
        for (int kept = 1; kept <= names; kept++) {
            losePower(disk, kept, none(), false, when + ", " + kept + " names kept", end);
        }
        if (size) {
            losePower(disk, names, none(), true, when + ", sizes kept", end);
            losePower(disk, names, all(), false, when + ", all but sizes kept", end);
        }
        for (int prefix = 1; prefix < sectors; prefix++) {
            int count = prefix;
            losePower(disk, names, sector -> sector < count, true, when + ", " + count + " sectors kept", end);
        }
        for (int lost = 0; lost < sectors - 1; lost++) {
            int one = lost;
            losePower(disk, names, sector -> sector != one, true, when + ", sector " + one + " lost", end);
        }
        if (sectors > 0) {
            losePower(disk, names, all(), true, when + ", all kept", end);
        }
    }

    private static IntPredicate none() {
        return sector -> false;
    }

    private static IntPredicate all() {
        return sector -> true;
    }

    private void losePower(SimulatedStorage disk, int names, IntPredicate sectors, boolean sizes, String how, End end)
            throws IOException {
        SimulatedStorage dark = disk.copy();
        dark.losePower(names, sectors, sizes);
        meet(dark, true, how, end);
    }

    private void meet(SimulatedStorage disk, boolean lost, String how, End end) throws IOException {
        points++;
        try {
            end.met(disk, lost, how);
        } catch (CrashPointFailure e) {
            throw e;
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new CrashPointFailure(workload + ", " + policy + ", " + how + ": " + e, e);
        }
    }

    /** Says at which crash point a promise was broken. */
    private static final class CrashPointFailure extends AssertionError {
        CrashPointFailure(String message, Throwable cause) {
            super(message, cause);
        }
    }

    // ---- the starts

    private void startAfter(SimulatedStorage disk, boolean lost, String how) throws IOException {
        if (startsDie == StartsDie.ALWAYS || startsDie == StartsDie.AFTER_KILLS && !lost) {
            int[] call = new int[1];
            disk.beforeChange(() -> onCallOfStart(disk, lost, how + "; in the start, before call " + ++call[0]));
        }
        expectWhole(disk, lost, how);
    }

    private void onCallOfStart(SimulatedStorage disk, boolean lost, String when) {
        try {
            meetAll(disk, lost, when, this::expectWhole);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts, loses power, and starts once more: recovery twice equals recovery once, which made durable what it found. */
    private void expectWhole(SimulatedStorage disk, boolean lost, String how) throws IOException {
        WalFixture found = fixture(disk).open();
        disk.beforeChange(() -> {});
        ledger.verify(found, lost);
        List<String> once = Ledger.contents(found.replayed());
        disk.losePower(0, none(), false);
        found.open();
        if (!Ledger.contents(found.replayed()).equals(once)) {
            throw new AssertionError(
                    "a second start found " + found.replayed().size() + " records, the first " + once.size());
        }
    }

    // ---- the workload's side

    @Override
    public void start() throws IOException {
        log.open();
        ledger.onStarted(log, powerLost);
        powerLost = false;
        open = true;
    }

    @Override
    public void append(int bytes) {
        ledger.append(log, "abc-".charAt(texts % 4) + " record " + texts++ + "x".repeat(bytes));
    }

    @Override
    public void turn(boolean force) {
        ledger.submit(log, force);
        log.wal().agent().doWork(log.nowNanos());
        for (int step = 0; step < 4; step++) {
            log.wal().background().doWork(log.nowNanos());
        }
        log.drain().advance(3_000_000);
        ledger.note(log);
    }

    @Override
    public void take(int records) {
        submitOnly();
        log.drain(records);
        ledger.note(log);
    }

    @Override
    public void submitOnly() {
        ledger.submit(log, true);
        log.wal().agent().doWork(log.nowNanos());
    }

    @Override
    public void fill(int turns) {
        for (int turn = 0; turn < turns; turn++) {
            append(800);
            turn(true);
        }
    }

    @Override
    public void settle(int count) {
        for (int times = 0; times < count; times += 6) {
            ledger.model().settleSome(ledger.history());
        }
    }

    @Override
    public void checkpoint() {
        ledger.model().checkpoint(log, ledger.history());
        for (int step = 0; step < 200 && log.wal().isCheckpointing(); step++) {
            turn(true);
        }
    }

    @Override
    public void limitRoom(long bytes) {
        storage.limitBytes(bytes == Long.MAX_VALUE ? bytes : storage.usedBytes() + bytes);
    }

    @Override
    public void end(int how) throws IOException {
        if (how == 0) {
            log.stop();
            ledger.note(log);
            open = false;
        } else {
            ledger.note(log);
            open = false;
            powerLost = how == 2;
            storage.beforeChange(() -> {});
            if (powerLost) {
                storage.losePower(0.5);
            } else {
                storage.killProcess();
            }
            storage.beforeChange(this::onCall);
        }
        start();
    }
}
