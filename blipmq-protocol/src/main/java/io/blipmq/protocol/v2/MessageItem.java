package io.blipmq.protocol.v2;

import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.name.Topics;
import io.blipmq.protocol.name.Utf8;
import java.nio.ByteBuffer;

/**
 * Where the fields of a subscription's message in a LISTING stand: {@code u64 tag, u64 published, u16 attempts, u8 state, u16
 * length, topic}, and its entry. Stateless. Offsets count from the item's first byte.
 */
public final class MessageItem {
    /** The state of a message that was never delivered; the others are those of a {@link DeliveryItem}. */
    public static final int WAITING = 0;

    private static final int PUBLISHED_OFFSET = 8;
    private static final int ATTEMPTS_OFFSET = 16;
    private static final int STATE_OFFSET = 18;
    private static final int TOPIC_LENGTH_OFFSET = 19;
    private static final int TOPIC_OFFSET = 21;
    private static final int ATTEMPTS_MAX = 0xffff;

    private MessageItem() {}

    /** Whether there is a whole entry. */
    public static boolean isMessage(ByteBuffer buffer, int offset, int length) {
        int entry = length < TOPIC_OFFSET ? -1 : TOPIC_OFFSET + topicLength(buffer, offset);
        return entry >= 0
                && entry <= length
                && Utf8.isValid(buffer, offset + TOPIC_OFFSET, entry - TOPIC_OFFSET)
                && EntryLayout.isWithin(buffer, offset + entry, length - entry);
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

    /** The topic of a message of a filter; else empty. */
    public static String topic(ByteBuffer buffer, int offset) {
        return Wire.text(buffer, offset + TOPIC_LENGTH_OFFSET);
    }

    public static int entryOffset(ByteBuffer buffer, int offset) {
        return offset + TOPIC_OFFSET + topicLength(buffer, offset);
    }

    private static int topicLength(ByteBuffer buffer, int offset) {
        return Wire.u16(buffer, offset + TOPIC_LENGTH_OFFSET);
    }

    /** Bytes of the whole item. */
    public static int bytes(int topicBytes, int entryBytes) {
        return TOPIC_OFFSET + topicBytes + entryBytes;
    }

    /**
     * Writes everything before the entry.
     *
     * @param topic in UTF-8, at most {@link Topics#NAME_BYTES_MAX} bytes; empty unless the subscription is to a filter
     */
    public static void putHeader(ByteBuffer to, long tag, long publishedMillis, int attempts, int state, byte[] topic) {
        to.putLong(tag).putLong(publishedMillis);
        to.putShort((short) Math.min(attempts, ATTEMPTS_MAX)).put((byte) state);
        to.putShort((short) topic.length).put(topic);
    }
}
