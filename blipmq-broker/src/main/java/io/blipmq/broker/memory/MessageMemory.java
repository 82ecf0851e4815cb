package io.blipmq.broker.memory;

/**
 * The memory of all {@link MemoryLog}s: chunks, a small pool of them, and one budget. Owned by the core thread.
 *
 * <p>When the budget is spent the oldest chunk of all gives way, whoever it belongs to, and the messages in it are lost
 * to the subscriptions that had not read them. Spare large chunks are kept only as far as the budget has room.
 *
 * <p>Chunks are known by their numbers, and who owns one stands in a table here. A reference to a chunk in each of a hundred
 * thousand topics, set and cleared with every message, is work for the collector, which has to note every such change in an
 * old object; a number is none (docs/decisions/0022).
 */
public final class MessageMemory {
    /** Spare large chunks may take this share of the budget. */
    private static final int SPARE_SHARE = 8;
    /** One may be larger than what is needed by this share of it; it counts whole in the budget. */
    private static final int SPARE_WASTE_SHARE = 4;

    private final long bytesMax;
    private final ChunkSizes sizes;
    /** For logs that were empty. */
    private final Pool smallPool;
    /** For logs that go on. A batch gets a larger chunk, and a message that is larger still one of its own size. */
    private final Pool pool;

    private final ChunkTable table = new ChunkTable();
    private final SpareChunks spares = new SpareChunks(table);
    private long bytes;
    private int oldest = MemoryChunk.NONE;
    private int newest = MemoryChunk.NONE;

    /** Chunks of one size that nobody uses just now. */
    private final class Pool {
        private final int chunkBytes;
        private final int[] ids;
        private int count;

        Pool(int chunkBytes, int countMax) {
            this.chunkBytes = chunkBytes;
            this.ids = new int[countMax];
        }

        MemoryChunk take() {
            return count > 0 ? table.at(ids[--count]) : table.create(chunkBytes);
        }

        void giveBack(MemoryChunk chunk) {
            if (count < ids.length) {
                ids[count++] = chunk.id;
            } else {
                table.remove(chunk);
            }
        }
    }

    public MessageMemory(long bytesMax, ChunkSizes sizes) {
        this.bytesMax = bytesMax;
        this.sizes = sizes;
        this.smallPool = new Pool(sizes.smallBytes(), sizes.pooledSmall());
        this.pool = new Pool(sizes.bytes(), sizes.pooled());
    }

    /** The chunk with that number, which has not been given back. */
    public MemoryChunk at(int id) {
        return table.at(id);
    }

    /**
     * A chunk, for which the oldest ones are dropped where the budget asks for it.
     *
     * @param bytesNeeded it has room for these in any case
     * @param bytesWanted it had better have room for these
     * @param first whether the log is empty
     */
    public MemoryChunk take(MemoryLog owner, int bytesNeeded, int bytesWanted, boolean first, long firstNumber) {
        int size = Math.max(usualBytes(bytesWanted, first), bytesNeeded);
        while (oldest != MemoryChunk.NONE && bytes + size > bytesMax) {
            table.owner(oldest).dropOldestChunk();
        }
        MemoryChunk chunk = chunk(size);
        chunk.begin(firstNumber, owner.isOfSeveralTopics());
        table.owner(chunk.id, owner);
        bytes += chunk.bytes.length;
        trimSpares(bytes);
        chunk.older = newest;
        if (newest == MemoryChunk.NONE) {
            oldest = chunk.id;
        } else {
            at(newest).newer = chunk.id;
        }
        newest = chunk.id;
        return chunk;
    }

    private int usualBytes(int bytesWanted, boolean first) {
        if (first && bytesWanted <= sizes.smallBytes()) {
            return sizes.smallBytes();
        }
        return bytesWanted <= sizes.bytes() ? sizes.bytes() : sizes.largeBytes();
    }

    private MemoryChunk chunk(int size) {
        if (size == sizes.smallBytes()) {
            return smallPool.take();
        }
        return size == sizes.bytes() ? pool.take() : largeChunk(size);
    }

    private MemoryChunk largeChunk(int size) {
        MemoryChunk spare = spares.take(size, size + (long) size / SPARE_WASTE_SHARE);
        if (spare != null) {
            return spare;
        }
        trimSpares(bytes + size);
        return table.create(size);
    }

    private void trimSpares(long usedBytes) {
        spares.trim(Math.max(0, Math.min(bytesMax / SPARE_SHARE, bytesMax - usedBytes)));
    }

    public void giveBack(MemoryChunk chunk) {
        bytes -= chunk.bytes.length;
        if (chunk.older == MemoryChunk.NONE) {
            oldest = chunk.newer;
        } else {
            at(chunk.older).newer = chunk.newer;
        }
        if (chunk.newer == MemoryChunk.NONE) {
            newest = chunk.older;
        } else {
            at(chunk.newer).older = chunk.older;
        }
        table.owner(chunk.id, null);
        keep(chunk);
    }

    private void keep(MemoryChunk chunk) {
        if (chunk.bytes.length == sizes.smallBytes()) {
            smallPool.giveBack(chunk);
        } else if (chunk.bytes.length == sizes.bytes()) {
            pool.giveBack(chunk);
        } else {
            spares.giveBack(chunk);
            trimSpares(bytes);
        }
    }

    /** Bytes held by waiting messages, whole chunks counted. */
    public long bytes() {
        return bytes;
    }
}
