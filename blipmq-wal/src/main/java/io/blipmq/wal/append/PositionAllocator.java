package io.blipmq.wal.append;

import io.blipmq.wal.Capacity;
import io.blipmq.wal.segment.Position;
import io.blipmq.wal.segment.SegmentCapacity;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;

/**
 * Decides where the next frame stands: in which segment, at which offset. Owned by the core thread.
 *
 * <p>The log thread writes frames where it is told to, so a record's position is known when it is appended. Only room
 * that is already claimed on disk is given out: the rest of the current segment, and prepared ones.
 */
public final class PositionAllocator {
    private final PreparedSegments prepared;
    private final int segmentBytes;

    private int ordinal;
    private int offset;
    private int limit;

    /** Continues in {@code current}, whose frames end at {@code offset}. */
    public PositionAllocator(PreparedSegments prepared, int segmentBytes, SegmentHeader current, int offset) {
        this.prepared = prepared;
        this.segmentBytes = segmentBytes;
        this.ordinal = current.ordinal();
        this.offset = offset;
        this.limit = SegmentCapacity.limit(current.capacity());
    }

    /**
     * Whether there is room.
     *
     * @param openBytes what the open frame takes, 0 without one
     * @param moreBytes what the record adds to it
     * @param freshBytes what a new frame with the record takes, in case it has to go to the next segment
     * @param reserveBytes how much claimed room has to remain
     */
    Capacity roomFor(int openBytes, int moreBytes, int freshBytes, long reserveBytes) {
        int spare = prepared.available();
        long left = limit - (long) offset - openBytes - moreBytes;
        if (left < 0) {
            spare--;
            left = SegmentCapacity.usableBytes(segmentBytes) - (long) freshBytes;
        }
        if (spare > 0 || spare == 0 && left >= reserveBytes) {
            return Capacity.YES;
        }
        return prepared.isFull() ? Capacity.FULL : Capacity.BUSY;
    }

    boolean fits(int bytes) {
        return bytes <= limit - offset;
    }

    /** Goes on in the next prepared segment. */
    void roll() {
        if (prepared.available() == 0) {
            throw new IllegalStateException("appended without asking for room");
        }
        prepared.take();
        ordinal++;
        offset = SegmentLayout.FIRST_FRAME;
        limit = SegmentCapacity.limit(segmentBytes);
    }

    /** A frame of {@code bytes} has been placed here. */
    void advance(int bytes) {
        offset += bytes;
    }

    int ordinal() {
        return ordinal;
    }

    int offset() {
        return offset;
    }

    long position() {
        return Position.of(ordinal, offset);
    }
}
