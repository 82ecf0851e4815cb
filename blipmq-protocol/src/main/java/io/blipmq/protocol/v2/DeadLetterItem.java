package io.blipmq.protocol.v2;

import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of a dead letter in a LISTING stand: {@code u64 tag, u64 published}, and its entry. Stateless. Offsets
 * count from the item's first byte.
 */
public final class DeadLetterItem {
    public static final int PUBLISHED_OFFSET = 8;
    public static final int ENTRY_OFFSET = 16;

    private DeadLetterItem() {}

    /** Whether there is a whole entry. */
    public static boolean isDeadLetter(ByteBuffer buffer, int offset, int length) {
        return EntryLayout.isWithin(buffer, offset + ENTRY_OFFSET, length - ENTRY_OFFSET);
    }

    public static long tag(ByteBuffer buffer, int offset) {
        return buffer.getLong(offset);
    }

    /** Milliseconds since 1970. */
    public static long publishedMillis(ByteBuffer buffer, int offset) {
        return buffer.getLong(offset + PUBLISHED_OFFSET);
    }

    /** Bytes of the whole item. */
    public static int bytes(int entryBytes) {
        return ENTRY_OFFSET + entryBytes;
    }

    /** Writes everything before the entry. */
    public static void putHeader(ByteBuffer to, long tag, long publishedMillis) {
        to.putLong(tag).putLong(publishedMillis);
    }
}
