package io.blipmq.wal.append;

import io.blipmq.wal.WalOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The end of the log in memory: the chunks that were filled last, oldest first. Owned by the core thread.
 *
 * <p>Chunks whose frames are drained stay for reading back until the budget needs them; then they are filled again, so a
 * steady flow allocates nothing. Chunks with undrained frames are never taken, so the budget is exceeded only by as much
 * as backpressure allows to be undrained.
 */
public final class TailCache {
    private final int chunkBytes;
    private final int bytesMax;
    private final int sparesMax;
    private final List<Chunk> chunks = new ArrayList<>();
    private final Deque<Chunk> spares = new ArrayDeque<>();
    private long bytes;

    public TailCache(WalOptions options) {
        this.chunkBytes = options.chunkBytes();
        this.bytesMax = options.tailBytesMax();
        this.sparesMax = options.limits().spareChunks();
    }

    /** A chunk with room for at least {@code bytesMin}, placed at {@code position}, as the newest of the tail. */
    Chunk extend(int bytesMin, long position) {
        int wanted = Math.max(chunkBytes, bytesMin);
        shrinkFor(wanted);
        Chunk chunk = take(wanted);
        chunk.begin(position);
        chunks.add(chunk);
        bytes += chunk.capacity();
        return chunk;
    }

    private void shrinkFor(int wanted) {
        while (!chunks.isEmpty() && chunks.get(0).isDrained() && bytes + wanted > bytesMax) {
            Chunk oldest = chunks.remove(0);
            bytes -= oldest.capacity();
            if (spares.size() < sparesMax) {
                spares.add(oldest);
            }
        }
    }

    /**
     * Reuses a spare that is large enough, unless a common record would waste a chunk made for a long one. Other spares of
     * long records are not kept: the budget does not count them.
     */
    private Chunk take(int wanted) {
        for (Chunk spare : spares) {
            if (spare.capacity() >= wanted && spare.capacity() / 4 <= wanted) {
                spares.remove(spare);
                spares.removeIf(other -> other.capacity() > chunkBytes);
                return spare;
            }
        }
        spares.clear();
        return new Chunk(wanted);
    }

    /** The chunk that holds these bytes of the log, or null when they have left memory. */
    Chunk find(long position, int length) {
        int low = 0;
        int high = chunks.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Chunk chunk = chunks.get(middle);
            if (chunk.holds(position, length)) {
                return chunk;
            }
            if (position < chunk.position()) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return null;
    }

    int bytesMax() {
        return bytesMax;
    }
}
