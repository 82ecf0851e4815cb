package io.blipmq.protocol.v2;

import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of a subscription's message in a LISTING stand: {@code u64 tag, u64 published, u16 attempts, u8 state}, and
 * its entry. Stateless. Offsets count from the item's first byte.
 */
public final class MessageItem {
    /** The state of a message that was never delivered; the others are those of a {@link DeliveryItem}. */
    public static final int WAITING = 0;

    private static final int PUBLISHED_OFFSET = 8;
    private static final int ATTEMPTS_OFFSET = 16;
    private static final int STATE_OFFSET = 18;
    public static final int ENTRY_OFFSET = 19;
    private static final int ATTEMPTS_MAX = 0xffff;

    private MessageItem() {}

    /** Whether there is a whole entry. */
    public static boolean isMessage(ByteBuffer buffer, int offset, int length) {
        return EntryLayout.isWithin(buffer, offset + ENTRY_OFFSET, length - ENTRY_OFFSET);
    }

    public static long tag(ByteBuffer buffer, int offset) {
        return buffer.getLong(offset);
    }

    /** Milliseconds since 1970. */
    public static long publishedMillis(ByteBuffer buffer, int offset) {
        return buffer.getLong(offset + PUBLISHED_OFFSET);
    }

    /** Deliveries so far; the largest value also stands for more. */
    public static int attempts(ByteBuffer buffer, int offset) {
        return Wire.u16(buffer, offset + ATTEMPTS_OFFSET);
    }

    public static int state(ByteBuffer buffer, int offset) {
        return Wire.u8(buffer, offset + STATE_OFFSET);
    }

    /** Bytes of the whole item. */
    public static int bytes(int entryBytes) {
        return ENTRY_OFFSET + entryBytes;
    }

    /** Writes everything before the entry. */
    public static void putHeader(ByteBuffer to, long tag, long publishedMillis, int attempts, int state) {
        to.putLong(tag).putLong(publishedMillis);
        to.putShort((short) Math.min(attempts, ATTEMPTS_MAX)).put((byte) state);
    }
}
