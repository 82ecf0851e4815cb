package io.blipmq.wal;

/** What the disk is known to hold. Thread-safe: the log thread writes, others read. */
final class DurableState {
    private volatile long forcedSequence;
    private volatile long markedSequence;

    DurableState(long forcedSequence) {
        this.forcedSequence = forcedSequence;
        this.markedSequence = forcedSequence;
    }

    /** The highest number that has been forced. */
    long forcedSequence() {
        return forcedSequence;
    }

    void forced(long sequence) {
        forcedSequence = sequence;
    }

    /** The highest durable mark in any frame that was written. */
    long markedSequence() {
        return markedSequence;
    }

    void marked(long sequence) {
        markedSequence = sequence;
    }
}
