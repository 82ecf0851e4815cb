package io.blipmq.wal.append;

import io.blipmq.wal.segment.ClosedSegment;
import java.util.List;

/**
 * The closed segments that have an index. Thread-safe: the background thread publishes, the core thread reads.
 *
 * <p>A published list never changes, and its segments are deleted only after a list without them has been published.
 */
public final class IndexedSegments {
    private volatile List<ClosedSegment> segments = List.of();
    private volatile long through;

    /** @param through the checkpoint's number: of what it covers, all that is still needed is in closed segments */
    public IndexedSegments(long through) {
        this.through = through;
    }

    /** @param newThrough everything up to this number that is still needed is in one of them */
    public void publish(List<ClosedSegment> newSegments, long newThrough) {
        segments = List.copyOf(newSegments);
        through = newThrough;
    }

    /** In the order of their numbers. */
    public List<ClosedSegment> segments() {
        return segments;
    }

    public long through() {
        return through;
    }
}
