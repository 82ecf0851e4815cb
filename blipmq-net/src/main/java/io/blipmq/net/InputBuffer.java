package io.blipmq.net;

import io.blipmq.protocol.FrameLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The bytes of one connection that were read and not handled yet. Owned by the broker thread.
 *
 * <p>A turn reads into the loop's shared buffer and handles frames where they stand. Only what is left afterwards is
 * held in a buffer of this connection: a partial frame, or frames that the journal or the peer's slow reading keeps
 * waiting. Held bytes stand in front of the next read's in the shared buffer again. A large frame is different: it
 * gets a buffer of its full size, once there is room in the budget for all of it, and is read straight into it.
 * A connection with nothing unfinished holds no buffer.
 *
 * <p>There may be room for one large frame only. So a large frame that waits takes the room when its socket has
 * something to put into it, and one whose socket has brought nothing for a while leaves the room to it: what has come is
 * then held in a smaller buffer, as before.
 */
final class InputBuffer implements ByteBudget.Tenant {
    /** Less room than this in the shared buffer is not worth a read. */
    static final int READ_BYTES_MIN = 4 * 1024;

    private static final int MIB_SHIFT = 20;

    private final LoopResources shared;

    private ByteBuffer held;
    private int heldBytes;
    private ByteBudget heldBudget;
    /** Bytes of the large frame that {@link #held} is for, 0 when there is none. */
    private int largeFrameBytes;
    /** A large frame has begun and the budget has no room for it. */
    private boolean waitsForRoom;
    /** When something came for the large frame last. */
    private long broughtNanos;

    private ByteBuffer unhandled;
    private int unhandledFrom;
    private int unhandledTo;

    private int lengthMax;
    private boolean ended;
    private IOException failure;
    private boolean partial;
    /** When the frame that has begun made progress last, and how much of it there was then. */
    private long progressNanos;

    private int progressBytes;

    InputBuffer(LoopResources shared) {
        this.shared = shared;
        this.lengthMax = shared.limits.strangerFrameBytesMax();
    }

    /** Whether a read would have a place for its bytes. */
    boolean hasRoom(ByteBudget budget) {
        if (waitsForRoom) {
            return budget.mayReserve(BufferPool.capacityFor(heldFrameBytes()), shared.nowNanos);
        }
        if (largeFrameBytes > 0 || budget.hasRoom() || heldBytes < shared.limits.unbudgetedBytes()) {
            return true;
        }
        budget.onRefused();
        return false;
    }

    /** Whether the shared buffer has room for another read of this connection in this turn. */
    boolean fitsShared() {
        return largeFrameBytes > 0 || waitsForRoom || shared.readBuffer.remaining() >= heldBytes + READ_BYTES_MIN;
    }

    /**
     * Reads once, for fairness, what the socket has. There must be room, or be somebody who leaves it.
     *
     * @param probeEnd reads once more when there was something, to see the peer's end already in this turn
     * @return bytes read
     */
    int read(SocketChannel channel, int bytesMax, boolean probeEnd, ByteBudget budget) {
        if (waitsForRoom && !tryBeginLargeFrame(held, 0, heldBytes, heldFrameBytes(), budget)) {
            return 0;
        }
        if (largeFrameBytes > 0) {
            return readLargeFrame(channel, bytesMax);
        }
        int allowed = budget.hasRoom() ? bytesMax : Math.min(bytesMax, shared.limits.unbudgetedBytes() - heldBytes);
        return readShared(channel, allowed, probeEnd);
    }

    /**
     * The socket has brought nothing for a while, and there is a place outside for what has come. The while is the longer
     * the more has come, for all of that is copied.
     */
    @Override
    public boolean mayLeave(long nowNanos) {
        return heldBytes < largeFrameBytes
                && nowNanos - broughtNanos >= pauseNanos()
                && heldBudget.canExchange(BufferPool.capacityFor(heldBytes), held.capacity());
    }

    private long pauseNanos() {
        return shared.times.inputPauseNanos() * heldBytes >>> MIB_SHIFT;
    }

    @Override
    public void leave() {
        hold(held, 0, heldBytes, heldBudget);
    }

    /** Throws away what the socket has, to see the peer's end. */
    void discard(SocketChannel channel) {
        readSome(channel, shared.discardBuffer.clear());
    }

    /** Whether the peer has sent its last byte. */
    boolean isEnded() {
        return ended;
    }

    /** Why nothing more comes when the peer has not ended properly, else null. */
    IOException failure() {
        return failure;
    }

    /** The socket failed: nothing more comes. */
    void onFailed(IOException e) {
        ended = true;
        failure = e;
    }

    /** What is to be handled: the bytes from {@link #from} to {@link #to} of this buffer. */
    ByteBuffer buffer() {
        return unhandled == null ? held : unhandled;
    }

    int from() {
        return unhandled == null ? 0 : unhandledFrom;
    }

    int to() {
        return unhandled == null ? heldBytes : unhandledTo;
    }

    /**
     * Everything before an offset has been handled; what follows it is kept.
     *
     * @param newLengthMax what the length field of a frame may have; a longer one is broken, and gets no buffer
     */
    void onHandled(int at, ByteBudget budget, int newLengthMax, long nowNanos) {
        lengthMax = newLengthMax;
        int left = to() - at;
        boolean progressed = at > from();
        if (left == 0) {
            drop();
        } else if (unhandled != null || progressed) {
            keep(buffer(), at, left, budget);
        }
        unhandled = null;
        boolean isPartialNow = left > 0 && !hasFrame();
        boolean grew = left - progressBytes >= shared.limits.inputFloorBytes();
        if (isPartialNow && (progressed || !partial || grew)) {
            restartPartial(nowNanos);
        }
        partial = isPartialNow;
    }

    /** Whether a whole frame, or one that is broken beyond doubt, is held. */
    boolean hasFrame() {
        return heldBytes >= FrameLayout.LENGTH_BYTES && partialFrameBytes(held, 0, heldBytes) == 0;
    }

    /** Whether a frame that has begun has made no progress since before a point in time. */
    boolean isStuckSinceBefore(long nanos) {
        return partial && progressNanos - nanos < 0;
    }

    /** The rest of a frame has all its time again. */
    void restartPartial(long nowNanos) {
        progressNanos = nowNanos;
        progressBytes = heldBytes;
    }

    /** Whether it holds a part of a large frame, and so room that others may wait for. */
    boolean holdsRoom() {
        return largeFrameBytes > 0 || waitsForRoom;
    }

    /** Whether a frame has begun and its rest has not come. */
    boolean isPartial() {
        return partial;
    }

    void drop() {
        if (held != null) {
            give(held, heldBudget);
        }
        held = null;
        heldBytes = 0;
        largeFrameBytes = 0;
        waitsForRoom = false;
        partial = false;
        unhandled = null;
    }

    private int readLargeFrame(SocketChannel channel, int bytesMax) {
        int end = (int) Math.min(largeFrameBytes, (long) heldBytes + bytesMax);
        int read = readSome(channel, held.limit(end).position(heldBytes));
        held.clear();
        heldBytes += read;
        if (read > 0) {
            broughtNanos = shared.nowNanos;
        }
        return read;
    }

    private int readShared(SocketChannel channel, int bytesMax, boolean probeEnd) {
        ByteBuffer to = shared.readBuffer;
        int start = to.position();
        int readAt = start + heldBytes;
        if (heldBytes > 0) {
            to.put(start, held, 0, heldBytes);
        }
        to.limit((int) Math.min(to.capacity(), (long) readAt + bytesMax)).position(readAt);
        int read = readSome(channel, to);
        if (read > 0 && probeEnd && to.hasRemaining()) {
            read += readSome(channel, to);
        }
        to.limit(to.capacity()).position(read > 0 ? readAt + read : start);
        if (read > 0) {
            unhandled = to;
            unhandledFrom = start;
            unhandledTo = readAt + read;
        }
        return read;
    }

    /** A failure is kept for later, so that what came before it is still handled. */
    private int readSome(SocketChannel channel, ByteBuffer to) {
        try {
            int read = channel.read(to);
            ended |= read < 0;
            return Math.max(read, 0);
        } catch (IOException e) {
            onFailed(e);
            return 0;
        }
    }

    private void keep(ByteBuffer from, int at, int bytes, ByteBudget budget) {
        int frameBytes = partialFrameBytes(from, at, bytes);
        boolean large = frameBytes > shared.limits.largeFrameBytes();
        if (large && tryBeginLargeFrame(from, at, bytes, frameBytes, budget)) {
            return;
        }
        hold(from, at, bytes, budget);
        waitsForRoom = large;
    }

    /** Puts the bytes into a buffer that is just large enough. */
    private void hold(ByteBuffer from, int at, int bytes, ByteBudget budget) {
        ByteBuffer target = shared.pool.take(bytes);
        budget.reserve(target.capacity());
        replaceHeld(target, from, at, bytes, budget);
        waitsForRoom = largeFrameBytes > 0;
        largeFrameBytes = 0;
    }

    /** Of the large frame that waits. */
    private int heldFrameBytes() {
        return FrameLayout.frameBytes(FrameLayout.length(held, 0));
    }

    /** What a frame that has begun and is not whole will have; 0 when there is none, or its length is not there yet. */
    private int partialFrameBytes(ByteBuffer from, int at, int bytes) {
        if (bytes < FrameLayout.LENGTH_BYTES) {
            return 0;
        }
        int length = FrameLayout.length(from, at);
        boolean broken = !FrameLayout.isLengthValid(length) || length > lengthMax;
        boolean whole = broken || bytes >= FrameLayout.frameBytes(length);
        return whole ? 0 : FrameLayout.frameBytes(length);
    }

    private boolean tryBeginLargeFrame(ByteBuffer from, int at, int bytes, int frameBytes, ByteBudget budget) {
        if (!budget.tryReserve(BufferPool.capacityFor(frameBytes), this, shared.nowNanos)) {
            return false;
        }
        replaceHeld(shared.pool.take(frameBytes), from, at, bytes, budget);
        largeFrameBytes = frameBytes;
        waitsForRoom = false;
        broughtNanos = shared.nowNanos;
        return true;
    }

    /** Puts the bytes into a buffer that the budget has room for, and lets go of the one before, which may be theirs. */
    private void replaceHeld(ByteBuffer target, ByteBuffer from, int at, int bytes, ByteBudget budget) {
        shared.metrics.add(NetMetric.ASSEMBLY_BYTES, target.capacity());
        target.put(0, from, at, bytes);
        if (held != null) {
            give(held, heldBudget);
        }
        held = target;
        heldBudget = budget;
        heldBytes = bytes;
    }

    private void give(ByteBuffer buffer, ByteBudget budget) {
        if (largeFrameBytes > 0) {
            budget.releaseReserved(buffer.capacity(), this);
        } else {
            budget.release(buffer.capacity());
        }
        shared.metrics.add(NetMetric.ASSEMBLY_BYTES, -buffer.capacity());
        shared.pool.give(buffer);
    }
}
