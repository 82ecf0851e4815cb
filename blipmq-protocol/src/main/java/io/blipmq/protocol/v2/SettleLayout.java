package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of SETTLE and SETTLED stand. Stateless. Offsets count from the payload's first byte; each accessor
 * expects a payload that its type's {@code isXxx} method accepted.
 *
 * <pre>
 * SETTLE   u64 subscription, u8 action, u8 flags, u32 milliseconds, u16 reason length, reason,
 *          to the end per delivery u64 tag, u16 attempt
 * SETTLED  u32 settled, u32 unknown, to the end u64 tag of each that is unknown
 * </pre>
 */
public final class SettleLayout {
    /** Actions. */
    public static final int ACK = 1;

    public static final int NACK = 2;
    public static final int REJECT = 3;
    public static final int EXTEND = 4;
    public static final int RELEASE = 5;
    public static final int BEGIN = 6;

    /** All deliveries in flight up to and with the one given. */
    public static final int UP_TO_FLAG = 1;

    public static final int ANSWER_FLAG = 2;
    /** The answer waits until the settlement is stored. */
    public static final int STORED_FLAG = 4;

    public static final int FLAGS = UP_TO_FLAG | ANSWER_FLAG | STORED_FLAG;

    /** As attempt: whichever it is. */
    public static final int ANY_ATTEMPT = 0;
    /** Bounds the work of one request, and what its answer may have to name. */
    public static final int DELIVERIES_MAX = 4_096;

    public static final int ACTION_OFFSET = 8;
    public static final int FLAGS_OFFSET = 9;
    public static final int MILLIS_OFFSET = 10;
    public static final int REASON_LENGTH_OFFSET = 14;
    public static final int REASON_OFFSET = 16;
    /** Of what names one delivery. */
    public static final int DELIVERY_BYTES = 10;

    public static final int ATTEMPT_OFFSET = 8;

    public static final int SETTLED_UNKNOWN_OFFSET = 4;
    public static final int SETTLED_TAGS_OFFSET = 8;

    private SettleLayout() {}

    /** Whether there is a reason and whole deliveries, at least one, and with the flag for all up to it just one. */
    public static boolean isSettle(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        int reasonEnd = Wire.validTextEnd(buffer, payloadOffset + REASON_LENGTH_OFFSET, end);
        if (reasonEnd < 0) {
            return false;
        }
        int bytes = end - reasonEnd;
        boolean upTo = (flags(buffer, payloadOffset) & UP_TO_FLAG) != 0;
        return bytes > 0 && (upTo ? bytes == DELIVERY_BYTES : bytes % DELIVERY_BYTES == 0);
    }

    public static long subscriptionId(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset);
    }

    public static int action(ByteBuffer buffer, int payloadOffset) {
        return Wire.u8(buffer, payloadOffset + ACTION_OFFSET);
    }

    public static int flags(ByteBuffer buffer, int payloadOffset) {
        return Wire.u8(buffer, payloadOffset + FLAGS_OFFSET);
    }

    public static long millis(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + MILLIS_OFFSET);
    }

    public static int reasonLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + REASON_LENGTH_OFFSET);
    }

    /** Where deliveries begin within the payload; they end with the frame. */
    public static int deliveriesOffset(int reasonLength) {
        return REASON_OFFSET + reasonLength;
    }

    /** Of the delivery that begins at an absolute offset; likewise the attempt. */
    public static long tagAt(ByteBuffer buffer, int offset) {
        return buffer.getLong(offset);
    }

    public static int attemptAt(ByteBuffer buffer, int offset) {
        return Wire.u16(buffer, offset + ATTEMPT_OFFSET);
    }

    /** Whether as many tags follow as are unknown. */
    public static boolean isSettled(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        return payloadLength >= SETTLED_TAGS_OFFSET
                && payloadLength - SETTLED_TAGS_OFFSET == unknown(buffer, payloadOffset) * Long.BYTES;
    }

    public static long settled(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset);
    }

    public static long unknown(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + SETTLED_UNKNOWN_OFFSET);
    }

    /** The tag of one that is unknown, counted from 0. */
    public static long unknownTag(ByteBuffer buffer, int payloadOffset, int index) {
        return buffer.getLong(payloadOffset + SETTLED_TAGS_OFFSET + index * Long.BYTES);
    }

    /** Bytes of a whole SETTLE frame; likewise below. */
    public static int settleFrameBytes(int reasonLength, int deliveries) {
        return FrameLayout.HEADER_BYTES + deliveriesOffset(reasonLength) + DELIVERY_BYTES * deliveries;
    }

    public static int settledFrameBytes(int unknown) {
        return FrameLayout.HEADER_BYTES + SETTLED_TAGS_OFFSET + Long.BYTES * unknown;
    }
}
