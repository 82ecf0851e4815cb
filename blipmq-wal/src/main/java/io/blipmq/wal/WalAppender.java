package io.blipmq.wal;

import java.nio.ByteBuffer;

/**
 * The core's side of the log: appends records, hands them to the log thread, and gives them back once they are stored.
 * Owned by the core thread.
 *
 * <p>A turn: for every record {@link #roomFor}, {@link #claim}, write the body, {@link #commit}; at the end of the turn
 * one {@link #submit}; at the start of the next {@link #drainStored}. A record that was given room is never refused
 * later. The records of a turn make one frame, or several when they do not fit into one chunk of memory; {@link
 * FrameBuilder} builds them.
 */
public final class WalAppender {
    /** Slots that one record may need: it closes a frame; a marker or the seal may follow. */
    private static final int FRAMES_PER_RECORD = 4;

    private final WalOptions options;
    private final FrameRing ring;
    private final Signal logSignal;
    private final DurableState durable;
    private final WalMetrics metrics;
    private final FrameBuilder frames;
    private final Readback readback;
    private final History history;
    private final Drain drain;
    private final UnstoredBudget budget;
    private final IdleTimer idleTimer = new IdleTimer();

    private boolean sealed;
    private boolean wakeupsHeld;

    WalAppender(
            WalOptions options,
            FrameRing ring,
            Signal logSignal,
            DurableState durable,
            WalMetrics metrics,
            Placement placement,
            Tail tail,
            Readback readback,
            History history,
            Epoch epoch,
            long lastSequence) {
        this.options = options;
        this.ring = ring;
        this.logSignal = logSignal;
        this.durable = durable;
        this.metrics = metrics;
        this.frames = new FrameBuilder(ring, placement, tail, epoch, options.nanoClock(), lastSequence);
        this.readback = readback;
        this.history = history;
        this.drain = new Drain(ring, epoch);
        this.budget = new UnstoredBudget(options.unstoredBytesMax());
    }

    /** Whether a record with a body of this length can be appended now, leaving the reserve alone. */
    public Room roomFor(int bodyBytes) {
        return room(bodyBytes, options.reserveBytes());
    }

    /** As {@link #roomFor}, for what must go on when the disk is full: acks, moves, expiry. */
    public Room roomInReserve(int bodyBytes) {
        return room(bodyBytes, 0);
    }

    private Room room(int bodyBytes, long reserveBytes) {
        requireLength(bodyBytes);
        int record = FrameLayout.recordBytes(bodyBytes);
        if (!budget.hasRoom(undrainedBytes(), record) || ring.free() < FRAMES_PER_RECORD) {
            return Room.BUSY;
        }
        return frames.roomFor(record, reserveBytes);
    }

    private long undrainedBytes() {
        return frames.filledBytes() - drain.drainedBytes() + frames.openBytes();
    }

    private void requireLength(int bodyBytes) {
        if (bodyBytes < 0 || bodyBytes > options.recordBytesMax()) {
            throw new IllegalArgumentException(
                    "a record of " + bodyBytes + " bytes; the limit is " + options.recordBytesMax());
        }
    }

    /**
     * Claims room for the body of the next record. A claim that is not committed is void with the next one.
     *
     * @return where in {@link #buffer} the body begins
     */
    public int claim(int bodyBytes) {
        if (sealed) {
            throw new IllegalStateException("the log is sealed");
        }
        requireLength(bodyBytes);
        return frames.claim(bodyBytes);
    }

    /**
     * Holds the claimed body at its absolute offset. Ask after {@link #claim}, which may go on in another buffer: {@code
     * buffer().put(claim(n), …)} would write into the old one.
     */
    public ByteBuffer buffer() {
        return frames.buffer();
    }

    /**
     * Appends the claimed record.
     *
     * @return its sequence number
     */
    public long commit(int type) {
        return frames.commit(type);
    }

    /** Where the body claimed or committed last stands in the log. */
    public long position() {
        return frames.position();
    }

    /** Claims, copies and commits in one call. */
    public long append(int type, ByteBuffer body) {
        int length = body.remaining();
        int offset = claim(length);
        buffer().put(offset, body, body.position(), length);
        return commit(type);
    }

    /**
     * Ends a turn: hands its records to the log thread.
     *
     * @param force whether somebody waits for them; without, they are written but cause no force, and count as stored
     *     once they are written
     * @return whether there was anything to hand over
     */
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
            logSignal.raise();
        }
    }

    /**
     * Whether frames that are handed over from now on wake the log thread, as they do from the start, or nobody. Who holds
     * wakeups has to look after what was handed over: {@link WalAgent#doWork} or {@link WalAgent#wakeup}, in the same turn.
     */
    public void holdWakeups(boolean hold) {
        wakeupsHeld = hold;
    }

    /** Frames handed over since the start. */
    public long submittedFrames() {
        return ring.submitted();
    }

    /**
     * Gives out, in order, records that have become stored. Every turn does this: undrained records hold memory.
     *
     * @param handler may append and submit
     * @return how many records were handled, {@code limit} at most
     */
    public int drainStored(RecordHandler handler, int limit) {
        readback.closeStale();
        history.closeStale();
        int drained = drain.drain(handler, limit);
        budget.onTurn(undrainedBytes());
        return drained;
    }

    /** The highest number that is stored under the policy. */
    public long storedSequence() {
        return ring.storedSequence();
    }

    /** The number of the last record, appended or recovered; 0 in a new log. */
    public long lastSequence() {
        return frames.lastSequence();
    }

    /** Bytes of all frames appended since the start. */
    long appendedBytes() {
        return frames.filledBytes();
    }

    /**
     * Reads part of a stored record back, from memory when it is recent.
     *
     * @param position of the first wanted byte: the one given to the {@link RecordHandler}, or up to a record's length
     *     beyond it
     * @param target gets {@code length} bytes at its position, which advances
     * @return false when the log does not hold these bytes there: the segment has been dropped, or compacted into another
     */
    public boolean read(long position, int length, ByteBuffer target) {
        return readback.read(position, length, target);
    }

    /**
     * A tick. After a second without appends a marker frame records what has been forced since the last frame was
     * written, so that a start knows it.
     */
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

    /** Ends the log: nothing can be appended any more. {@link WalAgent#isSealed} tells when the end is on disk. */
    public void seal() {
        if (sealed) {
            return;
        }
        frames.addEmpty(FrameLayout.KIND_SEAL);
        sealed = true;
        handOver(frames.lastSequence());
    }
}
