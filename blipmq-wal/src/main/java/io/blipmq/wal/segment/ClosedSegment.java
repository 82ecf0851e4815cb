package io.blipmq.wal.segment;

/**
 * A segment that gets no more records. Immutable.
 *
 * @param last the last record in it that counts; before the first when none does
 */
public record ClosedSegment(SegmentHeader header, long last) {

    public int ordinal() {
        return header.ordinal();
    }

    public String name() {
        return header.name();
    }

    public long first() {
        return header.first();
    }
}
