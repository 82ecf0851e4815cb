package io.blipmq.daemon.threads;

/** What an agent does, as a thread sees it that lets it do so. */
public interface Duty {
    /**
     * Runs one turn.
     *
     * @return how much was done, 0 when idle
     */
    int doWork(long nowNanos);

    /** Ends the wait before the next turn; called by any thread. */
    void wakeup();
}
