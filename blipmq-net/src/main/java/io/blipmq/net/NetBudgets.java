package io.blipmq.net;

import io.blipmq.protocol.FrameLayout;

/**
 * How much direct memory the connections may take together, whatever peers send and however slowly they read. Immutable.
 *
 * @param assemblyBytes input that waits for the rest of its frame, or for the journal; beyond it every connection may
 *     still hold 1 KiB, and one frame may be taken in
 * @param outputBytes output that waits for its peer to read; connections that had nothing queued may exceed it by half
 *     together, and one message may do so beside
 * @param frameLengthMax the largest value that a frame's length field may have after AUTH; WELCOME says it
 */
public record NetBudgets(long assemblyBytes, long outputBytes, int frameLengthMax) {
    /** Strangers' part and a turn's reading, and something to share beside that. */
    private static final long ASSEMBLY_BYTES_MIN = 1 << 20;

    /** A few connections that are pushed to at once. */
    private static final long OUTPUT_BYTES_MIN = 1 << 19;

    /** Larger than what every connection may send in a frame that is assembled in the shared buffer. */
    private static final int FRAME_LENGTH_MIN = 1 << 18;

    /** What {@link #directBytesMax} adds up beside the budgets. */
    private static final NetLimits LIMITS = NetLimits.defaults();

    public NetBudgets {
        requireAtLeast("the budget for frame assembly", assemblyBytes, ASSEMBLY_BYTES_MIN);
        requireAtLeast("the budget for output", outputBytes, OUTPUT_BYTES_MIN);
        requireAtLeast("the largest frame", frameLengthMax, FRAME_LENGTH_MIN);
        if (frameLengthMax > FrameLayout.LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "the largest frame is " + frameLengthMax + " bytes; the protocol has " + FrameLayout.LENGTH_MAX);
        }
    }

    /** With frames of the largest size that the protocol has. */
    public NetBudgets(long assemblyBytes, long outputBytes) {
        this(assemblyBytes, outputBytes, FrameLayout.LENGTH_MAX);
    }

    /** The least direct memory with which so many connections and frames of that size can be served. */
    public static long directBytesMin(int connectionsMax, int frameLengthMax) {
        return least(0, frameLengthMax).directBytesMax(connectionsMax);
    }

    /** Shares out what is beyond the least: as much for input as for output. */
    public static NetBudgets ofDirectMemory(long directBytes, int connectionsMax, int frameLengthMax) {
        long left = directBytes - directBytesMin(connectionsMax, frameLengthMax);
        return least(left * 2 / 5, frameLengthMax);
    }

    /** While a slow peer sends or takes one frame of the largest size, the others still have room. */
    private static NetBudgets least(long more, int frameLengthMax) {
        long outputBytes = (long) frameLengthMax * ByteBudget.BEYOND_SHARE / (ByteBudget.BEYOND_SHARE + 1);
        return new NetBudgets(
                ASSEMBLY_BYTES_MIN + frameLengthMax + more, OUTPUT_BYTES_MIN + outputBytes + more, frameLengthMax);
    }

    /** The most that so many connections take, frame by frame and budget by budget. */
    public long directBytesMax(int connectionsMax) {
        long unbudgeted = (long) connectionsMax * LIMITS.unbudgetedBytes();
        long largeFrames = 2L * BufferPool.capacityFor(FrameLayout.frameBytes(frameLengthMax));
        return LIMITS.readBufferBytes() + LoopResources.DISCARD_BYTES + unbudgeted + largeFrames + sharedBytesMax();
    }

    /** What the buffers of the pool may take but for one frame that comes in and one that goes out beyond the budgets. */
    long sharedBytesMax() {
        return assemblyBytes + outputBytes + outputBytes / ByteBudget.BEYOND_SHARE;
    }

    private static void requireAtLeast(String what, long bytes, long bytesMin) {
        if (bytes < bytesMin) {
            throw new IllegalArgumentException(what + " is " + bytes + " bytes; it needs at least " + bytesMin);
        }
    }
}
