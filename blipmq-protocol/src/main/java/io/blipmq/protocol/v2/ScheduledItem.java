package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A message that is to be delivered later in a LISTING: {@code u64 number, u64 deliver at, u16 topic length, topic, u32 body
 * bytes}. Immutable. Later versions may add fields at its end.
 *
 * @param dueMillis since 1970
 */
public record ScheduledItem(long number, long dueMillis, String topic, long bodyBytes) {
    private static final int DUE_OFFSET = 8;
    private static final int TOPIC_OFFSET = 16;

    /** @return null when an item does not parse */
    public static ScheduledItem read(ByteBuffer buffer, int offset, int length) {
        int end = offset + length;
        int topicEnd = Wire.textEnd(buffer, offset + TOPIC_OFFSET, end);
        if (topicEnd < 0 || end - topicEnd < Integer.BYTES) {
            return null;
        }
        return new ScheduledItem(
                buffer.getLong(offset),
                buffer.getLong(offset + DUE_OFFSET),
                Wire.text(buffer, offset + TOPIC_OFFSET),
                Wire.u32(buffer, topicEnd));
    }

    /** The item without the length before it. */
    public byte[] encode() {
        byte[] text = topic.getBytes(StandardCharsets.UTF_8);
        ByteBuffer to = ByteBuffer.allocate(TOPIC_OFFSET + Wire.textBytes(text) + Integer.BYTES);
        to.putLong(number).putLong(dueMillis);
        FrameEncoder.putText(to, text);
        return to.putInt((int) bodyBytes).array();
    }
}
