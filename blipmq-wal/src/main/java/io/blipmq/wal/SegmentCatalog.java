package io.blipmq.wal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which file holds the segment of an ordinal number. Thread-safe: the log thread adds, the core thread asks. */
final class SegmentCatalog {
    private final Map<Integer, String> names = new ConcurrentHashMap<>();

    void add(SegmentHeader header) {
        names.put(header.ordinal(), header.name());
    }

    /** The file's name, or null for a segment that is not there. */
    String name(int ordinal) {
        return names.get(ordinal);
    }

    int count() {
        return names.size();
    }
}
