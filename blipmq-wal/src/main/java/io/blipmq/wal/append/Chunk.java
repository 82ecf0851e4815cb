package io.blipmq.wal.append;

import java.nio.ByteBuffer;

/**
 * A piece of memory that holds a stretch of one segment, byte for byte as it stands on disk once the log thread has
 * completed its frames. Shared by frames: the core thread fills frames and reads records, the log thread completes the
 * headers of submitted frames and writes them; they never touch the same bytes at the same time. Each has its own view,
 * because a buffer's position belongs to one thread.
 */
final class Chunk {
    final ByteBuffer coreView;
    final ByteBuffer logView;

    /** Owned by the core thread, as is everything below; the log thread sees the fields of frames only. */
    private long position;

    private int usedBytes;
    private int undrainedFrames;

    Chunk(int bytes) {
        coreView = ByteBuffer.allocateDirect(bytes);
        logView = coreView.duplicate();
    }

    int capacity() {
        return coreView.capacity();
    }

    /** Begins a new stretch at {@code position} of the log. */
    void begin(long newPosition) {
        position = newPosition;
        usedBytes = 0;
        undrainedFrames = 0;
    }

    /** Where the chunk's first byte is in the log. */
    long position() {
        return position;
    }

    /** Complete frames, in bytes. */
    int usedBytes() {
        return usedBytes;
    }

    void addFrame(int bytes) {
        usedBytes += bytes;
        undrainedFrames++;
    }

    void frameDrained() {
        undrainedFrames--;
    }

    boolean isDrained() {
        return undrainedFrames == 0;
    }

    /** Whether the {@code length} bytes at {@code wanted} are all here. */
    boolean holds(long wanted, int length) {
        return wanted >= position && wanted + length <= position + usedBytes;
    }
}
