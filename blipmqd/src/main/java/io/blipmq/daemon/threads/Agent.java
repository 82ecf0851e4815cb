package io.blipmq.daemon.threads;

/** An agent as its thread sees it. */
public interface Agent extends Duty {
    /** Waits until there is work, or the time is over. */
    void awaitWork(long timeoutNanos);
}
