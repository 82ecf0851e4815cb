package io.blipmq.net;

import io.blipmq.protocol.FrameLayout;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Direct buffers in a few sizes, kept for the next one who needs them. Owned by the broker thread.
 *
 * <p>Sizes double from 1 KiB to 16 MiB; the large ones have a little more, so that a message whose size is a power of
 * two still fits together with its frame's header and topic. A buffer that the pool has no place for is left to the
 * garbage collector.
 */
final class BufferPool {
    private static final int SMALLEST_BYTES = 1024;
    private static final int SIZES = 15;
    /** From 64 KiB on: more than the header and the longest topic, and little beside the buffer itself. */
    private static final int FIRST_SLACK_SIZE = 6;

    private static final int SLACK_BYTES = 2048;

    private final ByteBufferStack[] free = new ByteBufferStack[SIZES];
    private final long retainedBytesMax;
    private long retainedBytes;

    BufferPool(long retainedBytesMax) {
        this.retainedBytesMax = retainedBytesMax;
        for (int size = 0; size < SIZES; size++) {
            free[size] = new ByteBufferStack();
        }
        assert capacity(SIZES - 1) >= FrameLayout.FRAME_BYTES_MAX;
    }

    /** The capacity of the buffer that {@link #take} gives for so many bytes. */
    static int capacityFor(int bytes) {
        return capacity(sizeFor(bytes));
    }

    /** @return a cleared buffer with room for at least so many bytes */
    ByteBuffer take(int bytes) {
        int size = sizeFor(bytes);
        ByteBuffer buffer = free[size].pollLast();
        if (buffer == null) {
            return ByteBuffer.allocateDirect(capacity(size));
        }
        retainedBytes -= buffer.capacity();
        return buffer.clear();
    }

    /** Takes back a buffer that nobody uses any more. */
    void give(ByteBuffer buffer) {
        if (retainedBytes + buffer.capacity() <= retainedBytesMax) {
            retainedBytes += buffer.capacity();
            free[sizeFor(buffer.capacity())].addLast(buffer);
        }
    }

    private static int sizeFor(int bytes) {
        int size = 0;
        while (capacity(size) < bytes) {
            size++;
        }
        return size;
    }

    private static int capacity(int size) {
        if (size >= SIZES) {
            throw new IllegalArgumentException("no frame is larger than " + FrameLayout.FRAME_BYTES_MAX + " bytes");
        }
        return (SMALLEST_BYTES << size) + (size < FIRST_SLACK_SIZE ? 0 : SLACK_BYTES);
    }

    /** Gives an array of a generic type a name. */
    private static final class ByteBufferStack extends ArrayDeque<ByteBuffer> {}
}
