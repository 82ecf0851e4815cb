package io.blipmq.wal;

import java.nio.ByteBuffer;

/**
 * Finds the key (a topic, say) that a record is listed under in its segment's index. Called by the background thread.
 */
@FunctionalInterface
public interface RecordKey {
    /** The record is not listed. */
    long NONE = -1;

    /** A length takes 31 bits. */
    long HIDDEN = 0x8000_0000L;

    /** No record is listed. */
    RecordKey NO_KEYS = (type, buffer, offset, length) -> NONE;

    /**
     * @param offset where the body starts in {@code buffer}
     * @return {@link #at} or {@link #hiddenAt} of the key's absolute offset and length, which lie within the body, or {@link
     *     #NONE}
     */
    long locate(int type, ByteBuffer buffer, int offset, int length);

    /** Packs a key's place into the answer of {@link #locate}. */
    static long at(int offset, int length) {
        return (long) offset << 32 | length;
    }

    /**
     * As {@link #at}, of a key that is found by itself only: no {@link KeyMatcher} sees it. A key is hidden in a segment as soon
     * as one of its records there says so.
     */
    static long hiddenAt(int offset, int length) {
        return at(offset, length) | HIDDEN;
    }

    static int offset(long located) {
        return (int) (located >>> 32);
    }

    static int length(long located) {
        return (int) (located & ~HIDDEN);
    }

    static boolean isHidden(long located) {
        return (located & HIDDEN) != 0;
    }
}
