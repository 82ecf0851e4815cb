package io.blipmq.wal.background;

import io.blipmq.wal.segment.SegmentLayout;

/**
 * What is known about how much of a closed segment is still needed. Owned by the background thread.
 *
 * <p>What is dead stays dead, so an older count is an upper bound.
 */
final class SegmentFacts {
    private static final long UNKNOWN = Long.MAX_VALUE;

    private final long fileBytes;
    private long liveBytes = UNKNOWN;
    private long countedInCycle;
    private boolean damaged;

    SegmentFacts(long fileBytes) {
        this.fileBytes = fileBytes;
    }

    void counted(long newLiveBytes, long cycle) {
        liveBytes = newLiveBytes;
        countedInCycle = cycle;
    }

    boolean isCounted() {
        return liveBytes != UNKNOWN;
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

    /** Less than half of it is needed. */
    boolean isSparse() {
        return !damaged && liveBytes < (fileBytes - SegmentLayout.FIRST_FRAME) / 2;
    }

    /** So short that a number of neighbours are better off as one; all of it may be needed. */
    boolean isShort(long segmentBytes) {
        return !damaged && isCounted() && fileBytes < segmentBytes / 8;
    }
}
