package io.blipmq.broker;

import java.util.Arrays;

/**
 * A publish id that is remembered, with the message that it names. Owned by the core thread. It is equal to any other that
 * names a message of the same key and topic in the same way; it can be compared, so that nobody who chooses ids can make
 * looking for them slow.
 */
final class PublishId implements Comparable<PublishId> {
    /** What one takes in memory, with its place in a table and its part of a checkpoint, beside its key's bytes. */
    private static final int BYTES = 160;
    /** The key's bytes are in memory, and in a checkpoint that is being taken. */
    private static final int COPIES = 2;

    final byte[] key;
    private final int hash;

    /** Of its message; 0 while that has none. */
    long sequence;
    /** When that was published, wall-clock milliseconds. */
    long publishedMillis;

    /** Owned by {@link PublishIds}. */
    PublishId older;

    PublishId newer;

    /** @param key as {@link io.blipmq.broker.journal.PublishIdKey} says */
    PublishId(byte[] key, long sequence, long publishedMillis) {
        this.key = key;
        this.hash = Arrays.hashCode(key);
        this.sequence = sequence;
        this.publishedMillis = publishedMillis;
    }

    /** Whether a message that is published now under the same id is a duplicate. */
    boolean isRemembered(long nowMillis, long windowMillis) {
        return nowMillis - publishedMillis < windowMillis;
    }

    /** What it counts as. */
    int bytes() {
        return BYTES + COPIES * key.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublishId id && Arrays.equals(key, id.key);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(PublishId other) {
        return Arrays.compare(key, other.key);
    }
}
