package io.blipmq.wal.append;

import io.blipmq.wal.ForcePolicy;
import java.util.concurrent.TimeUnit;

/**
 * Says when the log has to be forced. Owned by the thread that runs the log's turn.
 *
 * <p>Only records of turns that asked for it make a force due; the others ride along.
 */
final class ForceSchedule {
    /** No deadline. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long EVERY_N_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ForcePolicy policy;
    private long unforcedRecords;
    private boolean waiting;
    private long waitingSinceNanos;

    ForceSchedule(ForcePolicy policy) {
        this.policy = policy;
    }

    /** Whether a record counts as stored only once it is forced. */
    boolean storedMeansForced() {
        return policy.storedMeansForced();
    }

    /** @param forceWanted whether any record written and not yet forced belongs to a turn that asked for a force */
    void onWritten(long records, boolean forceWanted, long nowNanos) {
        unforcedRecords += records;
        if (forceWanted && !waiting) {
            waiting = true;
            waitingSinceNanos = nowNanos;
        }
    }

    void onForced() {
        unforcedRecords = 0;
        waiting = false;
    }

    boolean isDue(long nowNanos) {
        if (policy instanceof ForcePolicy.EveryN everyN && waiting && unforcedRecords >= everyN.records()) {
            return true;
        }
        return delayNanos(nowNanos) <= 0;
    }

    /** How long until a force is due if nothing more is written, {@link #NEVER} when none will be. */
    long delayNanos(long nowNanos) {
        return waiting && delayNanos() != NEVER ? delayNanos() - (nowNanos - waitingSinceNanos) : NEVER;
    }

    private long delayNanos() {
        if (policy instanceof ForcePolicy.Always) {
            return 0;
        } else if (policy instanceof ForcePolicy.EveryN) {
            return EVERY_N_DELAY_NANOS;
        } else if (policy instanceof ForcePolicy.IntervalMillis interval) {
            return TimeUnit.MILLISECONDS.toNanos(interval.millis());
        }
        return NEVER;
    }
}
