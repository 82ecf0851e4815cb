package io.blipmq.broker.memory;

import java.util.Arrays;

/**
 * Large chunks that nobody uses just now, kept for the next messages of about their size: a fresh one has to be filled
 * with zeros, and its memory is new to the processor's caches. Owned by the core thread.
 */
public final class SpareChunks {
    /** Bounds the search. */
    private static final int COUNT_MAX = 64;

    /** The one given back last, most likely still in a cache, is the last. */
    private final MemoryChunk[] chunks = new MemoryChunk[COUNT_MAX];

    private final ChunkTable table;
    private int count;
    private long bytes;

    public SpareChunks(ChunkTable table) {
        this.table = table;
    }

    /** @return one of at least the first and at most the second size, or null */
    public MemoryChunk take(int sizeMin, long sizeMax) {
        for (int i = count - 1; i >= 0; i--) {
            int size = chunks[i].bytes.length;
            if (size >= sizeMin && size <= sizeMax) {
                return remove(i);
            }
        }
        return null;
    }

    /** Keeps a chunk; {@link #trim} is to follow. */
    public void giveBack(MemoryChunk chunk) {
        if (count == COUNT_MAX) {
            table.remove(remove(0));
        }
        chunks[count++] = chunk;
        bytes += chunk.bytes.length;
    }

    /** Lets go of the oldest until what is kept is not more than this. */
    public void trim(long bytesMax) {
        int dropped = 0;
        while (bytes > bytesMax) {
            MemoryChunk oldest = chunks[dropped++];
            bytes -= oldest.bytes.length;
            table.remove(oldest);
        }
        if (dropped > 0) {
            System.arraycopy(chunks, dropped, chunks, 0, count - dropped);
            Arrays.fill(chunks, count - dropped, count, null);
            count -= dropped;
        }
    }

    private MemoryChunk remove(int index) {
        MemoryChunk removed = chunks[index];
        bytes -= removed.bytes.length;
        count--;
        System.arraycopy(chunks, index + 1, chunks, index, count - index);
        chunks[count] = null;
        return removed;
    }
}
