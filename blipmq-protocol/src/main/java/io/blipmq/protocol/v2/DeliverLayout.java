package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of DELIVER stand, whose correlation id is the subscription. Stateless. Offsets count from the payload's
 * first byte, or from a delivery's.
 *
 * <pre>
 * u8 flags, u64 published, deliveries to the end
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

    /** Whether there are deliveries and nothing else. */
    public static boolean isDeliver(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        if (payloadLength <= DELIVERIES_OFFSET) {
            return false;
        }
        int before = deliveryHeaderBytes(qos(buffer, payloadOffset));
        int end = payloadOffset + payloadLength;
        int at = payloadOffset + DELIVERIES_OFFSET;
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
