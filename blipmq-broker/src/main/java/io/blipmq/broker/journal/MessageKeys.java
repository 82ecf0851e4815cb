package io.blipmq.broker.journal;

import java.nio.ByteBuffer;

/**
 * What the journal lists messages under that are not published ones, whose key is their topic's name. Stateless. A topic's
 * name is UTF-8, so none begins as these do.
 */
public final class MessageKeys {
    private static final byte REDRIVEN_MARK = (byte) 0xff;
    private static final byte SCHEDULED_MARK = (byte) 0xfe;
    private static final byte LETTERS_MARK = (byte) 0xfc;
    /** No byte of UTF-8 is this or more. */
    private static final int MARK_MIN = 0xf8;

    /** What a key of letters has in front of the dead-letter topic's name. */
    static final int LETTERS_HEAD_BYTES = 1 + OwnerId.BYTES;

    private static final int SCHEDULED_BYTES = 1 + Long.BYTES;

    private MessageKeys() {}

    /** An owner's letters of one dead-letter topic. */
    public static byte[] ofLetters(OwnerId owner, byte[] letterTopic) {
        ByteBuffer key = ByteBuffer.allocate(LETTERS_HEAD_BYTES + letterTopic.length);
        key.put(0, LETTERS_MARK);
        owner.put(key, 1);
        key.put(LETTERS_HEAD_BYTES, letterTopic);
        return key.array();
    }

    /** Whether a key is a topic's name. */
    public static boolean isTopic(byte[] key) {
        return key.length > 0 && Byte.toUnsignedInt(key[0]) < MARK_MIN;
    }

    /** What came back to a subscription from the dead letters. */
    public static byte[] ofRedriven(long subscriptionId) {
        return ByteBuffer.allocate(1 + Long.BYTES)
                .put(REDRIVEN_MARK)
                .putLong(subscriptionId)
                .array();
    }

    /** What is due in one {@link DueTimes bucket} of time. */
    public static byte[] ofScheduled(long bucket) {
        return ByteBuffer.allocate(SCHEDULED_BYTES)
                .put(SCHEDULED_MARK)
                .putLong(bucket)
                .array();
    }

    /** The bucket of time that a key of {@link #ofScheduled} is of, or -1 for any other key. */
    public static long scheduledBucket(byte[] key) {
        boolean scheduled = key.length == SCHEDULED_BYTES && key[0] == SCHEDULED_MARK;
        return scheduled ? ByteBuffer.wrap(key).getLong(1) : -1;
    }
}
