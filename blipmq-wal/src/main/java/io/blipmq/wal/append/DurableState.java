package io.blipmq.wal.append;

/** What the disk is known to hold. Thread-safe: the log thread writes, others read; the background thread asks for more. */
public final class DurableState {
    private final Waker onRequested;
    private volatile long forcedSequence;
    private volatile long markedSequence;
    private volatile long requestedSequence;

    /** @param onRequested is raised when what was asked for has been forced */
    public DurableState(long forcedSequence, Waker onRequested) {
        this.forcedSequence = forcedSequence;
        this.markedSequence = forcedSequence;
        this.requestedSequence = forcedSequence;
        this.onRequested = onRequested;
    }

    /** The highest number that has been forced. */
    public long forcedSequence() {
        return forcedSequence;
    }

    /** The number is published before requests are looked at: who asks after that look finds the number. */
    public void forced(long sequence) {
        long before = forcedSequence;
        forcedSequence = sequence;
        if (requestedSequence > before) {
            onRequested.wake();
        }
    }

    /** Asks the log thread, which has to be woken, to force up to a number that has been written. */
    public void requestForce(long sequence) {
        requestedSequence = Math.max(requestedSequence, sequence);
    }

    public boolean isForceRequested() {
        return requestedSequence > forcedSequence;
    }

    /** The highest durable mark in any frame that was written. */
    long markedSequence() {
        return markedSequence;
    }

    void marked(long sequence) {
        markedSequence = sequence;
    }
}
