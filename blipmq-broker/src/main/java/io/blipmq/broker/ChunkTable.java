package io.blipmq.broker;

import java.util.Arrays;

/** Chunks by their numbers, and which log has each. Owned by the core thread. */
final class ChunkTable {
    private LiveChunk[] chunks = new LiveChunk[64];
    private LiveLog[] owners = new LiveLog[64];
    /** Numbers that nobody has any more, as a stack; beyond {@link #size} none has been given out. */
    private int[] vacant = new int[64];

    private int vacantCount;
    private int size;

    LiveChunk create(int bytes) {
        int id = vacantCount > 0 ? vacant[--vacantCount] : size++;
        if (id == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * id);
            owners = Arrays.copyOf(owners, 2 * id);
            vacant = Arrays.copyOf(vacant, 2 * id);
        }
        LiveChunk chunk = new LiveChunk(id, bytes);
        chunks[id] = chunk;
        return chunk;
    }

    void remove(LiveChunk chunk) {
        chunks[chunk.id] = null;
        vacant[vacantCount++] = chunk.id;
    }

    LiveChunk at(int id) {
        return chunks[id];
    }

    LiveLog owner(int id) {
        return owners[id];
    }

    void owner(int id, LiveLog owner) {
        owners[id] = owner;
    }
}
