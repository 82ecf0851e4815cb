package io.blipmq.wal;

/**
 * What is known about how much of a closed segment is still needed. Owned by the background thread.
 *
 * <p>What is dead stays dead, so an older count is an upper bound.
 */
final class SegmentFacts {
    static final long UNKNOWN = Long.MAX_VALUE;

    private final long fileBytes;
    private long liveBytes = UNKNOWN;
    private long wholeBytes = UNKNOWN;
    private long countedInCycle;
    private boolean damaged;

    SegmentFacts(long fileBytes) {
        this.fileBytes = fileBytes;
    }

    void counted(long newLiveBytes, long cycle) {
        liveBytes = newLiveBytes;
        countedInCycle = cycle;
    }

    /** Every record was live when they were counted. */
    void countedWhole(long bytes) {
        wholeBytes = bytes;
    }

    /** What the records take together; {@link #UNKNOWN} before a count that found all of them live. */
    long wholeBytes() {
        return wholeBytes;
    }

    /** It cannot be read in whole, so it is left alone until nothing in it is needed. */
    void damaged(long cycle) {
        damaged = true;
        countedInCycle = cycle;
    }

    long fileBytes() {
        return fileBytes;
    }

    /** What the live records would take in a compacted segment, at most. */
    long liveBytes() {
        return liveBytes;
    }

    /** When it was counted last; 0 for never. */
    long countedInCycle() {
        return countedInCycle;
    }

    boolean isDead() {
        return liveBytes == 0;
    }

    boolean isDamaged() {
        return damaged;
    }

    /** Less than half of it is needed. */
    boolean isSparse() {
        return !damaged && liveBytes < (fileBytes - SegmentLayout.FIRST_FRAME) / 2;
    }

    /** So short that a number of neighbours are better off as one; all of it may be needed. */
    boolean isShort(long segmentBytes) {
        return !damaged && liveBytes != UNKNOWN && fileBytes < segmentBytes / 8;
    }
}
