package io.blipmq.wal.append;

import io.blipmq.wal.segment.SegmentHeader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Which file holds the segment of an ordinal number. Thread-safe: the log thread and the background thread change it, the
 * core thread asks.
 */
public final class SegmentCatalog {
    private final ConcurrentMap<Integer, String> names = new ConcurrentHashMap<>();
    private volatile SegmentHeader current;
    private volatile int removals;

    public void add(SegmentHeader header) {
        names.put(header.ordinal(), header.name());
    }

    /** The log goes on in this segment. Those before it have been announced as closed. */
    public void begin(SegmentHeader header) {
        add(header);
        current = header;
    }

    /** The segment that is being written. */
    public SegmentHeader current() {
        return current;
    }

    public void remove(SegmentHeader header) {
        names.remove(header.ordinal());
        removals = removals + 1;
    }

    /** The file's name, or null for a segment that is not there. */
    String name(int ordinal) {
        return names.get(ordinal);
    }

    int count() {
        return names.size();
    }

    /** Changes whenever segments are removed, so that a reader knows when to look which of its files are still needed. */
    int removals() {
        return removals;
    }
}
