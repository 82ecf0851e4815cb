package io.blipmq.net;

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
 */
final class OutputQueue {
    /** Above it a connection is neither read nor polled for; one message may go beyond it. */
    static final int HIGH_WATER_BYTES = 256 * 1024;

    /** Enough for a turn's answers of a calm connection. */
    private static final int FIRST_CHUNK_BYTES = 4 * 1024;

    private static final int CHUNK_BYTES = 32 * 1024;

    private final BufferPool pool;
    private final ByteBudget budget;
    private final NetMetrics metrics;
    private ByteBuffer[] buffers = new ByteBuffer[4];
    private int count;
    private int tailStart;
    private long queuedBytes;

    OutputQueue(LoopResources shared) {
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
        if (count == 0 || buffers[count - 1].remaining() < frameBytes) {
            addTail(frameBytes);
        }
        queuedBytes += frameBytes;
        metrics.add(NetMetric.OUTPUT_BYTES, frameBytes);
        metrics.increment(NetMetric.FRAMES_OUT);
        return buffers[count - 1];
    }

    boolean isEmpty() {
        return queuedBytes == 0;
    }

    /**
     * Whether the peer has to read first. When all connections together hold too much, each may still send when it has
     * nothing queued, so that those who do not read cannot stop those who do.
     */
    boolean isFull() {
        return queuedBytes >= HIGH_WATER_BYTES || (queuedBytes > 0 && !budget.hasRoom());
    }

    /** Offers everything to the socket once. */
    long write(SocketChannel channel) throws IOException {
        if (isEmpty()) {
            return 0;
        }
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
        metrics.add(NetMetric.OUTPUT_BYTES, -queuedBytes);
        queuedBytes = 0;
        dropFirst(count);
    }

    private void addTail(int frameBytes) {
        if (count > 0) {
            ByteBuffer tail = buffers[count - 1];
            tail.limit(tail.position()).position(tailStart);
        }
        if (count == buffers.length) {
            buffers = Arrays.copyOf(buffers, 2 * count);
        }
        ByteBuffer buffer = pool.take(Math.max(frameBytes, count == 0 ? FIRST_CHUNK_BYTES : CHUNK_BYTES));
        budget.reserve(buffer.capacity());
        buffers[count++] = buffer;
        tailStart = 0;
    }

    private void onWritten(long written) {
        queuedBytes -= written;
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
