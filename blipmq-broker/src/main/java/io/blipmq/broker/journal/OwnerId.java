package io.blipmq.broker.journal;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Who a durable subscription belongs to: the first 128 bits of the SHA-256 of an API key, so that neither the journal
 * nor a listing ever holds the key itself. Immutable.
 */
public record OwnerId(long high, long low) {
    public static final int BYTES = 16;

    /** @param key the API key's UTF-8 bytes */
    public static OwnerId ofKey(byte[] key) {
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key));
            return new OwnerId(digest.getLong(), digest.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public void put(ByteBuffer target, int offset) {
        target.putLong(offset, high);
        target.putLong(offset + 8, low);
    }

    public static OwnerId get(ByteBuffer source, int offset) {
        return new OwnerId(source.getLong(offset), source.getLong(offset + 8));
    }
}
