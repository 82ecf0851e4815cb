package io.blipmq.wal;

/**
 * What the log takes of the direct memory at most, part by part. Stateless.
 *
 * <p>A change to a buffer of the log needs a change to the sum here.
 */
public final class WalMemory {
    private WalMemory() {}

    /**
     * The most that a running log takes; a start takes less.
     *
     * @param recordBytesMax the longest record that is appended, read or moved
     */
    public static long directBytesMax(WalOptions options, long recordBytesMax) {
        WalLimits limits = options.limits();
        // What is not drained fills every chunk to more than half, except for one long record.
        long undrained = 2L * options.unstoredBytesMax() + options.chunkBytes();
        long tail = Math.max(Math.max(options.tailBytesMax(), undrained), recordBytesMax);
        long spares = (long) limits.spareChunks() * options.chunkBytes();
        long readback = (long) limits.readbackFilesMax(options.tailBytesMax()) * limits.longFrameBytes();
        long compaction =
                Math.max(limits.windowBytes(), recordBytesMax) + Math.max(limits.blockBytes(), recordBytesMax);
        // A step is written from the heap, by way of a direct buffer of the JDK.
        long checkpoint = limits.stepBytes();
        return tail + spares + readback + backgroundBytes(limits) + compaction + checkpoint;
    }

    /** Zeros of the ballast and of a prepared segment, an index in the making and its window, the scrub's window. */
    private static long backgroundBytes(WalLimits limits) {
        return 2L * limits.zeroBytes()
                + 2L * limits.windowBytes()
                + (long) limits.indexOutputBlocks() * limits.indexBlockBytes();
    }
}
