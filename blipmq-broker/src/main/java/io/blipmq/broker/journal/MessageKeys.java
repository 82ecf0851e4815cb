package io.blipmq.broker.journal;

import java.nio.ByteBuffer;

/**
 * What the journal lists messages under that are not published ones, whose key is their topic's name. Stateless. A topic's
 * name is UTF-8, so none begins as {@link #ofRedriven} does; dead letters' keys are longer than those.
 */
public final class MessageKeys {
    private static final byte REDRIVEN_MARK = (byte) 0xff;

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
}
