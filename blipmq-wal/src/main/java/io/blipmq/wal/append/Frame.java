package io.blipmq.wal.append;

/**
 * One frame on its way from the core to the log thread: where its bytes are and where they go. Owned by the core thread
 * until submitted; read-only from then until the {@link FrameRing} gives its slot back.
 */
final class Frame {
    Chunk chunk;
    /** In the chunk. */
    int start;

    int length;
    int kind;
    int count;
    long first;
    /** The last sequence number up to and including this frame; without records, of the one before. */
    long last;

    int ordinal;
    /** In the segment. */
    int offset;

    long submitNanos;
}
