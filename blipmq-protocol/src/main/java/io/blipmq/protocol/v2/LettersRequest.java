package io.blipmq.protocol.v2;

import java.nio.ByteBuffer;

/**
 * What DEAD_LETTERS asks for beside its action, subscription and count. Immutable.
 *
 * @param tag only the letter with this tag; 0: any
 * @param after only letters with larger tags; 0: all
 * @param through only letters with tags up to this one; 0: all
 * @param origin only letters that failed in this subscription; 0: any
 * @param target redrive: the subscription that they go to; 0: the one that each failed in
 */
public record LettersRequest(long tag, long after, long through, long origin, long target) {
    /** Every letter, to the subscription that it failed in. */
    public static final LettersRequest ALL = new LettersRequest(0, 0, 0, 0, 0);

    public static LettersRequest ofTag(long tag) {
        return new LettersRequest(tag, 0, 0, 0, 0);
    }

    /** Reads a payload that {@link ListLayout#isDeadLetters} accepted. */
    public static LettersRequest read(ByteBuffer buffer, int payloadOffset) {
        int at = payloadOffset + ListLayout.DEAD_LETTERS_TAG_OFFSET;
        return new LettersRequest(
                buffer.getLong(at),
                buffer.getLong(at + Long.BYTES),
                buffer.getLong(at + 2 * Long.BYTES),
                buffer.getLong(at + 3 * Long.BYTES),
                buffer.getLong(at + 4 * Long.BYTES));
    }

    void put(ByteBuffer to) {
        to.putLong(tag).putLong(after).putLong(through).putLong(origin).putLong(target);
    }
}
