package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of DELIVER and DELIVER_TOPIC stand, whose correlation id is the subscription. Stateless. Offsets
 * count from the payload's first byte, or from a delivery's.
 *
 * <pre>
 * DELIVER        u8 flags, u64 published, deliveries to the end
 * DELIVER_TOPIC  u8 flags, u64 published, u16 topic length, topic, deliveries to the end
 * a delivery at QoS 1: u64 delivery tag, u16 attempt, entry; at QoS 0: entry
 * </pre>
 */
public final class DeliverLayout {
    public static final int QOS_FLAG = 1;

    public static final int PUBLISHED_OFFSET = 1;
    public static final int DELIVERIES_OFFSET = 9;

    public static final int ATTEMPT_OFFSET = 8;
    /** Stands for more, too. */
    public static final int ATTEMPT_MAX = 0xffff;

    /** What stands before the entry at QoS 1. */
    public static final int DELIVERY_HEADER_BYTES = 10;

    /** Bytes of a DELIVER frame before its deliveries. */
    public static final int FRAME_HEADER_BYTES = FrameLayout.HEADER_BYTES + DELIVERIES_OFFSET;

    private DeliverLayout() {}

    /** Bytes of a DELIVER_TOPIC frame before its deliveries. */
    public static int topicFrameHeaderBytes(int topicLength) {
        return FRAME_HEADER_BYTES + Short.BYTES + topicLength;
    }

    /** Whether a DELIVER has deliveries and nothing else. */
    public static boolean isDeliver(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        return payloadLength > DELIVERIES_OFFSET
                && areDeliveries(
                        buffer, payloadOffset, payloadOffset + DELIVERIES_OFFSET, payloadOffset + payloadLength);
    }

    /** Whether a DELIVER_TOPIC has a topic, deliveries, and nothing else. */
    public static boolean isDeliverTopic(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        int topicEnd = Wire.validTextEnd(buffer, payloadOffset + DELIVERIES_OFFSET, end);
        return topicEnd >= 0 && topicEnd < end && areDeliveries(buffer, payloadOffset, topicEnd, end);
    }

    private static boolean areDeliveries(ByteBuffer buffer, int payloadOffset, int first, int end) {
        int before = deliveryHeaderBytes(qos(buffer, payloadOffset));
        int at = first;
        while (at < end) {
            int entry = at + before;
            if (!EntryLayout.isWithin(buffer, entry, end - entry)) {
                return false;
            }
            at = entry + EntryLayout.bytesAt(buffer, entry);
        }
        return true;
    }

    public static int qos(ByteBuffer buffer, int payloadOffset) {
        return buffer.get(payloadOffset) & QOS_FLAG;
    }

    /** Milliseconds since 1970. */
    public static long publishedMillis(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset + PUBLISHED_OFFSET);
    }

    /** Of a DELIVER_TOPIC. */
    public static int topicLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + DELIVERIES_OFFSET);
    }

    /** Where the topic of a DELIVER_TOPIC begins within the payload. */
    public static int topicOffset() {
        return DELIVERIES_OFFSET + Short.BYTES;
    }

    /** What stands before each entry. */
    public static int deliveryHeaderBytes(int qos) {
        return qos == 0 ? 0 : DELIVERY_HEADER_BYTES;
    }

    /** Of a delivery at QoS 1. */
    public static long tag(ByteBuffer buffer, int deliveryOffset) {
        return buffer.getLong(deliveryOffset);
    }

    /** Of a delivery at QoS 1. */
    public static int attempt(ByteBuffer buffer, int deliveryOffset) {
        return Wire.u16(buffer, deliveryOffset + ATTEMPT_OFFSET);
    }
}
