package io.blipmq.wal.background;

import io.blipmq.wal.append.IndexedSegments;
import io.blipmq.wal.append.SegmentCatalog;
import io.blipmq.wal.append.Waker;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.SegmentHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The closed segments, in the order of their numbers, and how far they are indexed. Owned by the background thread, except
 * {@link #closed}.
 */
public final class SegmentInventory {
    private final SegmentCatalog catalog;
    private final IndexedSegments indexed;
    private final Waker wakeup;
    private final Queue<ClosedSegment> arriving = new ConcurrentLinkedQueue<>();
    private final List<ClosedSegment> segments;
    /** How many of the segments, from the first on, have an index. */
    private int indexedCount;

    public SegmentInventory(
            SegmentCatalog catalog, IndexedSegments indexed, Waker wakeup, List<ClosedSegment> segments) {
        this.catalog = catalog;
        this.indexed = indexed;
        this.wakeup = wakeup;
        this.segments = new ArrayList<>(segments);
        this.indexedCount = segments.size();
        publish();
    }

    /** A segment gets no more records. Thread-safe. */
    public void closed(SegmentHeader header, long last) {
        arriving.add(new ClosedSegment(header, last));
        wakeup.wake();
    }

    /** The segment to index next, or null. */
    ClosedSegment unindexed() {
        takeIn();
        return indexedCount < segments.size() ? segments.get(indexedCount) : null;
    }

    void indexed() {
        indexedCount++;
        publish();
    }

    /**
     * Where the log goes on: the oldest segment that may hold records above {@code sequence}. Null while the log rolls from
     * one segment to the next, or while one up to that number has no index yet.
     */
    SegmentHeader replayFrom(long sequence) {
        // In this order: the segments before the current one have arrived by now.
        SegmentHeader current = catalog.current();
        takeIn();
        for (int index = 0; index < segments.size(); index++) {
            ClosedSegment segment = segments.get(index);
            if (segment.last() > sequence) {
                return segment.header();
            }
            if (index >= indexedCount) {
                return null;
            }
        }
        boolean rolling =
                !segments.isEmpty() && segments.get(segments.size() - 1).ordinal() == current.ordinal();
        return rolling ? null : current;
    }

    /** The segments that hold nothing above {@code sequence}; they all have an index once {@link #replayFrom} has answered. */
    List<ClosedSegment> through(long sequence) {
        int end = 0;
        while (end < indexedCount && segments.get(end).last() <= sequence) {
            end++;
        }
        return List.copyOf(segments.subList(0, end));
    }

    /**
     * Puts what is left in the place of the oldest segments. Not of all up to the checkpoint's number: the segment at which
     * replay begins may have been closed and indexed meanwhile, with that very number as its last.
     *
     * @param replaced what {@link #through} answered when the checkpoint began
     */
    void replace(List<ClosedSegment> replaced, List<ClosedSegment> left) {
        List<ClosedSegment> oldest = segments.subList(0, replaced.size());
        assert oldest.equals(replaced);
        oldest.clear();
        segments.addAll(0, left);
        indexedCount += left.size() - replaced.size();
        publish();
    }

    private void takeIn() {
        for (ClosedSegment next = arriving.poll(); next != null; next = arriving.poll()) {
            segments.add(next);
        }
    }

    private void publish() {
        long through = indexedCount == 0 ? 0 : segments.get(indexedCount - 1).last();
        indexed.publish(segments.subList(0, indexedCount), Math.max(through, indexed.through()));
    }
}
