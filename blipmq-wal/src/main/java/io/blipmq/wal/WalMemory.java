package io.blipmq.wal;

/**
 * What the log takes of the direct memory at most, part by part. Stateless.
 *
 * <p>Who changes a buffer of the log changes the sum here.
 */
public final class WalMemory {
    /** Zeros of the ballast and of a prepared segment, an index in the making, the scrub's window. */
    private static final long BACKGROUND_BYTES =
            2 * Zeros.BLOCK_BYTES + ReadWindow.BYTES + IndexOutput.BYTES + ReadWindow.BYTES;

    private WalMemory() {}

    /**
     * The most that a running log takes; a start takes less.
     *
     * @param recordBytesMax the longest record that is appended, read or moved
     */
    public static long directBytesMax(WalOptions options, long recordBytesMax) {
        // What is not drained fills every chunk to more than half, except for one long record.
        long undrained = 2L * options.unstoredBytesMax() + options.chunkBytes();
        long tail = Math.max(Math.max(options.tailBytesMax(), undrained), recordBytesMax);
        long spares = (long) Tail.SPARES_MAX * options.chunkBytes();
        long readback = (long) Readback.filesMax(options.tailBytesMax()) * ReadbackFile.FRAME_BYTES_MAX;
        long compaction =
                Math.max(ReadWindow.BYTES, recordBytesMax) + Math.max(CompactedWriter.WRITE_BYTES, recordBytesMax);
        // A step is written from the heap, by way of a direct buffer of the JDK.
        long checkpoint = CheckpointFile.STEP_BYTES;
        return tail + spares + readback + BACKGROUND_BYTES + compaction + checkpoint;
    }
}
