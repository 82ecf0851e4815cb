package io.blipmq.broker.memory;

import java.util.Arrays;

/** Chunks by their numbers, and which log has each. Owned by the core thread. */
public final class ChunkTable {
    private MemoryChunk[] chunks = new MemoryChunk[64];
    private MemoryLog[] owners = new MemoryLog[64];
    /** Numbers that nobody has any more, as a stack; beyond {@link #size} none has been given out. */
    private int[] vacant = new int[64];

    private int vacantCount;
    private int size;

    public MemoryChunk create(int bytes) {
        int id = vacantCount > 0 ? vacant[--vacantCount] : size++;
        if (id == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * id);
            owners = Arrays.copyOf(owners, 2 * id);
            vacant = Arrays.copyOf(vacant, 2 * id);
        }
        MemoryChunk chunk = new MemoryChunk(id, bytes);
        chunks[id] = chunk;
        return chunk;
    }

    public void remove(MemoryChunk chunk) {
        chunks[chunk.id] = null;
        vacant[vacantCount++] = chunk.id;
    }

    public MemoryChunk at(int id) {
        return chunks[id];
    }

    public MemoryLog owner(int id) {
        return owners[id];
    }

    public void owner(int id, MemoryLog owner) {
        owners[id] = owner;
    }
}
