package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.entry.PropertyLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of the frames stand that begin and end a subscription. Stateless. Offsets count from the payload's first
 * byte; each accessor expects a payload that its type's {@code isXxx} method accepted.
 *
 * <pre>
 * ATTACH    u8 flags, u32 credit messages, u32 credit bytes, u32 ack timeout, u32 retry backoff,
 *           u16 topic length, topic, u16 name length, name, properties to the end
 * ATTACHED  u64 subscription, u8 flags, u64 backlog
 * CREDIT    u32 messages, u32 bytes; its correlation id is the subscription
 * DETACH    u64 subscription, u8 flags, u16 name length, name
 * DETACHED  u64 subscription, u16 code, u16 text length, text
 * DRAIN     empty
 * </pre>
 */
public final class AttachLayout {
    /** Room for a path of names, short enough to stand in every line of a list. */
    public static final int NAME_BYTES_MAX = 256;

    /** Credit without limit, in messages or in bytes. */
    public static final long UNLIMITED_CREDIT = 0xffff_ffffL;

    /** Flags of ATTACH. */
    public static final int QOS_FLAG = 1;

    public static final int TAKE_OVER_FLAG = 2;
    public static final int FROM_NEW_FLAG = 4;
    public static final int CREDIT_ON_SETTLE_FLAG = 8;
    public static final int GROUP_FLAG = 16;
    /** The topic is a filter of topics. */
    public static final int FILTER_FLAG = 32;

    public static final int COUNT_FROM_BEGIN_FLAG = 64;
    public static final int FLAGS = QOS_FLAG
            | TAKE_OVER_FLAG
            | FROM_NEW_FLAG
            | CREDIT_ON_SETTLE_FLAG
            | GROUP_FLAG
            | FILTER_FLAG
            | COUNT_FROM_BEGIN_FLAG;

    public static final int CREDIT_MESSAGES_OFFSET = 1;
    public static final int CREDIT_BYTES_OFFSET = 5;
    public static final int ACK_TIMEOUT_OFFSET = 9;
    public static final int RETRY_BACKOFF_OFFSET = 13;
    public static final int TOPIC_LENGTH_OFFSET = 17;
    public static final int TOPIC_OFFSET = 19;

    public static final int EXISTED_FLAG = 1;
    public static final int ATTACHED_FLAGS_OFFSET = 8;
    public static final int ATTACHED_BACKLOG_OFFSET = 9;
    public static final int ATTACHED_BYTES = 17;

    /** The payload of CREDIT, and where its bytes stand in it. */
    public static final int CREDIT_PAYLOAD_BYTES = 8;

    public static final int CREDIT_MORE_BYTES_OFFSET = 4;

    public static final int DELETE_FLAG = 1;
    public static final int DETACH_FLAGS_OFFSET = 8;
    public static final int DETACH_NAME_LENGTH_OFFSET = 9;
    public static final int DETACH_NAME_OFFSET = 11;

    public static final int DETACHED_CODE_OFFSET = 8;
    public static final int DETACHED_TEXT_LENGTH_OFFSET = 10;
    public static final int DETACHED_TEXT_OFFSET = 12;

    private AttachLayout() {}

    /** Whether topic and name fit; what follows them is for {@link PropertyLayout#checkNoneAsked} to say. */
    public static boolean isAttach(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        int topicEnd = Wire.validTextEnd(buffer, payloadOffset + TOPIC_LENGTH_OFFSET, end);
        return topicEnd >= 0 && Wire.validTextEnd(buffer, topicEnd, end) >= 0;
    }

    public static int flags(ByteBuffer buffer, int payloadOffset) {
        return Wire.u8(buffer, payloadOffset);
    }

    public static long attachCreditMessages(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + CREDIT_MESSAGES_OFFSET);
    }

    public static long attachCreditBytes(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + CREDIT_BYTES_OFFSET);
    }

    public static long ackTimeoutMillis(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + ACK_TIMEOUT_OFFSET);
    }

    public static long retryBackoffMillis(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + RETRY_BACKOFF_OFFSET);
    }

    public static int topicLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + TOPIC_LENGTH_OFFSET);
    }

    public static int nameLength(ByteBuffer buffer, int payloadOffset, int topicLength) {
        return Wire.u16(buffer, payloadOffset + TOPIC_OFFSET + topicLength);
    }

    /** Where the name begins within the payload. */
    public static int nameOffset(int topicLength) {
        return TOPIC_OFFSET + topicLength + Short.BYTES;
    }

    public static boolean isAttached(int payloadLength) {
        return payloadLength == ATTACHED_BYTES;
    }

    /** The first field of ATTACHED, DETACH and DETACHED. */
    public static long subscriptionId(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset);
    }

    public static boolean attachedExisted(ByteBuffer buffer, int payloadOffset) {
        return (buffer.get(payloadOffset + ATTACHED_FLAGS_OFFSET) & EXISTED_FLAG) != 0;
    }

    public static long attachedBacklog(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset + ATTACHED_BACKLOG_OFFSET);
    }

    public static boolean isCredit(int payloadLength) {
        return payloadLength == CREDIT_PAYLOAD_BYTES;
    }

    public static long creditMessages(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset);
    }

    public static long creditBytes(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + CREDIT_MORE_BYTES_OFFSET);
    }

    public static boolean isDetach(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        return Wire.validTextEnd(buffer, payloadOffset + DETACH_NAME_LENGTH_OFFSET, end) == end;
    }

    public static int detachFlags(ByteBuffer buffer, int payloadOffset) {
        return Wire.u8(buffer, payloadOffset + DETACH_FLAGS_OFFSET);
    }

    public static int detachNameLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + DETACH_NAME_LENGTH_OFFSET);
    }

    public static boolean isDetached(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        return Wire.validTextEnd(buffer, payloadOffset + DETACHED_TEXT_LENGTH_OFFSET, end) == end;
    }

    public static int detachedCode(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + DETACHED_CODE_OFFSET);
    }

    public static int detachedTextLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + DETACHED_TEXT_LENGTH_OFFSET);
    }

    /** Bytes of a whole ATTACH frame; likewise below. */
    public static int attachFrameBytes(int topicLength, int nameLength, int propertiesLength) {
        return FrameLayout.HEADER_BYTES + nameOffset(topicLength) + nameLength + propertiesLength;
    }

    public static int attachedFrameBytes() {
        return FrameLayout.HEADER_BYTES + ATTACHED_BYTES;
    }

    public static int creditFrameBytes() {
        return FrameLayout.HEADER_BYTES + CREDIT_PAYLOAD_BYTES;
    }

    public static int detachFrameBytes(int nameLength) {
        return FrameLayout.HEADER_BYTES + DETACH_NAME_OFFSET + nameLength;
    }

    public static int detachedFrameBytes(int textLength) {
        return FrameLayout.HEADER_BYTES + DETACHED_TEXT_OFFSET + textLength;
    }
}
