package io.blipmq.wal.append;

import io.blipmq.wal.Capacity;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.WalAppender;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.segment.Epoch;
import io.blipmq.wal.segment.FrameLayout;
import java.nio.ByteBuffer;

/**
 * Appends for the core: asks the budgets for room, lets {@link FrameBuilder} build the frames, hands them to the log thread
 * through the {@link FrameRing}, and gives out what has become stored. Owned by the core thread.
 */
public final class LogAppender implements WalAppender {
    /** Slots that one record may need: it closes a frame; a marker or the seal may follow. */
    private static final int FRAMES_PER_RECORD = 4;

    private final WalOptions options;
    private final FrameRing ring;
    private final Waker logWaker;
    private final DurableState durable;
    private final LogMetrics metrics;
    private final FrameBuilder frames;
    private final Readback readback;
    private final SegmentKeyIndex keyIndex;
    private final StoredRecords stored;
    private final UnstoredBudget budget;
    private final IdleTimer idleTimer = new IdleTimer();

    private boolean sealed;
    private boolean wakeupsHeld;

    public LogAppender(
            WalOptions options,
            FrameRing ring,
            Waker logWaker,
            DurableState durable,
            LogMetrics metrics,
            PositionAllocator positions,
            TailCache tail,
            Readback readback,
            SegmentKeyIndex keyIndex,
            Epoch epoch,
            long lastSequence) {
        this.options = options;
        this.ring = ring;
        this.logWaker = logWaker;
        this.durable = durable;
        this.metrics = metrics;
        this.frames = new FrameBuilder(ring, positions, tail, epoch, options.nanoClock(), lastSequence);
        this.readback = readback;
        this.keyIndex = keyIndex;
        this.stored = new StoredRecords(ring, epoch);
        this.budget = new UnstoredBudget(options.unstoredBytesMax());
    }

    @Override
    public Capacity roomFor(int bodyBytes) {
        return room(bodyBytes, options.reserveBytes());
    }

    @Override
    public Capacity roomInReserve(int bodyBytes) {
        return room(bodyBytes, 0);
    }

    private Capacity room(int bodyBytes, long reserveBytes) {
        requireLength(bodyBytes);
        int record = FrameLayout.recordBytes(bodyBytes);
        if (!budget.hasRoom(undrainedBytes(), record) || ring.free() < FRAMES_PER_RECORD) {
            return Capacity.BUSY;
        }
        return frames.roomFor(record, reserveBytes);
    }

    private long undrainedBytes() {
        return frames.filledBytes() - stored.drainedBytes() + frames.openBytes();
    }

    private void requireLength(int bodyBytes) {
        if (bodyBytes < 0 || bodyBytes > options.recordBytesMax()) {
            throw new IllegalArgumentException(
                    "a record of " + bodyBytes + " bytes; the limit is " + options.recordBytesMax());
        }
    }

    @Override
    public int claim(int bodyBytes) {
        if (sealed) {
            throw new IllegalStateException("the log is sealed");
        }
        requireLength(bodyBytes);
        return frames.claim(bodyBytes);
    }

    @Override
    public ByteBuffer buffer() {
        return frames.buffer();
    }

    @Override
    public long commit(int type) {
        return frames.commit(type);
    }

    @Override
    public long position() {
        return frames.position();
    }

    @Override
    public boolean submit(boolean force) {
        frames.close();
        if (!ring.hasUnsubmitted()) {
            return false;
        }
        handOver(force ? frames.lastSequence() : 0);
        return true;
    }

    /** Every way into the ring: whoever holds wakeups finds what was handed over in {@link #submittedFrames}. */
    private void handOver(long forceThrough) {
        metrics.submitted(frames.filledBytes());
        ring.submit(forceThrough);
        if (!wakeupsHeld) {
            logWaker.wake();
        }
    }

    @Override
    public void holdWakeups(boolean hold) {
        wakeupsHeld = hold;
    }

    @Override
    public long submittedFrames() {
        return ring.submitted();
    }

    @Override
    public int drainStored(RecordHandler handler, int limit) {
        readback.closeStale();
        keyIndex.closeStale();
        int drained = stored.drain(handler, limit);
        budget.onTurn(undrainedBytes());
        return drained;
    }

    @Override
    public long storedSequence() {
        return ring.storedSequence();
    }

    @Override
    public long lastSequence() {
        return frames.lastSequence();
    }

    /** Bytes of all frames appended since the start. */
    public long appendedBytes() {
        return frames.filledBytes();
    }

    @Override
    public boolean read(long position, int length, ByteBuffer target) {
        return readback.read(position, length, target);
    }

    @Override
    public void markIdle(long nowNanos) {
        if (idleTimer.isIdle(frames.lastSequence(), nowNanos) && markerIsDue()) {
            frames.addEmpty(FrameLayout.KIND_MARKER);
            submit(false);
        }
    }

    private boolean markerIsDue() {
        return !sealed
                && !frames.hasOpenRecords()
                && !ring.hasUnsubmitted()
                && ring.free() >= FRAMES_PER_RECORD
                && durable.forcedSequence() > durable.markedSequence()
                && frames.hasRoomForEmpty();
    }

    @Override
    public void seal() {
        if (sealed) {
            return;
        }
        frames.addEmpty(FrameLayout.KIND_SEAL);
        sealed = true;
        handOver(frames.lastSequence());
    }
}
