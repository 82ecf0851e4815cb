package io.blipmq.net;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Direct buffers in a few sizes, kept for the next one who needs them. Owned by the broker thread.
 *
 * <p>Sizes double from 1 KiB to 16 MiB; the large ones have a little more, so that a message whose size is a power of
 * two still fits together with its packet's header and topic. A buffer that the pool has no place for is left to the
 * garbage collector; so are free ones when those in use need their room.
 */
final class BufferPool {
    private static final int SMALLEST_BYTES = 1024;
    private static final int SIZES = 15;
    /** From 64 KiB on: more than the header and the longest topic, and little beside the buffer itself. */
    private static final int FIRST_SLACK_SIZE = 6;

    private static final int SLACK_BYTES = 2048;
    /** Of the largest buffer. */
    static final int PACKET_BYTES_MAX = (SMALLEST_BYTES << (SIZES - 1)) + SLACK_BYTES;

    private final ByteBufferStack[] free = new ByteBufferStack[SIZES];
    private final long retainedBytesMax;
    private final long bytesMax;
    private long retainedBytes;
    private long usedBytes;

    /**
     * @param retainedBytesMax what free buffers may take
     * @param bytesMax what they may take together with those in use; more than this is only ever in use
     */
    BufferPool(long retainedBytesMax, long bytesMax) {
        this.retainedBytesMax = retainedBytesMax;
        this.bytesMax = bytesMax;
        for (int size = 0; size < SIZES; size++) {
            free[size] = new ByteBufferStack();
        }
    }

    /** The capacity of the buffer that {@link #take} gives for so many bytes. */
    static int capacityFor(int bytes) {
        return capacity(sizeFor(bytes));
    }

    /** @return a cleared buffer with room for at least so many bytes */
    ByteBuffer take(int bytes) {
        int size = sizeFor(bytes);
        usedBytes += capacity(size);
        ByteBuffer buffer = free[size].pollLast();
        if (buffer == null) {
            trim();
            return ByteBuffer.allocateDirect(capacity(size));
        }
        retainedBytes -= buffer.capacity();
        return buffer.clear();
    }

    /** Lets go of free buffers, the largest first, until those in use have their room. */
    private void trim() {
        for (int size = SIZES - 1; size >= 0 && usedBytes + retainedBytes > bytesMax; ) {
            ByteBuffer dropped = free[size].pollLast();
            if (dropped == null) {
                size--;
            } else {
                retainedBytes -= dropped.capacity();
            }
        }
    }

    /** What all buffers take, free ones and those in use. */
    long bytes() {
        return usedBytes + retainedBytes;
    }

    /** Takes back a buffer that nobody uses any more. */
    void give(ByteBuffer buffer) {
        usedBytes -= buffer.capacity();
        if (retainedBytes + buffer.capacity() <= retainedBytesMax && bytes() + buffer.capacity() <= bytesMax) {
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
            throw new IllegalArgumentException("no packet is larger than " + PACKET_BYTES_MAX + " bytes");
        }
        return (SMALLEST_BYTES << size) + (size < FIRST_SLACK_SIZE ? 0 : SLACK_BYTES);
    }

    /** Gives an array of a generic type a name. */
    private static final class ByteBufferStack extends ArrayDeque<ByteBuffer> {}
}
