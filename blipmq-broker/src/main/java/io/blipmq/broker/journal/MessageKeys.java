package io.blipmq.broker.journal;

import java.nio.ByteBuffer;

/**
 * What the journal lists messages under that are not published ones, whose key is their topic's name. Stateless. A topic's
 * name is UTF-8, so none begins as {@link #ofRedriven} and {@link #ofScheduled} do; dead letters' keys are longer than those.
 */
public final class MessageKeys {
    private static final byte REDRIVEN_MARK = (byte) 0xff;
    private static final byte SCHEDULED_MARK = (byte) 0xfe;
    private static final int SCHEDULED_BYTES = 1 + Long.BYTES;

    private MessageKeys() {}

    /** An owner's letters of one dead-letter topic. */
    public static byte[] ofLetters(OwnerId owner, byte[] letterTopic) {
        ByteBuffer key = ByteBuffer.allocate(OwnerId.BYTES + letterTopic.length);
        owner.put(key, 0);
        key.put(OwnerId.BYTES, letterTopic);
        return key.array();
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
