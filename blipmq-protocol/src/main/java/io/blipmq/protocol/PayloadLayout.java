package io.blipmq.protocol;

import static io.blipmq.protocol.FrameLayout.HEADER_BYTES;

import io.blipmq.protocol.name.Utf8;
import java.nio.ByteBuffer;

/**
 * Where the fields of each type's payload stand, and whether a payload parses: whether every field fits, texts are
 * UTF-8, and nothing is left over. Stateless. Offsets count from the payload's first byte.
 *
 * <pre>
 * HELLO      u16 protocol version
 * AUTH       u16 key length, key (UTF-8)
 * PUBLISH    u8 QoS, u16 topic length, topic (UTF-8), message bytes to the end of the frame
 * SUBSCRIBE  u16 topic length, topic (UTF-8), u8 QoS
 * ACK        u64 subscription id
 * NACK       u16 code, u16 text length, text (UTF-8)
 * PING       empty
 * PONG       empty
 * POLL       u64 subscription id
 * </pre>
 *
 * <p>Each accessor below expects a payload that its type's {@code isXxx} method accepted.
 */
public final class PayloadLayout {
    /** What a u16 length field can say, for keys, topics and NACK texts. */
    public static final int TEXT_BYTES_MAX = 0xffff;

    public static final int HELLO_BYTES = 2;
    public static final int AUTH_KEY_OFFSET = 2;
    public static final int PUBLISH_TOPIC_LENGTH_OFFSET = 1;
    public static final int PUBLISH_TOPIC_OFFSET = 3;
    public static final int SUBSCRIBE_TOPIC_OFFSET = 2;
    public static final int NACK_TEXT_LENGTH_OFFSET = 2;
    public static final int NACK_TEXT_OFFSET = 4;
    /** The payload of ACK and POLL. */
    public static final int SUBSCRIPTION_ID_BYTES = 8;

    private static final int QOS_BYTES = 1;

    private PayloadLayout() {}

    public static boolean isHello(int payloadLength) {
        return payloadLength == HELLO_BYTES;
    }

    public static int helloVersion(ByteBuffer buffer, int payloadOffset) {
        return u16(buffer, payloadOffset);
    }

    public static boolean isAuth(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        return payloadLength >= AUTH_KEY_OFFSET
                && payloadLength == AUTH_KEY_OFFSET + authKeyLength(buffer, payloadOffset)
                && Utf8.isValid(buffer, payloadOffset + AUTH_KEY_OFFSET, payloadLength - AUTH_KEY_OFFSET);
    }

    public static int authKeyLength(ByteBuffer buffer, int payloadOffset) {
        return u16(buffer, payloadOffset);
    }

    public static boolean isPublish(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        if (payloadLength < PUBLISH_TOPIC_OFFSET) {
            return false;
        }
        int topicLength = publishTopicLength(buffer, payloadOffset);
        return payloadLength >= PUBLISH_TOPIC_OFFSET + topicLength
                && Utf8.isValid(buffer, payloadOffset + PUBLISH_TOPIC_OFFSET, topicLength);
    }

    public static int publishQos(ByteBuffer buffer, int payloadOffset) {
        return Byte.toUnsignedInt(buffer.get(payloadOffset));
    }

    public static int publishTopicLength(ByteBuffer buffer, int payloadOffset) {
        return u16(buffer, payloadOffset + PUBLISH_TOPIC_LENGTH_OFFSET);
    }

    /** Where the message begins within a PUBLISH payload; it ends with the frame. */
    public static int publishMessageOffset(int topicLength) {
        return PUBLISH_TOPIC_OFFSET + topicLength;
    }

    public static boolean isSubscribe(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        if (payloadLength < SUBSCRIBE_TOPIC_OFFSET) {
            return false;
        }
        int topicLength = subscribeTopicLength(buffer, payloadOffset);
        return payloadLength == SUBSCRIBE_TOPIC_OFFSET + topicLength + QOS_BYTES
                && Utf8.isValid(buffer, payloadOffset + SUBSCRIBE_TOPIC_OFFSET, topicLength);
    }

    public static int subscribeTopicLength(ByteBuffer buffer, int payloadOffset) {
        return u16(buffer, payloadOffset);
    }

    public static int subscribeQos(ByteBuffer buffer, int payloadOffset, int topicLength) {
        return Byte.toUnsignedInt(buffer.get(payloadOffset + SUBSCRIBE_TOPIC_OFFSET + topicLength));
    }

    /** Whether the payload is a subscription id and nothing else, as in ACK and POLL. */
    public static boolean isSubscriptionId(int payloadLength) {
        return payloadLength == SUBSCRIPTION_ID_BYTES;
    }

    /** The unsigned id of ACK and POLL. */
    public static long subscriptionId(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset);
    }

    public static boolean isNack(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        if (payloadLength < NACK_TEXT_OFFSET) {
            return false;
        }
        int textLength = nackTextLength(buffer, payloadOffset);
        return payloadLength == NACK_TEXT_OFFSET + textLength
                && Utf8.isValid(buffer, payloadOffset + NACK_TEXT_OFFSET, textLength);
    }

    public static int nackCode(ByteBuffer buffer, int payloadOffset) {
        return u16(buffer, payloadOffset);
    }

    public static int nackTextLength(ByteBuffer buffer, int payloadOffset) {
        return u16(buffer, payloadOffset + NACK_TEXT_LENGTH_OFFSET);
    }

    /** Bytes of a whole HELLO frame; likewise below. */
    public static int helloFrameBytes() {
        return HEADER_BYTES + HELLO_BYTES;
    }

    public static int authFrameBytes(int keyLength) {
        return HEADER_BYTES + AUTH_KEY_OFFSET + keyLength;
    }

    public static int publishFrameBytes(int topicLength, int messageLength) {
        return HEADER_BYTES + PUBLISH_TOPIC_OFFSET + topicLength + messageLength;
    }

    public static int subscribeFrameBytes(int topicLength) {
        return HEADER_BYTES + SUBSCRIBE_TOPIC_OFFSET + topicLength + QOS_BYTES;
    }

    /** ACK and POLL. */
    public static int subscriptionIdFrameBytes() {
        return HEADER_BYTES + SUBSCRIPTION_ID_BYTES;
    }

    public static int nackFrameBytes(int textLength) {
        return HEADER_BYTES + NACK_TEXT_OFFSET + textLength;
    }

    /** PING and PONG. */
    public static int emptyFrameBytes() {
        return HEADER_BYTES;
    }

    private static int u16(ByteBuffer buffer, int offset) {
        return Short.toUnsignedInt(buffer.getShort(offset));
    }
}
