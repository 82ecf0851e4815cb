package io.blipmq.wal.segment;

import io.blipmq.wal.WalLimits;
import io.blipmq.wal.WalOptions;

/**
 * Checks that options leave the format of the files its room: for headers, frames and blocks. Stateless.
 *
 * <p>Options do not know the format, so a log checks them once, when it is opened.
 */
public final class FormatLimits {

    /** @throws IllegalArgumentException when no log can be kept with these options */
    public static void require(WalOptions options) {
        int segment = options.segmentBytes();
        int startSegment = options.startSegmentBytes();
        int chunk = options.chunkBytes();
        require(aligned(segment) && aligned(startSegment), "segments must be multiples of 8 bytes");
        require(
                SegmentCapacity.usableBytes(segment) - options.reserveBytes()
                        >= SegmentCapacity.frameBytes(options.recordBytesMax()),
                "a segment must hold its reserve and the longest record");
        require(SegmentCapacity.usableBytes(startSegment) >= 0, "startSegmentBytes must hold a header and a seal");
        require(aligned(chunk) && chunk >= SegmentCapacity.frameBytes(0), "chunkBytes must be a multiple of 8");
        require(options.limits());
    }

    private static void require(WalLimits limits) {
        require(limits.lookBackBytes() >= FrameLayout.ALIGNMENT, "a look back goes a step at least");
        require(
                limits.windowBytes() - limits.lookBackBytes() >= FrameLayout.HEADER_BYTES,
                "the window must hold the look back and a frame's header");
        require(
                limits.compactedFrameBytes() >= 10 * FrameLayout.HEADER_BYTES,
                "compacted frames must not be half headers, or what is compacted would be sparse again");
        require(
                limits.lostFrameBytes() >= 2 * FrameLayout.HEADER_BYTES && aligned(limits.lostFrameBytes()),
                "a lost frame must leave room for the next one's header");
        require(
                limits.indexBlockBytes() >= IndexLayout.HEADER_BYTES + Integer.BYTES,
                "an index block must hold the header");
    }

    private static boolean aligned(int bytes) {
        return bytes % FrameLayout.ALIGNMENT == 0;
    }

    private static void require(boolean holds, String relation) {
        if (!holds) {
            throw new IllegalArgumentException(relation);
        }
    }

    private FormatLimits() {}
}
