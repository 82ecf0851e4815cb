package io.blipmq.daemon;

import io.blipmq.metrics.DutyCycle;
import java.util.function.Consumer;

/**
 * The two threads that run the core and the log. Thread-safe.
 *
 * <p>Each role has its thread: the core's hands frames over, the log's is woken, writes, forces, and wakes the other one, so
 * that both go on at once. While it is {@link Calm} the two wakeups cost more than that gives: then the core's thread runs
 * the log's turn itself, after its own.
 *
 * <p><b>A force that lasts</b> keeps nobody waiting who does not wait for it. The log thread watches those that the core's
 * thread runs ({@link LogWatch}); when one lasts, the two change places ({@link LogHolder}). The one goes on with the core;
 * the other one, when its force returns, finds that it is the log thread now. Nobody is interrupted.
 *
 * <p><b>No frame is left behind.</b> The core's thread may hold the wakeups for what a turn hands over, and then sees to it
 * itself when the turn has ended: it runs the log's turn, or wakes the log thread. It cannot lose the core in between: it
 * is replaced only in the log's turn, which began after these frames were handed over. Who learns from {@link
 * Log#awaitWork} that a turn is owed runs it once the log is free; a thread that becomes the log thread owes one from the
 * start, so that a debt outlives a change of places.
 */
final class AgentPair {
    /** The core's duty cycle, and what it hands to the log. */
    interface Core extends AgentRunner.Agent {
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
    interface Log extends AgentRunner.Duty {
        /**
         * Waits until there is work, the time is over, or the thread is unparked.
         *
         * @return whether a turn is owed
         */
        boolean awaitWork(long timeoutNanos);
    }

    private enum Role {
        CORE,
        LOG
    }

    private final Core core;
    private final Log log;
    private final Calm calm;
    private final Consumer<Throwable> onCoreFailure;
    private final Consumer<Throwable> onLogFailure;
    private final DutyCycle coreCycle = new DutyCycle("broker", System.nanoTime());
    private final DutyCycle logCycle = new DutyCycle("log", System.nanoTime());
    private final LogHolder holder = new LogHolder();
    private final Member first = new Member(Role.CORE);
    private final Member second = new Member(Role.LOG);
    private volatile boolean coreStopping;
    private volatile boolean logStopping;

    /**
     * @param calm is owned by the pair from now on
     * @param onCoreFailure is told, on the thread that fails, what ended the core if not {@link #stop}
     * @param onLogFailure the same of the log
     */
    AgentPair(Core core, Log log, Calm calm, Consumer<Throwable> onCoreFailure, Consumer<Throwable> onLogFailure) {
        this.core = core;
        this.log = log;
        this.calm = calm;
        this.onCoreFailure = onCoreFailure;
        this.onLogFailure = onLogFailure;
    }

    void start() {
        second.thread.start();
        first.thread.start();
    }

    /** Ends the core after its turn, then the log after its own, whoever runs them, and waits for both threads. */
    void stop() throws InterruptedException {
        coreStopping = true;
        core.wakeup();
        first.thread.join();
        second.thread.join();
    }

    DutyCycle coreCycle() {
        return coreCycle;
    }

    DutyCycle logCycle() {
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
                core.awaitWork(AgentRunner.AWAIT_NANOS);
                if (!runCoreTurn()) {
                    return Role.LOG;
                }
            }
            endLog();
            return null;
        }

        /** @return whether this thread still is the core's */
        private boolean runCoreTurn() {
            boolean held = calm.isCalm();
            core.holdWakeups(held);
            long before = core.submittedFrames();
            calm.onTurn(AgentRunner.runTurn(core, coreCycle));
            if (core.submittedFrames() == before) {
                return true;
            }
            calm.onHandOver(core.lastSequence());
            if (!held) {
                return true;
            }
            if (calm.isCalm() && holder.takeForCore()) {
                return runLogTurnOfCore();
            }
            log.wakeup();
            return true;
        }

        private boolean runLogTurnOfCore() {
            inLog = true;
            long startNanos = System.nanoTime();
            AgentRunner.runTurn(log, logCycle);
            long nanos = System.nanoTime() - startNanos;
            if (!holder.releaseFromCore()) {
                holder.release();
                return false;
            }
            inLog = false;
            calm.onForced(nanos);
            return true;
        }

        // ---- the log

        private Role runLog() {
            LogWatch watch = new LogWatch(holder, System.nanoTime());
            boolean owed = true;
            while (!logStopping) {
                if (owed && holder.take()) {
                    AgentRunner.runTurn(log, logCycle);
                    holder.release();
                    owed = false;
                }
                if (watch.findsTurnThatLasts(System.nanoTime()) && holder.replace(watch.look())) {
                    other().name(Role.LOG);
                    calm.onSlow();
                    return Role.CORE;
                }
                owed |= owed || !watch.isQuiet() ? log.awaitWork(LogWatch.LOOK_NANOS) : rest(watch);
            }
            return null;
        }

        private Member other() {
            return this == first ? second : first;
        }

        private boolean rest(LogWatch watch) {
            boolean unchanged = holder.beginRest(watch.look());
            boolean woken = unchanged && log.awaitWork(AgentRunner.AWAIT_NANOS);
            holder.endRest();
            return woken;
        }
    }
}
