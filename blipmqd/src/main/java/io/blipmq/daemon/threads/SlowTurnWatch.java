package io.blipmq.daemon.threads;

/**
 * Notices a turn of the log that the core's thread runs and that lasts. Owned by the log thread.
 *
 * <p>It looks again after {@link #LOOK_NANOS}, for as long as anything changes from look to look.
 */
final class SlowTurnWatch {
    /** A force that the core's thread runs may keep the core waiting for this, and once more until the look that finds it. */
    static final long LOOK_NANOS = 2_000_000L;

    private final LogTurnOwner owner;
    private long look;
    private long lookNanos;
    private boolean quiet;

    SlowTurnWatch(LogTurnOwner owner, long nowNanos) {
        this.owner = owner;
        this.look = owner.look();
        this.lookNanos = nowNanos;
    }

    /**
     * Looks.
     *
     * @return whether the core's thread is in the same turn of the log as it was {@link #LOOK_NANOS} ago
     */
    boolean findsTurnThatLasts(long nowNanos) {
        long newLook = owner.look();
        if (newLook != look) {
            look = newLook;
            lookNanos = nowNanos;
            quiet = false;
            return false;
        }
        boolean due = nowNanos - lookNanos >= LOOK_NANOS;
        quiet |= due;
        return due && LogTurnOwner.isCores(look);
    }

    /** What was found last. */
    long look() {
        return look;
    }

    /** Whether nothing has changed, and so nobody has to be watched until something does. */
    boolean isQuiet() {
        return quiet && !LogTurnOwner.isCores(look);
    }
}
