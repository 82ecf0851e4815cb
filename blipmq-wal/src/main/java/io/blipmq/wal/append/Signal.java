package io.blipmq.wal.append;

import java.util.concurrent.locks.LockSupport;

/** Wakes one waiting thread. Thread-safe: any thread raises, one thread at a time waits. */
public final class Signal {
    private volatile boolean raised;
    private volatile Thread waiter;

    public void raise() {
        raised = true;
        Thread thread = waiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Waits until the signal is raised, for {@code nanos} at most, and lowers it. What was published before the signal
     * was raised is visible afterwards. May return early.
     *
     * @return whether it was raised; the caller has to look after that now, for nobody else is told
     */
    public boolean await(long nanos) {
        waiter = Thread.currentThread();
        if (!raised && nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
        waiter = null;
        if (!raised) {
            return false; // a raise that comes right now stays for the next time
        }
        raised = false;
        return true;
    }
}
