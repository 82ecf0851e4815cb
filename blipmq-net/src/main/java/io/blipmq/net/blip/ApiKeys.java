package io.blipmq.net.blip;

import io.blipmq.broker.journal.OwnerId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * The API keys that are let in, as SHA-256 digests. Immutable.
 *
 * <p>A key is compared with every known one, each in constant time, so that how long the answer takes tells nothing
 * about how close a guess was or which key it met.
 */
final class ApiKeys {
    private final byte[][] digests;
    /** One for all connections that show the key. */
    private final OwnerId[] owners;

    ApiKeys(List<byte[]> keys) {
        digests = keys.stream().map(ApiKeys::digest).toArray(byte[][]::new);
        owners = keys.stream().map(OwnerId::ofKey).toArray(OwnerId[]::new);
    }

    /** Who shows this key; null when it is not known. */
    OwnerId ownerOf(byte[] key) {
        byte[] digest = digest(key);
        OwnerId owner = null;
        for (int i = 0; i < digests.length; i++) {
            owner = MessageDigest.isEqual(digests[i], digest) ? owners[i] : owner;
        }
        return owner;
    }

    private static byte[] digest(byte[] key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
