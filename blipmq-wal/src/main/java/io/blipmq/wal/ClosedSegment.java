package io.blipmq.wal;

/**
 * A segment that gets no more records. Immutable.
 *
 * @param last the last record in it that counts; before the first when none does
 */
record ClosedSegment(SegmentHeader header, long last) {

    int ordinal() {
        return header.ordinal();
    }

    String name() {
        return header.name();
    }

    long first() {
        return header.first();
    }
}
