package io.blipmq.net;

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

    ApiKeys(List<byte[]> keys) {
        digests = keys.stream().map(ApiKeys::digest).toArray(byte[][]::new);
    }

    boolean isKnown(byte[] key) {
        byte[] digest = digest(key);
        boolean known = false;
        for (byte[] candidate : digests) {
            known |= MessageDigest.isEqual(candidate, digest);
        }
        return known;
    }

    private static byte[] digest(byte[] key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
