package io.blipmq.wal.append;

import java.util.concurrent.locks.LockSupport;

/** Wakes one waiting thread. Thread-safe: any thread wakes, one thread at a time waits. */
public final class Waker {
    private volatile boolean raised;
    private volatile Thread waiter;

    public void wake() {
        raised = true;
        Thread thread = waiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Waits for {@link #wake}, for {@code nanos} at most; one that came before the wait counts, once. What was published
     * before it is visible afterwards. May return early.
     *
     * @return whether it came; the caller has to see to it now, for nobody else learns of it
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
