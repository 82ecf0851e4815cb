package io.blipmq.broker;

/**
 * How far a request about scheduled messages has come that takes more than one turn, and its answer then. Owned by the core
 * thread; each client has its own.
 */
public final class ScheduleProgress {
    private boolean underWay;
    private long bucket;
    private long from;
    private boolean cancelled;
    private long next;

    boolean isUnderWay() {
        return underWay;
    }

    /** The bucket that it goes on with, or the first one behind it. */
    long bucket() {
        return bucket;
    }

    /** The first number that is still to be looked at in that bucket. */
    long from() {
        return from;
    }

    void goOnAt(long newBucket, long newFrom) {
        underWay = true;
        bucket = newBucket;
        from = newFrom;
    }

    Outcome cancelled(boolean wasScheduled) {
        underWay = false;
        cancelled = wasScheduled;
        return Outcome.DONE;
    }

    Outcome listed(long newNext) {
        underWay = false;
        next = newNext;
        return Outcome.DONE;
    }

    Outcome stop(Outcome refusal) {
        underWay = false;
        return refusal;
    }

    /** Of a cancellation: whether the message was still scheduled. */
    public boolean isCancelled() {
        return cancelled;
    }

    /** Of a listing: the cursor to go on with, or 0 when that was all. */
    public long next() {
        return next;
    }
}
