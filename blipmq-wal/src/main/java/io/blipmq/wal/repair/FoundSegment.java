package io.blipmq.wal.repair;

import io.blipmq.wal.recovery.SegmentChain;
import io.blipmq.wal.segment.SegmentHeader;
import java.util.Comparator;

/**
 * A file that holds a segment, under its own name or not, with a readable header or one that was worked out. Immutable.
 *
 * @param file its name on disk
 * @param restored whether the header in the file is damaged
 */
record FoundSegment(String file, SegmentHeader header, boolean restored) {
    static final Comparator<FoundSegment> LOG_ORDER =
            Comparator.comparing(FoundSegment::header, SegmentChain.LOG_ORDER);

    boolean isRenamed() {
        return !file.equals(header.name());
    }
}
