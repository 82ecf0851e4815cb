package io.blipmq.protocol.v2;

import java.nio.ByteBuffer;

/**
 * An unsettled delivery in a LISTING: {@code u64 tag, u16 attempt, u8 state, u32 milliseconds to its deadline,
 * u64 published, u32 body bytes}. Immutable. Later versions may add fields at its end.
 *
 * @param publishedMillis since 1970
 */
public record DeliveryItem(long tag, int attempt, int state, long deadlineMillis, long publishedMillis, int bodyBytes) {
    public static final int IN_FLIGHT = 1;
    public static final int DUE_AGAIN = 2;
    public static final int MOVING = 3;
    public static final int DELAYED = 4;
    /** Its last attempt is over, and it waits out its ack timeout before it becomes a dead letter. */
    public static final int LAST_ATTEMPT_OVER = 5;

    public static final int BYTES = 27;

    private static final int STATE_OFFSET = 10;
    private static final int DEADLINE_OFFSET = 11;
    private static final int PUBLISHED_OFFSET = 15;
    private static final int BODY_BYTES_OFFSET = 23;

    /** @return null when an item does not parse */
    public static DeliveryItem read(ByteBuffer buffer, int offset, int length) {
        if (length < BYTES) {
            return null;
        }
        return new DeliveryItem(
                buffer.getLong(offset),
                Wire.u16(buffer, offset + Long.BYTES),
                Wire.u8(buffer, offset + STATE_OFFSET),
                Wire.u32(buffer, offset + DEADLINE_OFFSET),
                buffer.getLong(offset + PUBLISHED_OFFSET),
                buffer.getInt(offset + BODY_BYTES_OFFSET));
    }

    /** The item without the length before it. */
    public byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .putLong(tag)
                .putShort((short) Math.min(attempt, DeliverLayout.ATTEMPT_MAX))
                .put((byte) state)
                .putInt((int) deadlineMillis)
                .putLong(publishedMillis)
                .putInt(bodyBytes)
                .array();
    }
}
