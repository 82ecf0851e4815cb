package io.blipmq.wal;

import java.nio.ByteBuffer;

/**
 * The core's side of the log: appends records, hands them to the log thread, and gives them back once they are stored.
 * Owned by the core thread.
 *
 * <p>A turn: for every record {@link #roomFor}, {@link #claim}, write the body, {@link #commit}; at the end of the turn
 * one {@link #submit}; at the start of the next {@link #drainStored}. A record that was given room is never refused
 * later. The records of a turn make one frame, or several when they do not fit into one chunk of memory.
 */
public interface WalAppender {
    /** Whether a record with a body of this length can be appended now, leaving the reserve alone. */
    Capacity roomFor(int bodyBytes);

    /** As {@link #roomFor}, for what must go on when the disk is full: acks, moves, expiry. */
    Capacity roomInReserve(int bodyBytes);

    /**
     * Claims room for the body of the next record. A claim that is not committed is void with the next one.
     *
     * @return where in {@link #buffer} the body begins
     */
    int claim(int bodyBytes);

    /**
     * Holds the claimed body at its absolute offset. Ask after {@link #claim}, which may go on in another buffer: {@code
     * buffer().put(claim(n), …)} would write into the old one.
     */
    ByteBuffer buffer();

    /**
     * Appends the claimed record.
     *
     * @return its sequence number
     */
    long commit(int type);

    /** Where the body claimed or committed last is in the log. */
    long position();

    /**
     * Ends a turn: hands its records to the log thread.
     *
     * @param force whether somebody waits for them; without, they are written but cause no force, and count as stored
     *     once they are written
     * @return whether there was anything to hand over
     */
    boolean submit(boolean force);

    /**
     * Whether frames that are handed over from now on wake the log thread, as they do from the start, or nobody. A caller
     * that holds wakeups must call {@link WalAgent#doWork}, {@link WalAgent#write} or {@link WalAgent#wakeup} after it has
     * handed frames over, in the same turn.
     */
    void holdWakeups(boolean hold);

    /** Frames handed over since the start. */
    long submittedFrames();

    /**
     * Gives out, in order, records that have become stored. Every turn does this: undrained records hold memory.
     *
     * @param handler may append and submit
     * @return how many records were handled, {@code limit} at most
     */
    int drainStored(RecordHandler handler, int limit);

    /** The highest number that is stored under the policy. */
    long storedSequence();

    /** The number of the last record, appended or recovered; 0 in a new log. */
    long lastSequence();

    /**
     * Reads part of a stored record back, from memory when it is recent.
     *
     * @param position of the first wanted byte: the one given to the {@link RecordHandler}, or up to a record's length
     *     beyond it
     * @param target gets {@code length} bytes at its position, which advances
     * @return false when the log does not hold these bytes there: the segment has been dropped, or compacted into another
     */
    boolean read(long position, int length, ByteBuffer target);

    /**
     * A tick. After a second without appends a marker frame records what has been forced since the last frame was
     * written, so that a start knows it.
     */
    void markIdle(long nowNanos);

    /** Ends the log: nothing can be appended any more. {@link WalAgent#isSealed} tells when the end is on disk. */
    void seal();
}
