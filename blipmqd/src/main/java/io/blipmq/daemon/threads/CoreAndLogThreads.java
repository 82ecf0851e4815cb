package io.blipmq.daemon.threads;

import io.blipmq.metrics.DutyCycle;
import java.util.function.Consumer;

/**
 * The two threads that run the core and the log. Thread-safe.
 *
 * <p>Each role has its thread: the core's hands frames over, the log's is woken, writes, forces, and wakes the other one, so
 * that both go on at once. Where the two wakeups cost more than that gives, the core's thread runs the log's turn itself,
 * after its own: under a policy that makes records wait for the force, while the load is light ({@link LightLoad}); under
 * the others, whenever it hands over no more than {@value #WRITE_RECORDS_MAX} records, and without the force, which is left
 * to the log thread.
 *
 * <p><b>A force that lasts</b> delays nobody who does not wait for it. The log thread watches the turns of the log that the
 * core's thread runs ({@link SlowTurnWatch}); when one lasts, the two change places ({@link LogTurnOwner}). The watching
 * thread goes on with the core; the other one finds, when its force returns, that it is the log thread now. Nobody is
 * interrupted.
 *
 * <p><b>No frame is left behind.</b> The core's thread may hold the wakeups for what a turn hands over, and then takes care
 * of it itself when the turn has ended: it runs the log's turn, or wakes the log thread. It cannot lose the core in between:
 * it is replaced only in the log's turn, which began after these frames were handed over. A thread that learns from {@link
 * Log#awaitWork} that a turn is owed runs it once the log is free; a thread that becomes the log thread owes one from the
 * start, so that a debt outlives a change of places.
 */
public final class CoreAndLogThreads {
    /** The core's duty cycle, and what it hands to the log. */
    public interface Core extends Agent {
        /** The calling thread runs the turns from now on. */
        void adopt();

        /** Whether what a turn hands over to the log wakes nobody. */
        void holdWakeups(boolean hold);

        /** Frames handed over since the start. */
        long submittedFrames();

        /** The number of the last record in them. */
        long lastSequence();
    }

    /** The log's duty cycle. */
    public interface Log extends Duty {
        /**
         * Waits until there is work, the time is over, or the thread is unparked.
         *
         * @return whether a turn is owed
         */
        boolean awaitWork(long timeoutNanos);

        /**
         * Runs a turn that only writes; see {@link CoreShare#WRITES}.
         *
         * @return whether a whole turn is owed
         */
        boolean write(long nowNanos);
    }

    /** What the core's thread does of the log's work, by the policy under which records are stored. */
    public enum CoreShare {
        /** Records wait for their force: while the load is light, the core's thread runs whole turns of the log. */
        FORCES,
        /** Records wait for their write only: the core's thread writes, and the log thread forces. */
        WRITES
    }

    private enum Role {
        CORE,
        LOG
    }

    /** More records in one hand-over are worth two wakeups: the core goes on while the log thread writes them. */
    static final int WRITE_RECORDS_MAX = 512;

    private final Core core;
    private final Log log;
    private final CoreShare share;
    private final LightLoad load;
    private final Consumer<Throwable> onCoreFailure;
    private final Consumer<Throwable> onLogFailure;
    private final DutyCycle coreCycle = new DutyCycle("broker", System.nanoTime());
    private final DutyCycle logCycle = new DutyCycle("log", System.nanoTime());
    private final LogTurnOwner owner = new LogTurnOwner();
    private final Member first = new Member(Role.CORE);
    private final Member second = new Member(Role.LOG);
    private volatile boolean coreStopping;
    private volatile boolean logStopping;

    /**
     * @param onCoreFailure is told, on the thread that fails, what ended the core if not {@link #stop}
     * @param onLogFailure the same of the log
     */
    public CoreAndLogThreads(
            Core core, Log log, CoreShare share, Consumer<Throwable> onCoreFailure, Consumer<Throwable> onLogFailure) {
        this(core, log, share, new LightLoad(share == CoreShare.FORCES), onCoreFailure, onLogFailure);
    }

    /** @param load is owned by these threads from now on */
    CoreAndLogThreads(
            Core core,
            Log log,
            CoreShare share,
            LightLoad load,
            Consumer<Throwable> onCoreFailure,
            Consumer<Throwable> onLogFailure) {
        this.core = core;
        this.log = log;
        this.share = share;
        this.load = load;
        this.onCoreFailure = onCoreFailure;
        this.onLogFailure = onLogFailure;
    }

    public void start() {
        second.thread.start();
        first.thread.start();
    }

    /** Ends the core after its turn, then the log after its own, whoever runs them, and waits for both threads. */
    public void stop() throws InterruptedException {
        coreStopping = true;
        core.wakeup();
        first.thread.join();
        second.thread.join();
    }

    public DutyCycle coreCycle() {
        return coreCycle;
    }

    public DutyCycle logCycle() {
        return logCycle;
    }

    private void endLog() {
        logStopping = true;
        log.wakeup();
    }

    /** Owned by its thread. */
    private final class Member implements Runnable {
        private final Thread thread = new Thread(this);
        /** The one to play, null when it is over. */
        private Role role;
        /** Whether what goes on here, and may fail, is the log's. */
        private boolean inLog;

        Member(Role role) {
            this.role = role;
            thread.setDaemon(true);
            name(role);
        }

        /** So that a thread dump tells who does what. By its own thread, or by the one that takes its place. */
        private void name(Role newRole) {
            thread.setName((newRole == Role.CORE ? coreCycle : logCycle).agent());
        }

        @Override
        public void run() {
            try {
                while (role != null) {
                    name(role);
                    inLog = role == Role.LOG;
                    role = inLog ? runLog() : runCore();
                }
            } catch (Throwable failure) { // whatever ends an agent ends the daemon
                onFailure(failure);
            }
        }

        private void onFailure(Throwable failure) {
            if (inLog) {
                onLogFailure.accept(failure);
            } else {
                endLog();
                onCoreFailure.accept(failure);
            }
        }

        // ---- the core

        private Role runCore() {
            core.adopt();
            while (!coreStopping) {
                core.awaitWork(AgentThread.AWAIT_NANOS);
                if (!runCoreTurn()) {
                    return Role.LOG;
                }
            }
            endLog();
            return null;
        }

        /** @return whether this thread still is the core's */
        private boolean runCoreTurn() {
            boolean held = share == CoreShare.WRITES || load.isLight();
            core.holdWakeups(held);
            long framesBefore = core.submittedFrames();
            long sequenceBefore = core.lastSequence();
            load.onTurn(AgentThread.runTurn(core, coreCycle));
            if (core.submittedFrames() == framesBefore) {
                return true;
            }
            load.onHandOver(core.lastSequence());
            if (!held) {
                return true;
            }
            if (isWorthIt(core.lastSequence() - sequenceBefore) && owner.takeForCore()) {
                return runLogTurnOfCore();
            }
            log.wakeup();
            return true;
        }

        private boolean isWorthIt(long records) {
            return share == CoreShare.WRITES ? records <= WRITE_RECORDS_MAX : load.isLight();
        }

        private boolean runLogTurnOfCore() {
            inLog = true;
            long startNanos = System.nanoTime();
            logCycle.turnBegan(startNanos);
            boolean owed = runLogTurn(startNanos);
            long endNanos = System.nanoTime();
            logCycle.turnEnded(endNanos);
            if (!owner.releaseFromCore()) {
                owner.release();
                return false;
            }
            inLog = false;
            load.onForced(endNanos - startNanos);
            if (owed) {
                log.wakeup();
            }
            return true;
        }

        /** @return whether the log thread owes a turn now */
        private boolean runLogTurn(long nowNanos) {
            if (share == CoreShare.WRITES) {
                return log.write(nowNanos);
            }
            log.doWork(nowNanos);
            return false;
        }

        // ---- the log

        private Role runLog() {
            SlowTurnWatch watch = new SlowTurnWatch(owner, System.nanoTime());
            boolean owed = true;
            while (!logStopping) {
                if (owed && owner.take()) {
                    AgentThread.runTurn(log, logCycle);
                    owner.release();
                    owed = false;
                }
                if (watch.findsTurnThatLasts(System.nanoTime()) && owner.replace(watch.look())) {
                    other().name(Role.LOG);
                    load.onSlow();
                    return Role.CORE;
                }
                owed |= owed || !watch.isQuiet() ? log.awaitWork(SlowTurnWatch.LOOK_NANOS) : rest(watch);
            }
            return null;
        }

        private Member other() {
            return this == first ? second : first;
        }

        private boolean rest(SlowTurnWatch watch) {
            boolean unchanged = owner.beginRest(watch.look());
            boolean woken = unchanged && log.awaitWork(AgentThread.AWAIT_NANOS);
            owner.endRest();
            return woken;
        }
    }
}
