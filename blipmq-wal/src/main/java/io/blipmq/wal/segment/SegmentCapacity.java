package io.blipmq.wal.segment;

/** Arithmetic of room in segments. Stateless. */
public final class SegmentCapacity {

    /** Where the last frame of records must end: the seal always has its place. */
    public static int limit(long capacity) {
        return (int) (capacity - FrameLayout.HEADER_BYTES);
    }

    /** What frames of records may take in a segment of {@code capacity} bytes. */
    public static int usableBytes(long capacity) {
        return limit(capacity) - SegmentLayout.FIRST_FRAME;
    }

    /** A frame with one record in it. */
    static int frameBytes(int bodyBytes) {
        return FrameLayout.HEADER_BYTES + FrameLayout.recordBytes(bodyBytes);
    }

    private SegmentCapacity() {}
}
