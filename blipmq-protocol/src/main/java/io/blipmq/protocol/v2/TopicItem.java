package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A topic in a LISTING, or a filter of topics: {@code u16 length, name, u32 durable subscriptions, u32 passing
 * subscriptions, u8 1 = a filter}. Immutable. Later versions may add fields at its end.
 */
public record TopicItem(String name, int durableSubscriptions, int passingSubscriptions, boolean filter) {
    private static final int COUNTS_BYTES = 2 * Integer.BYTES + 1;

    /** @return null when an item does not parse */
    public static TopicItem read(ByteBuffer buffer, int offset, int length) {
        int end = offset + length;
        int nameEnd = Wire.textEnd(buffer, offset, end);
        if (nameEnd < 0 || end - nameEnd < COUNTS_BYTES) {
            return null;
        }
        return new TopicItem(
                Wire.text(buffer, offset),
                buffer.getInt(nameEnd),
                buffer.getInt(nameEnd + Integer.BYTES),
                buffer.get(nameEnd + 2 * Integer.BYTES) != 0);
    }

    /** The item without the length before it. */
    public byte[] encode() {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer to = ByteBuffer.allocate(Wire.textBytes(text) + COUNTS_BYTES);
        FrameEncoder.putText(to, text);
        to.putInt(durableSubscriptions).putInt(passingSubscriptions).put((byte) (filter ? 1 : 0));
        return to.array();
    }
}
