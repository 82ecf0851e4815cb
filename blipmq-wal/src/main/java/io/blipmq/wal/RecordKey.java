package io.blipmq.wal;

import java.nio.ByteBuffer;

/**
 * Finds the key (a topic, say) that a record is listed under in its segment's index. Called by the background thread.
 */
@FunctionalInterface
public interface RecordKey {
    /** The record is not listed. */
    long NONE = -1;

    /** No record is listed. */
    RecordKey NO_KEYS = (type, buffer, offset, length) -> NONE;

    /**
     * @param offset where the body starts in {@code buffer}
     * @return {@link #at} of the key's absolute offset and length, which lie within the body, or {@link #NONE}
     */
    long locate(int type, ByteBuffer buffer, int offset, int length);

    /** Packs a key's place into the answer of {@link #locate}. */
    static long at(int offset, int length) {
        return (long) offset << 32 | length;
    }
}
