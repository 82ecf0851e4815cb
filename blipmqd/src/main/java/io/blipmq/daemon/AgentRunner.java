package io.blipmq.daemon;

import io.blipmq.metrics.DutyCycle;
import java.util.function.Consumer;

/**
 * A thread that runs one agent's duty cycle: wait, then a turn, until it is told to stop. Thread-safe. It is stopped by
 * a flag and a wakeup, never by an interrupt: that would close a file channel under the log's feet.
 */
final class AgentRunner {
    /** An agent that is not woken looks around after this time. */
    static final long AWAIT_NANOS = 1_000_000_000L;

    /** What an agent does, as a thread sees it that lets it do so. */
    interface Duty {
        /** Runs one turn. */
        int doWork(long nowNanos);

        /** Ends the wait before the next turn; called by any thread. */
        void wakeup();
    }

    /** An agent as its thread sees it. */
    interface Agent extends Duty {
        /** Waits until there is work, or the time is over. */
        void awaitWork(long timeoutNanos);
    }

    private final Agent agent;
    private final DutyCycle dutyCycle;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private volatile boolean stopping;

    /** @param onFailure is told, on the agent's thread, what ended it if not {@link #stop} */
    AgentRunner(String name, Agent agent, Consumer<Throwable> onFailure) {
        this.agent = agent;
        this.dutyCycle = new DutyCycle(name, System.nanoTime());
        this.onFailure = onFailure;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Ends the thread after its turn and waits for it. */
    void stop() throws InterruptedException {
        stopping = true;
        agent.wakeup();
        thread.join();
    }

    DutyCycle dutyCycle() {
        return dutyCycle;
    }

    private void run() {
        try {
            while (!stopping) {
                agent.awaitWork(AWAIT_NANOS);
                runTurn(agent, dutyCycle);
            }
        } catch (Throwable failure) { // whatever ends an agent ends the daemon
            onFailure.accept(failure);
        }
    }

    /** Runs one turn, and keeps the record of it; one that fails does not end. */
    static int runTurn(Duty agent, DutyCycle dutyCycle) {
        long nowNanos = System.nanoTime();
        dutyCycle.turnBegan(nowNanos);
        int work = agent.doWork(nowNanos);
        dutyCycle.turnEnded(System.nanoTime());
        return work;
    }
}
