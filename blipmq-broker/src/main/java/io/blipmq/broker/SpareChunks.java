package io.blipmq.broker;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Chunks of unusual sizes that nobody uses just now, kept for the next message of about that size: a fresh one has to be
 * filled with zeros, and its memory is new to the processor's caches. Owned by the core thread.
 */
final class SpareChunks {
    /** Bounds the search. */
    private static final int COUNT_MAX = 64;
    /** The one given back last, most likely still in a cache, comes first. */
    private final ArrayDeque<LiveChunk> chunks = new ArrayDeque<>(COUNT_MAX + 1);

    private long bytes;

    /** @return one of at least the first and at most the second size, or null */
    LiveChunk take(int sizeMin, long sizeMax) {
        for (Iterator<LiveChunk> each = chunks.iterator(); each.hasNext(); ) {
            LiveChunk chunk = each.next();
            if (chunk.bytes.length >= sizeMin && chunk.bytes.length <= sizeMax) {
                each.remove();
                bytes -= chunk.bytes.length;
                return chunk;
            }
        }
        return null;
    }

    /** Keeps a chunk; {@link #trim} is to follow. */
    void giveBack(LiveChunk chunk) {
        chunks.addFirst(chunk);
        bytes += chunk.bytes.length;
    }

    /** Lets go of the oldest until what is kept is not more than this. */
    void trim(long bytesMax, ChunkTable table) {
        while (bytes > bytesMax || chunks.size() > COUNT_MAX) {
            LiveChunk oldest = chunks.removeLast();
            bytes -= oldest.bytes.length;
            table.remove(oldest);
        }
    }
}
