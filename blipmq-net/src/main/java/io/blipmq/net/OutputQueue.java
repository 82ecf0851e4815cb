package io.blipmq.net;

import io.blipmq.protocol.FrameEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * What one connection has to send, in order, in buffers from the pool. Owned by the broker thread.
 *
 * <p>Frames are appended to the last buffer, the tail; the others are full and stand ready to be written. Between
 * writes the tail's position is where the next frame goes and {@code tailStart} where its unsent bytes begin. A queue
 * that is empty holds no buffer.
 *
 * <p>The last frame may be open: it grows at the tail's end until somebody appends another one, the tail is full, or the
 * queue is written. Only then it gets its length, and is counted.
 */
final class OutputQueue {
    private final NetLimits.Output limits;
    private final BufferPool pool;
    private final ByteBudget budget;
    private final NetMetrics metrics;
    private ByteBuffer[] buffers = new ByteBuffer[4];
    private int count;
    private int tailStart;
    /** Of closed frames. */
    private long queuedBytes;
    /** Ever. */
    private long writtenBytes;
    /** Whose the open frame is; null when there is none. */
    private Object opener;
    /** Where in the tail the open frame begins. */
    private int openStart;

    OutputQueue(LoopResources shared) {
        limits = shared.limits.output();
        pool = shared.pool;
        budget = shared.output;
        metrics = shared.metrics;
    }

    /**
     * Makes room for one frame.
     *
     * @return a buffer at whose position the caller puts exactly {@code frameBytes} before it calls anything else
     */
    ByteBuffer append(int frameBytes) {
        ByteBuffer tail = tailFor(frameBytes);
        onQueued(frameBytes);
        return tail;
    }

    /**
     * Makes room for a frame that may grow.
     *
     * @param by who may make it grow
     * @return a buffer at whose position the caller puts exactly {@code bytes}, {@link FrameEncoder#open} first, before it
     *     calls anything else
     */
    ByteBuffer open(Object by, int bytes) {
        ByteBuffer tail = tailFor(bytes);
        opener = by;
        openStart = tail.position();
        return tail;
    }

    /**
     * Makes room in the open frame.
     *
     * @return a buffer at whose position the caller puts exactly {@code bytes} before it calls anything else; null when
     *     its frame is not open any more, or has no room
     */
    ByteBuffer extend(Object by, int bytes) {
        if (opener != by || buffers[count - 1].remaining() < bytes) {
            return null;
        }
        return buffers[count - 1];
    }

    /** Whether somebody's frame is still the open one. */
    boolean isOpen(Object by) {
        return opener == by;
    }

    /** Where in the buffer that {@link #open} gave the open frame begins. */
    int openStart() {
        return openStart;
    }

    boolean isEmpty() {
        return queuedBytes == 0 && opener == null;
    }

    /** Bytes that were ever put in here, up to the end of the open frame. */
    long position() {
        return writtenBytes + bytes();
    }

    /** How many of them have been written. */
    long writtenBytes() {
        return writtenBytes;
    }

    /**
     * Whether the peer, or others, have to read first. When all connections together hold too much, each may still send when
     * it has nothing queued, so that those who do not read cannot stop those who do; but only as far as the budget goes
     * beyond its limit, for there may be ten thousand of them.
     */
    boolean isFull() {
        long bytes = bytes();
        return bytes >= limits.highWaterBytes() || !budgetHasRoom(bytes);
    }

    /** Whether fewer bytes than this are queued. */
    boolean isBelow(int bytes) {
        return bytes() < bytes;
    }

    /** Whether it is full with nothing in it, so that no write of its own will tell when there is room again. */
    boolean isStarved() {
        return isEmpty() && !budget.hasRoomBeyond();
    }

    private boolean budgetHasRoom(long bytes) {
        return bytes == 0 ? budget.hasRoomBeyond() : budget.hasRoom();
    }

    /** Whether messages may be pushed that nobody has asked for one by one. */
    boolean hasRoomForPush() {
        long bytes = bytes();
        return bytes < limits.pushHighWaterBytes() && budgetHasRoom(bytes);
    }

    /** Offers everything to the socket once. */
    long write(SocketChannel channel) throws IOException {
        if (isEmpty()) {
            return 0;
        }
        close();
        ByteBuffer tail = buffers[count - 1];
        tail.limit(tail.position()).position(tailStart);
        long written = count == 1 ? channel.write(tail) : channel.write(buffers, 0, count);
        tailStart = tail.position();
        tail.position(tail.limit()).limit(tail.capacity());
        onWritten(written);
        return written;
    }

    /** Drops what is queued. */
    void clear() {
        opener = null;
        metrics.add(NetMetric.OUTPUT_BYTES, -queuedBytes);
        queuedBytes = 0;
        dropFirst(count);
    }

    private long bytes() {
        return opener == null ? queuedBytes : queuedBytes + buffers[count - 1].position() - openStart;
    }

    /** Ends the open frame, if there is one. */
    private void close() {
        if (opener != null) {
            ByteBuffer tail = buffers[count - 1];
            FrameEncoder.close(tail, openStart);
            opener = null;
            onQueued(tail.position() - openStart);
        }
    }

    private ByteBuffer tailFor(int bytes) {
        close();
        if (count == 0 || buffers[count - 1].remaining() < bytes) {
            addTail(bytes);
        }
        return buffers[count - 1];
    }

    private void onQueued(int frameBytes) {
        queuedBytes += frameBytes;
        metrics.add(NetMetric.OUTPUT_BYTES, frameBytes);
        metrics.increment(NetMetric.FRAMES_OUT);
    }

    private void addTail(int frameBytes) {
        if (count > 0) {
            ByteBuffer tail = buffers[count - 1];
            tail.limit(tail.position()).position(tailStart);
        }
        if (count == buffers.length) {
            buffers = Arrays.copyOf(buffers, 2 * count);
        }
        ByteBuffer buffer =
                pool.take(Math.max(frameBytes, count == 0 ? limits.firstChunkBytes() : limits.chunkBytes()));
        budget.reserve(buffer.capacity());
        buffers[count++] = buffer;
        tailStart = 0;
    }

    private void onWritten(long written) {
        queuedBytes -= written;
        writtenBytes += written;
        metrics.add(NetMetric.OUTPUT_BYTES, -written);
        metrics.add(NetMetric.BYTES_OUT, written);
        if (queuedBytes == 0) {
            dropFirst(count);
            return;
        }
        int sent = 0;
        while (sent < count - 1 && !buffers[sent].hasRemaining()) {
            sent++;
        }
        dropFirst(sent);
    }

    private void dropFirst(int dropped) {
        for (int i = 0; i < dropped; i++) {
            budget.release(buffers[i].capacity());
            pool.give(buffers[i]);
        }
        System.arraycopy(buffers, dropped, buffers, 0, count - dropped);
        Arrays.fill(buffers, count - dropped, count, null);
        count -= dropped;
    }
}
