package io.blipmq.wal;

import java.util.List;

/**
 * The closed segments that have an index. Thread-safe: the background thread publishes, the core thread reads.
 *
 * <p>A published list never changes, and its segments are deleted only after a list without them has been published.
 */
final class IndexedSegments {
    private volatile List<ClosedSegment> segments = List.of();
    private volatile long through;

    /** @param through the checkpoint's number: of what it stands for, all that is still needed is in closed segments */
    IndexedSegments(long through) {
        this.through = through;
    }

    /** @param newThrough everything up to this number that is still needed is in one of them */
    void publish(List<ClosedSegment> newSegments, long newThrough) {
        segments = List.copyOf(newSegments);
        through = newThrough;
    }

    /** In the order of their numbers. */
    List<ClosedSegment> segments() {
        return segments;
    }

    long through() {
        return through;
    }
}
