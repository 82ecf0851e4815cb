package io.blipmq.broker;

import io.blipmq.wal.RecordKey;
import java.nio.ByteBuffer;

/**
 * How commands stand in the journal, as the bodies of its records. Stateless.
 *
 * <p>All integers are big-endian; offsets are from the start of the body. To change a layout, give the command a new
 * record type and keep decoding the old one.
 *
 * <pre>
 * PUBLISH (1)      0 u64 published, epoch millis   8 u64 expires, epoch millis, 0 = never
 *                 16 u16 topic length             18 topic                       … payload to the end
 * SUBSCRIBE (2)    0 16 bytes owner               16 topic to the end
 * SETTLE (3)       0 u64 subscription              8 u64 delivery tag            16 u8 reason
 * DEAD_LETTER (4)  0 u64 subscription              8 u64 delivery tag            16 u64 moved, epoch millis
 *                 24 u64 expires, epoch millis    32 u32 attempts
 * REMOVE (5)       0 u64 subscription              8 u8 reason
 * </pre>
 */
final class CommandCodec {
    static final int PUBLISH = 1;
    static final int SUBSCRIBE = 2;
    static final int SETTLE = 3;
    static final int DEAD_LETTER = 4;
    static final int REMOVE = 5;

    static final int SETTLE_BYTES = 17;
    static final int DEAD_LETTER_BYTES = 36;
    static final int REMOVE_BYTES = 9;

    private static final int PUBLISH_TOPIC_LENGTH = 16;
    private static final int PUBLISH_TOPIC = 18;
    private static final int SUBSCRIBE_TOPIC = 16;

    private CommandCodec() {}

    static int publishBytes(int topicLength, int payloadLength) {
        return PUBLISH_TOPIC + topicLength + payloadLength;
    }

    static int subscribeBytes(int topicLength) {
        return SUBSCRIBE_TOPIC + topicLength;
    }

    static void encodePublish(
            ByteBuffer target,
            int offset,
            ByteBuffer frame,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength,
            long publishedMillis,
            long expiresMillis) {
        target.putLong(offset, publishedMillis);
        target.putLong(offset + 8, expiresMillis);
        target.putShort(offset + PUBLISH_TOPIC_LENGTH, (short) topicLength);
        target.put(offset + PUBLISH_TOPIC, frame, topicOffset, topicLength);
        target.put(offset + PUBLISH_TOPIC + topicLength, frame, payloadOffset, payloadLength);
    }

    static void encodeSubscribe(ByteBuffer target, int offset, OwnerId owner, byte[] topic) {
        target.putLong(offset, owner.high());
        target.putLong(offset + 8, owner.low());
        target.put(offset + SUBSCRIBE_TOPIC, topic);
    }

    static void encodeSettle(
            ByteBuffer target, int offset, long subscriptionId, long deliveryTag, SettleReason reason) {
        target.putLong(offset, subscriptionId);
        target.putLong(offset + 8, deliveryTag);
        target.put(offset + 16, (byte) reason.code());
    }

    static void encodeDeadLetter(
            ByteBuffer target,
            int offset,
            long subscriptionId,
            long deliveryTag,
            int attempts,
            long movedMillis,
            long expiresMillis) {
        target.putLong(offset, subscriptionId);
        target.putLong(offset + 8, deliveryTag);
        target.putLong(offset + 16, movedMillis);
        target.putLong(offset + 24, expiresMillis);
        target.putInt(offset + 32, attempts);
    }

    static void encodeRemove(ByteBuffer target, int offset, long subscriptionId, RemoveReason reason) {
        target.putLong(offset, subscriptionId);
        target.put(offset + 8, (byte) reason.code());
    }

    /** Where a record's topic stands, as {@link RecordKey} wants it. */
    static long locateTopic(int type, ByteBuffer body, int offset, int length) {
        return type == PUBLISH
                ? RecordKey.at(offset + PUBLISH_TOPIC, body.getShort(offset + PUBLISH_TOPIC_LENGTH) & 0xffff)
                : RecordKey.NONE;
    }

    /** Hands one record to the handler of its command. */
    static void decode(
            long sequence, int type, ByteBuffer body, int offset, int length, long position, CommandHandler handler) {
        switch (type) {
            case PUBLISH -> decodePublish(sequence, body, offset, length, position, handler);
            case SUBSCRIBE -> {
                byte[] topic = new byte[length - SUBSCRIBE_TOPIC];
                body.get(offset + SUBSCRIBE_TOPIC, topic);
                handler.onSubscribe(sequence, new OwnerId(body.getLong(offset), body.getLong(offset + 8)), topic);
            }
            case SETTLE ->
                handler.onSettle(
                        body.getLong(offset), body.getLong(offset + 8), SettleReason.of(body.get(offset + 16)));
            case DEAD_LETTER ->
                handler.onDeadLetter(
                        sequence,
                        body.getLong(offset),
                        body.getLong(offset + 8),
                        body.getInt(offset + 32),
                        body.getLong(offset + 16),
                        body.getLong(offset + 24));
            case REMOVE -> handler.onRemove(body.getLong(offset), RemoveReason.of(body.get(offset + 8)));
            default ->
                throw new IllegalStateException("record " + sequence + " has type " + type
                        + ", which this version does not know: the log was written by a newer one");
        }
    }

    private static void decodePublish(
            long sequence, ByteBuffer body, int offset, int length, long position, CommandHandler handler) {
        int topicLength = body.getShort(offset + PUBLISH_TOPIC_LENGTH) & 0xffff;
        int payload = PUBLISH_TOPIC + topicLength;
        handler.onPublish(
                sequence,
                body,
                offset + PUBLISH_TOPIC,
                topicLength,
                offset + payload,
                length - payload,
                position + payload,
                body.getLong(offset),
                body.getLong(offset + 8));
    }
}
