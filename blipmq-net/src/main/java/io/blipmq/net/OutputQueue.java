package io.blipmq.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;

/**
 * What one connection has to send, in order, in buffers from the pool. Owned by the broker thread.
 *
 * <p>Packets are appended to the last buffer, the tail; the others are full and wait to be written. Between
 * writes the tail's position is where the next packet goes and {@code tailStart} where its unsent bytes begin. A queue
 * that is empty holds no buffer.
 *
 * <p>The last packet may be open: it grows at the tail's end until another one is appended, the tail is full, or the
 * queue is written. Only then it gets its length, from its opener, and is counted.
 *
 * <p>A session appends as much as its protocol says, and looks at {@link #isFull}, or {@link #hasRoomForPush} for what
 * nobody has asked for, before the next. The connection takes no packet of a peer while its output is full.
 */
public final class OutputQueue {
    /** Has opened a packet that may grow. */
    public interface Opener {
        /**
         * The packet grows no further: what depends on its end, such as its length, is written into it now.
         *
         * @param buffer holds it from {@code start} to its position
         */
        void close(ByteBuffer buffer, int start);
    }

    private final NetLimits.Output limits;
    private final BufferPool pool;
    private final ByteBudget budget;
    private final NetMetrics metrics;
    private ByteBuffer[] buffers = new ByteBuffer[4];
    private int count;
    private int tailStart;
    /** Of closed packets. */
    private long queuedBytes;
    /** Ever. */
    private long writtenBytes;
    /** Of the open packet; null when there is none. */
    private Opener opener;
    /** Where in the tail the open packet begins. */
    private int openStart;

    OutputQueue(LoopResources shared) {
        limits = shared.limits.output();
        pool = shared.pool;
        budget = shared.output;
        metrics = shared.metrics;
    }

    /**
     * Makes room for one packet.
     *
     * @return a buffer at whose position the caller puts exactly {@code packetBytes} before it calls anything else
     */
    public ByteBuffer append(int packetBytes) {
        ByteBuffer tail = tailFor(packetBytes);
        onQueued(packetBytes);
        return tail;
    }

    /**
     * Makes room for a packet that may grow.
     *
     * @param by who may make it grow
     * @return a buffer at whose position the caller puts exactly {@code bytes}, before it calls anything else
     */
    public ByteBuffer open(Opener by, int bytes) {
        ByteBuffer tail = tailFor(bytes);
        opener = by;
        openStart = tail.position();
        return tail;
    }

    /**
     * Makes room in the open packet.
     *
     * @return a buffer at whose position the caller puts exactly {@code bytes} before it calls anything else; null when
     *     its packet is not open any more, or has no room
     */
    public ByteBuffer extend(Opener by, int bytes) {
        if (opener != by || buffers[count - 1].remaining() < bytes) {
            return null;
        }
        return buffers[count - 1];
    }

    /** Whether somebody's packet is still the open one. */
    public boolean isOpen(Opener by) {
        return opener == by;
    }

    /** Where in the buffer that {@link #open} gave the open packet begins. */
    public int openStart() {
        return openStart;
    }

    public boolean isEmpty() {
        return queuedBytes == 0 && opener == null;
    }

    /** Bytes that were ever put in here, up to the end of the open packet. */
    public long position() {
        return writtenBytes + bytes();
    }

    /** How many of them have been written. */
    public long writtenBytes() {
        return writtenBytes;
    }

    /**
     * Whether the peer, or others, have to read first. When all connections together hold too much, each may still send when
     * it has nothing queued, so that those who do not read cannot stop those who do; but only as far as the budget goes
     * beyond its limit, for there may be ten thousand of them.
     */
    public boolean isFull() {
        long bytes = bytes();
        return bytes >= limits.highWaterBytes() || !budgetHasRoom(bytes);
    }

    /** Whether fewer bytes than this are queued. */
    boolean isBelow(int bytes) {
        return bytes() < bytes;
    }

    /** Whether it is full with nothing in it, so that no write of its own will tell when there is room again. */
    public boolean isStarved() {
        return isEmpty() && !budget.hasRoomBeyond();
    }

    private boolean budgetHasRoom(long bytes) {
        return bytes == 0 ? budget.hasRoomBeyond() : budget.hasRoom();
    }

    /** Whether messages may be pushed that nobody has asked for one by one. */
    public boolean hasRoomForPush() {
        long bytes = bytes();
        return bytes < limits.pushHighWaterBytes() && budgetHasRoom(bytes);
    }

    /** Offers everything to the socket once. */
    long write(GatheringByteChannel channel) throws IOException {
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

    /** Ends the open packet, if there is one. */
    private void close() {
        if (opener != null) {
            ByteBuffer tail = buffers[count - 1];
            opener.close(tail, openStart);
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

    private void onQueued(int packetBytes) {
        queuedBytes += packetBytes;
        metrics.add(NetMetric.OUTPUT_BYTES, packetBytes);
        metrics.increment(NetMetric.PACKETS_OUT);
    }

    private void addTail(int packetBytes) {
        if (count > 0) {
            ByteBuffer tail = buffers[count - 1];
            tail.limit(tail.position()).position(tailStart);
        }
        if (count == buffers.length) {
            buffers = Arrays.copyOf(buffers, 2 * count);
        }
        ByteBuffer buffer =
                pool.take(Math.max(packetBytes, count == 0 ? limits.firstChunkBytes() : limits.chunkBytes()));
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
