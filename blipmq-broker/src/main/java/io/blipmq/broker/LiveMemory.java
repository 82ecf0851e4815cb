package io.blipmq.broker;

/**
 * The memory of all waiting QoS 0 messages: chunks, a small pool of them, and one budget. Owned by the core thread.
 *
 * <p>When the budget is spent the oldest chunk of all gives way, whoever it belongs to, and the messages in it are lost
 * to the subscriptions that had not read them.
 */
final class LiveMemory {
    /** Small enough that a quiet topic costs little, large enough that a chunk change is rare. */
    static final int CHUNK_BYTES = 16 * 1024;

    private static final int POOLED_CHUNKS_MAX = 64;

    private final long bytesMax;
    private final LiveChunk[] pool = new LiveChunk[POOLED_CHUNKS_MAX];
    private int pooled;
    private long bytes;
    private LiveChunk oldest;
    private LiveChunk newest;

    LiveMemory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** A chunk with room for {@code bytesNeeded}, made by dropping the oldest ones where the budget asks for it. */
    LiveChunk take(LiveLog owner, int bytesNeeded, long firstNumber) {
        int size = Math.max(CHUNK_BYTES, bytesNeeded);
        while (oldest != null && bytes + size > bytesMax) {
            oldest.owner.dropOldestChunk();
        }
        LiveChunk chunk = size == CHUNK_BYTES && pooled > 0 ? pool[--pooled] : new LiveChunk(size);
        chunk.begin(owner, firstNumber);
        bytes += size;
        chunk.older = newest;
        if (newest == null) {
            oldest = chunk;
        } else {
            newest.newer = chunk;
        }
        newest = chunk;
        return chunk;
    }

    void giveBack(LiveChunk chunk) {
        bytes -= chunk.bytes.length;
        if (chunk.older == null) {
            oldest = chunk.newer;
        } else {
            chunk.older.newer = chunk.newer;
        }
        if (chunk.newer == null) {
            newest = chunk.older;
        } else {
            chunk.newer.older = chunk.older;
        }
        chunk.end();
        if (chunk.bytes.length == CHUNK_BYTES && pooled < pool.length) {
            pool[pooled++] = chunk;
        }
    }

    /** Bytes held by waiting messages, whole chunks counted. */
    long bytes() {
        return bytes;
    }
}
