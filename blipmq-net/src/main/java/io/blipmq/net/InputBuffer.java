package io.blipmq.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * The bytes of one connection that were read and not handled yet. Owned by the broker thread.
 *
 * <p>A turn reads into the loop's shared buffer and handles packets where they are. Only what is left afterwards is
 * held in a buffer of this connection: a partial packet, or packets that the log or the peer's slow reading keeps
 * waiting. Held bytes are put in front of the next read's in the shared buffer again. A large packet is different: it
 * gets a buffer of its full size, once there is room in the budget for all of it, and is read straight into it.
 * A connection with nothing unfinished holds no buffer.
 *
 * <p>There may be room for one large packet only. So a large packet that waits takes the room when its socket has
 * something to put into it, and one whose socket has brought nothing for a while leaves the room to it: what has come is
 * then held in a smaller buffer, as before.
 */
final class InputBuffer implements ByteBudget.Tenant {
    /** Less room than this in the shared buffer is not worth a read. */
    static final int READ_BYTES_MIN = 4 * 1024;

    private static final int MIB_SHIFT = 20;

    private static final int BROKEN = -1;

    private final LoopResources shared;

    private ByteBuffer held;
    private int heldBytes;
    private ByteBudget heldBudget;
    /** Bytes of the large packet that {@link #held} is for, 0 when there is none. */
    private int largeBytes;
    /** Bytes of the large packet that has begun and for which the budget has no room, 0 when there is none. */
    private int awaitedBytes;
    /** When something came for the large packet last. */
    private long broughtNanos;

    private ByteBuffer unhandled;
    private int unhandledFrom;
    private int unhandledTo;

    private boolean ended;
    private IOException failure;
    private boolean partial;
    /** When the packet that has begun made progress last, and how much of it there was then. */
    private long progressNanos;

    private int progressBytes;

    InputBuffer(LoopResources shared) {
        this.shared = shared;
    }

    /** Whether a read would have a place for its bytes. */
    boolean hasRoom(Session session) {
        ByteBudget budget = shared.assemblyOf(session);
        if (awaitedBytes > 0) {
            return budget.mayReserve(BufferPool.capacityFor(awaitedBytes), shared.nowNanos);
        }
        if (largeBytes > 0 || budget.hasRoom() || heldBytes < shared.limits.unbudgetedBytes()) {
            return true;
        }
        budget.onRefused();
        return false;
    }

    /** Whether the shared buffer has room for another read of this connection in this turn. */
    boolean fitsShared() {
        return largeBytes > 0 || awaitedBytes > 0 || shared.readBuffer.remaining() >= heldBytes + READ_BYTES_MIN;
    }

    /**
     * Reads once, for fairness, what the channel has. There must be room, or a large packet that leaves it.
     *
     * @param channel the socket, or a filter in front of it
     * @param probeEnd reads once more when there was something, to see the peer's end already in this turn
     * @return bytes read
     */
    int read(ReadableByteChannel channel, int bytesMax, boolean probeEnd, Session session) {
        ByteBudget budget = shared.assemblyOf(session);
        if (awaitedBytes > 0 && !tryBeginLarge(held, 0, heldBytes, awaitedBytes, budget)) {
            return 0;
        }
        if (largeBytes > 0) {
            return readLarge(channel, bytesMax);
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
        return heldBytes < largeBytes
                && nowNanos - broughtNanos >= pauseNanos()
                && heldBudget.canExchange(BufferPool.capacityFor(heldBytes), held.capacity());
    }

    private long pauseNanos() {
        return shared.times.inputPauseNanos() * heldBytes >>> MIB_SHIFT;
    }

    @Override
    public void leave() {
        int bytes = largeBytes;
        hold(held, 0, heldBytes, heldBudget);
        awaitedBytes = bytes;
    }

    /** Throws away what the socket has, to see the peer's end. */
    void discard(ReadableByteChannel channel) {
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

    /** Everything before an offset has been handled; what follows it is kept. */
    void onHandled(int at, Session session, long nowNanos) {
        int left = to() - at;
        boolean progressed = at > from();
        if (left == 0) {
            drop();
        } else if (unhandled != null || progressed) {
            keep(buffer(), at, left, session);
        }
        unhandled = null;
        boolean isPartialNow = left > 0 && !hasPacket(session);
        boolean grew = left - progressBytes >= shared.limits.inputFloorBytes();
        if (isPartialNow && (progressed || !partial || grew)) {
            restartPartial(nowNanos);
        }
        partial = isPartialNow;
    }

    /** Whether a whole packet, or one that is broken beyond doubt, is held. */
    boolean hasPacket(Session session) {
        if (heldBytes == 0) {
            return false;
        }
        int bytes = packetBytes(session, held, 0, heldBytes);
        return bytes != 0 && bytes <= heldBytes;
    }

    /** Whether a packet that has begun has made no progress since before a point in time. */
    boolean isStuckSinceBefore(long nanos) {
        return partial && progressNanos - nanos < 0;
    }

    /** The rest of a packet has all its time again. */
    void restartPartial(long nowNanos) {
        progressNanos = nowNanos;
        progressBytes = heldBytes;
    }

    /** Whether it holds a part of a large packet, and so room that others may wait for. */
    boolean holdsRoom() {
        return largeBytes > 0 || awaitedBytes > 0;
    }

    /** Whether a packet has begun and its rest has not come. */
    boolean isPartial() {
        return partial;
    }

    void drop() {
        if (held != null) {
            give(held, heldBudget);
        }
        held = null;
        heldBytes = 0;
        largeBytes = 0;
        awaitedBytes = 0;
        partial = false;
        unhandled = null;
    }

    private int readLarge(ReadableByteChannel channel, int bytesMax) {
        int end = (int) Math.min(largeBytes, (long) heldBytes + bytesMax);
        int read = readSome(channel, held.limit(end).position(heldBytes));
        held.clear();
        heldBytes += read;
        if (read > 0) {
            broughtNanos = shared.nowNanos;
        }
        return read;
    }

    private int readShared(ReadableByteChannel channel, int bytesMax, boolean probeEnd) {
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
    private int readSome(ReadableByteChannel channel, ByteBuffer to) {
        try {
            int read = channel.read(to);
            ended |= read < 0;
            return Math.max(read, 0);
        } catch (IOException e) {
            onFailed(e);
            return 0;
        }
    }

    private void keep(ByteBuffer from, int at, int bytes, Session session) {
        ByteBudget budget = shared.assemblyOf(session);
        int packetBytes = packetBytes(session, from, at, bytes);
        boolean large = packetBytes > bytes && packetBytes > shared.limits.largePacketBytes();
        if (large && tryBeginLarge(from, at, bytes, packetBytes, budget)) {
            return;
        }
        hold(from, at, bytes, budget);
        awaitedBytes = large ? packetBytes : 0;
    }

    /** Of the packet that begins here, {@link #BROKEN} when none may begin like this, 0 when it cannot be told yet. */
    private static int packetBytes(Session session, ByteBuffer from, int at, int bytes) {
        try {
            return session.packetBytes(from, at, bytes);
        } catch (ProtocolViolation e) {
            return BROKEN;
        }
    }

    private boolean tryBeginLarge(ByteBuffer from, int at, int bytes, int packetBytes, ByteBudget budget) {
        if (!budget.tryReserve(BufferPool.capacityFor(packetBytes), this, shared.nowNanos)) {
            return false;
        }
        replaceHeld(shared.pool.take(packetBytes), from, at, bytes, budget);
        largeBytes = packetBytes;
        awaitedBytes = 0;
        broughtNanos = shared.nowNanos;
        return true;
    }

    /** Puts the bytes into a buffer that is just large enough. */
    private void hold(ByteBuffer from, int at, int bytes, ByteBudget budget) {
        ByteBuffer target = shared.pool.take(bytes);
        budget.reserve(target.capacity());
        replaceHeld(target, from, at, bytes, budget);
        largeBytes = 0;
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
        if (largeBytes > 0) {
            budget.releaseReserved(buffer.capacity(), this);
        } else {
            budget.release(buffer.capacity());
        }
        shared.metrics.add(NetMetric.ASSEMBLY_BYTES, -buffer.capacity());
        shared.pool.give(buffer);
    }
}
