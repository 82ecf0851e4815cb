package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of SETTLE and SETTLED stand. Stateless. Offsets count from the payload's first byte; each accessor
 * expects a payload that its type's {@code isXxx} method accepted.
 *
 * <pre>
 * SETTLE   u64 subscription, u8 action, u8 flags, u32 milliseconds, u16 reason length, reason, u64 tags to the end
 * SETTLED  u32 settled, u32 unknown
 * </pre>
 */
public final class SettleLayout {
    /** Actions. */
    public static final int ACK = 1;

    public static final int NACK = 2;
    public static final int REJECT = 3;
    public static final int EXTEND = 4;

    /** All deliveries up to and with the one tag. */
    public static final int UP_TO_FLAG = 1;

    public static final int ANSWER_FLAG = 2;
    public static final int FLAGS = UP_TO_FLAG | ANSWER_FLAG;

    public static final int ACTION_OFFSET = 8;
    public static final int FLAGS_OFFSET = 9;
    public static final int MILLIS_OFFSET = 10;
    public static final int REASON_LENGTH_OFFSET = 14;
    public static final int REASON_OFFSET = 16;
    public static final int TAG_BYTES = 8;

    public static final int SETTLED_UNKNOWN_OFFSET = 4;
    public static final int SETTLED_BYTES = 8;

    private SettleLayout() {}

    /** Whether there is a reason and whole tags, at least one, and with the flag for all up to it just one. */
    public static boolean isSettle(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        int reasonEnd = Wire.validTextEnd(buffer, payloadOffset + REASON_LENGTH_OFFSET, end);
        if (reasonEnd < 0) {
            return false;
        }
        int tagBytes = end - reasonEnd;
        boolean upTo = (flags(buffer, payloadOffset) & UP_TO_FLAG) != 0;
        return tagBytes > 0 && (upTo ? tagBytes == TAG_BYTES : tagBytes % TAG_BYTES == 0);
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

    /** Where tags begin within the payload; they end with the frame. */
    public static int tagsOffset(int reasonLength) {
        return REASON_OFFSET + reasonLength;
    }

    public static boolean isSettled(int payloadLength) {
        return payloadLength == SETTLED_BYTES;
    }

    public static long settled(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset);
    }

    public static long unknown(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + SETTLED_UNKNOWN_OFFSET);
    }

    /** Bytes of a whole SETTLE frame; likewise below. */
    public static int settleFrameBytes(int reasonLength, int tags) {
        return FrameLayout.HEADER_BYTES + tagsOffset(reasonLength) + TAG_BYTES * tags;
    }

    public static int settledFrameBytes() {
        return FrameLayout.HEADER_BYTES + SETTLED_BYTES;
    }
}
