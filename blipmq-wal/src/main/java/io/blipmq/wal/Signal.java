package io.blipmq.wal;

import java.util.concurrent.locks.LockSupport;

/** Wakes one waiting thread. Thread-safe: any thread raises, one thread waits. */
final class Signal {
    private volatile boolean raised;
    private volatile Thread waiter;

    void raise() {
        raised = true;
        Thread thread = waiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Waits until the signal is raised, for {@code nanos} at most, and lowers it. What was published before the signal
     * was raised is visible afterwards. May return early.
     */
    void await(long nanos) {
        waiter = Thread.currentThread();
        if (!raised && nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
        waiter = null;
        raised = false;
    }
}
