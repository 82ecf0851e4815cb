package io.blipmq.daemon.threads;

import io.blipmq.metrics.DutyCycle;
import java.util.function.Consumer;

/**
 * A thread that runs one agent's duty cycle: wait, then a turn, until somebody stops it. Thread-safe. A flag and a wakeup stop
 * it, never an interrupt: that would close the file channel that the agent is using.
 */
public final class AgentThread {
    /** An agent that is not woken looks around after this time. */
    static final long AWAIT_NANOS = 1_000_000_000L;

    private final Agent agent;
    private final DutyCycle dutyCycle;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private volatile boolean stopping;

    /** @param onFailure is told, on the agent's thread, what ended it if not {@link #stop} */
    public AgentThread(String name, Agent agent, Consumer<Throwable> onFailure) {
        this.agent = agent;
        this.dutyCycle = new DutyCycle(name, System.nanoTime());
        this.onFailure = onFailure;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Ends the thread after its turn and waits for it. */
    public void stop() throws InterruptedException {
        stopping = true;
        agent.wakeup();
        thread.join();
    }

    public DutyCycle dutyCycle() {
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
