package io.blipmq.protocol.v2;

import java.nio.ByteBuffer;

/**
 * What DONE says of a request about dead letters: five u64 in this order. Immutable.
 *
 * @param count letters that were sent back or dropped
 * @param next the tag to go on after; 0: there is nothing to go on with
 * @param through the newest letter's tag when the first of the requests was handled; 0: there was none
 * @param gone letters that stayed since the subscription they failed in is gone
 * @param full letters that stayed since their subscription, or the log's disk, has no room
 */
public record LettersDone(long count, long next, long through, long gone, long full) {

    /** Whether a payload of this length is one; a DRAIN's DONE is shorter. */
    public static boolean isLettersDone(int payloadLength) {
        return payloadLength == ListLayout.LETTERS_DONE_BYTES;
    }

    public static LettersDone read(ByteBuffer buffer, int payloadOffset) {
        return new LettersDone(
                buffer.getLong(payloadOffset),
                buffer.getLong(payloadOffset + Long.BYTES),
                buffer.getLong(payloadOffset + 2 * Long.BYTES),
                buffer.getLong(payloadOffset + 3 * Long.BYTES),
                buffer.getLong(payloadOffset + 4 * Long.BYTES));
    }

    void put(ByteBuffer to) {
        to.putLong(count).putLong(next).putLong(through).putLong(gone).putLong(full);
    }
}
