package io.blipmq.cli;

import java.util.concurrent.locks.LockSupport;

/** Owned by the thread that keeps to it. Lets so many things happen in a second, evenly. */
final class Rate {
    private final double perSecond;
    private final long startNanos = System.nanoTime();
    private long count;

    /** @param perSecond 0: as many as come */
    Rate(double perSecond) {
        this.perSecond = perSecond;
    }

    /** Waits for the next one's time. @return when it should have been */
    long await() {
        if (perSecond == 0) {
            return System.nanoTime();
        }
        long due = startNanos + (long) (count++ * 1e9 / perSecond);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return due;
    }
}
