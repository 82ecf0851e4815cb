package io.blipmq.wal;

/**
 * How much the log does at once, holds in memory and keeps open: the limits that nobody sets. Immutable; the relations
 * between them are checked once, here, and those with the format of the files when a log is opened.
 *
 * <p>They are injected so that the simulations reach with a few records what lies beyond each of them. None of them shows in
 * the files, but for {@code indexBlockBytes}.
 *
 * @param windowBytes of a file in a reader's memory; a longer frame gets as much as it takes
 * @param lookBackBytes how far before a wanted record the beginning of its frame is looked for at first
 * @param longFrameBytes a longer frame is read back piece by piece; only one with a long record is so long
 * @param blockBytes handed to the system in one call
 * @param zeroBytes the same, of the zeros that claim room
 * @param copyBytes the same, where a file is copied
 * @param stepBytes read or written in one step of the background thread
 * @param forceBytes forced at once in the background, so that the log's own force never waits for a large one
 * @param compactedFrameBytes of a frame in a compacted segment, so that a reader can check the one that it needs
 * @param lostFrameBytes of a frame that stands for lost records
 * @param indexBlockBytes of an index file that are checked together; part of its format
 * @param indexOutputBlocks how many of them are written in one call
 * @param indexPieceNumbers of a key's list of records in memory while an index is made
 * @param historyBlocks blocks of index files in the core's memory, a power of two: 2 MiB, the directories of a few indexes
 *     with a hundred thousand keys each
 * @param backgroundBlocks blocks of index files in the background thread's memory, a power of two
 * @param openIndexesMax index files that the core keeps open; a reader of a long backlog needs one at a time
 * @param matchedListsMax keys of a segment whose lists a search by matcher may merge; with more it reads the records in their
 *     order
 * @param listRecords to begin with a key's list is taken to cost as much as to pass over so many records in their order
 * @param matchedBytesMax for a set of the keys of a segment that match: a bit for each, 131,072 keys; beyond, a search looks
 *     at the key of each record that it passes
 * @param matchedSetsMax such sets in memory, 1 MiB of them
 * @param searchSteps keys, and as many records, that one search by matcher looks at: some milliseconds
 * @param openSegmentsMax segments that the core keeps open to read records back; a sequential reader needs one
 * @param ringFrames between core and log thread, a power of two: turns that one force may take, with room to spare
 * @param spareChunks of the usual size, kept for use; more of them never fall free at once
 * @param countedMax indexes read per checkpoint to see what is dead; at least 2, for the newest segment comes first. One
 *     is due at the latest after a segment's worth of log, in which two million messages can be settled: eight segments of
 *     them when they are of a common length
 * @param mergedMax segments rewritten per checkpoint, so that it does not take long
 * @param shortRunMin short segments are rewritten although all of them may be needed, but only when there are as many as this
 * @param stepsBetweenSegments of other work, which gets its share when segments are wanted as fast as they are prepared:
 *     twice the steps in which compaction reads a segment
 */
public record WalLimits(
        int windowBytes,
        int lookBackBytes,
        int longFrameBytes,
        int blockBytes,
        int zeroBytes,
        int copyBytes,
        int stepBytes,
        int forceBytes,
        int compactedFrameBytes,
        int lostFrameBytes,
        int indexBlockBytes,
        int indexOutputBlocks,
        int indexPieceNumbers,
        int historyBlocks,
        int backgroundBlocks,
        int openIndexesMax,
        int matchedListsMax,
        int listRecords,
        int matchedBytesMax,
        int matchedSetsMax,
        int searchSteps,
        int openSegmentsMax,
        int ringFrames,
        int spareChunks,
        int countedMax,
        int mergedMax,
        int shortRunMin,
        int stepsBetweenSegments) {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    /** Open files in the least memory. */
    private static final int READBACK_FILES_MIN = 2;

    public WalLimits {
        require(lookBackBytes > 0 && windowBytes > lookBackBytes, "the window must hold the look back");
        require(longFrameBytes >= windowBytes, "a frame that fits into the window is not long");
        require(
                blockBytes > 0 && zeroBytes > 0 && copyBytes > 0 && stepBytes > 0 && forceBytes > 0,
                "work must make progress");
        require(compactedFrameBytes > 0 && lostFrameBytes > 0, "frames are not empty");
        require(indexBlockBytes > 0 && indexOutputBlocks > 0, "an index is written by blocks");
        require(indexPieceNumbers >= 2 && indexPieceNumbers % 2 == 0, "a record of an index takes two numbers");
        require(isPowerOfTwo(historyBlocks) && isPowerOfTwo(backgroundBlocks), "blocks are found by a mask");
        require(
                isPowerOfTwo(ringFrames) && ringFrames >= 8,
                "the ring must hold the frames of a record, and be found by a mask");
        require(openIndexesMax > 0 && openSegmentsMax > 0 && spareChunks >= 0, "a reader needs a file");
        require(
                matchedListsMax > 0 && listRecords > 0 && matchedBytesMax >= 0 && matchedSetsMax > 0 && searchSteps > 0,
                "a search by matcher must make progress");
        require(
                countedMax > 1 && mergedMax > 0 && shortRunMin > 1 && stepsBetweenSegments > 0,
                "compaction must make progress");
    }

    /** The product's. */
    public static WalLimits defaults() {
        return new WalLimits(
                256 * KIB,
                64 * KIB,
                MIB + 64 * KIB,
                MIB,
                256 * KIB,
                64 * KIB,
                MIB,
                4 * MIB,
                64 * KIB,
                MIB,
                4 * KIB,
                64,
                8 * KIB,
                512,
                64,
                32,
                1 * KIB,
                64,
                16 * KIB,
                64,
                8 * KIB,
                16,
                1 * KIB,
                4,
                16,
                16,
                8,
                128);
    }

    /**
     * How many segments may be open to read records back. Their windows may take as much memory as recent records do: where
     * that is little, few are open.
     */
    public int readbackFilesMax(int tailBytesMax) {
        return Math.min(openSegmentsMax, Math.max(READBACK_FILES_MIN, tailBytesMax / longFrameBytes));
    }

    private static boolean isPowerOfTwo(int number) {
        return Integer.bitCount(number) == 1;
    }

    private static void require(boolean holds, String relation) {
        if (!holds) {
            throw new IllegalArgumentException(relation);
        }
    }
}
