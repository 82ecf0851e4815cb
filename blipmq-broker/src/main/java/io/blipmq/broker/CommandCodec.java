package io.blipmq.broker;

import io.blipmq.wal.RecordKey;
import java.nio.ByteBuffer;

/**
 * How commands stand in the journal, as the bodies of its records. Stateless.
 *
 * <p>All integers are big-endian; offsets are from the start of the body. To change a layout, append a field where older
 * records end, or give the command a new record type; and keep decoding the old one.
 *
 * <pre>
 * message          0 u64 published, epoch millis   8 u64 expires, epoch millis, 0 = never
 *                 16 u32 payload length           20 u16 key length             22 key, payload
 *
 * PUBLISH (1)      0 message; its key is the topic
 * SUBSCRIBE (2)    0 16 bytes owner               16 topic to the end
 * SETTLE (3)       0 u64 subscription              8 u64 delivery tag           16 u8 reason
 *                 17 u32 payload length of the message; absent in records of 17 bytes, which older releases wrote
 * DEAD_LETTER (4)  0 message; its key is owner and dead-letter topic; behind it
 *                    u64 subscription                u64 delivery tag              u32 attempts
 * REMOVE (5)       0 u64 subscription              8 u8 reason
 * </pre>
 */
final class CommandCodec {
    static final int PUBLISH = 1;
    static final int SUBSCRIBE = 2;
    static final int SETTLE = 3;
    static final int DEAD_LETTER = 4;
    static final int REMOVE = 5;

    static final int SETTLE_BYTES = 21;
    static final int REMOVE_BYTES = 9;
    /** What a message has before its key. */
    static final int MESSAGE_HEADER_BYTES = 22;

    private static final int PAYLOAD_LENGTH = 16;
    private static final int KEY_LENGTH = 20;
    private static final int SUBSCRIBE_TOPIC = 16;
    private static final int SETTLE_LENGTH = 17;
    private static final int ORIGIN_BYTES = 20;

    private CommandCodec() {}

    static int publishBytes(int topicLength, int payloadLength) {
        return MESSAGE_HEADER_BYTES + topicLength + payloadLength;
    }

    static int subscribeBytes(int topicLength) {
        return SUBSCRIBE_TOPIC + topicLength;
    }

    static int deadLetterBytes(int keyLength, int payloadLength) {
        return MESSAGE_HEADER_BYTES + keyLength + payloadLength + ORIGIN_BYTES;
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
        encodeMessageHeader(target, offset, publishedMillis, expiresMillis, payloadLength, topicLength);
        target.put(offset + MESSAGE_HEADER_BYTES, frame, topicOffset, topicLength);
        target.put(offset + MESSAGE_HEADER_BYTES + topicLength, frame, payloadOffset, payloadLength);
    }

    static void encodeSubscribe(ByteBuffer target, int offset, OwnerId owner, byte[] topic) {
        owner.put(target, offset);
        target.put(offset + SUBSCRIBE_TOPIC, topic);
    }

    static void encodeSettle(
            ByteBuffer target,
            int offset,
            long subscriptionId,
            long deliveryTag,
            int payloadLength,
            SettleReason reason) {
        target.putLong(offset, subscriptionId);
        target.putLong(offset + 8, deliveryTag);
        target.put(offset + 16, (byte) reason.code());
        target.putInt(offset + SETTLE_LENGTH, payloadLength);
    }

    /** @return where the payload belongs */
    static int encodeDeadLetter(
            ByteBuffer target,
            int offset,
            long subscriptionId,
            int attempts,
            byte[] key,
            StoredMessage message,
            long expiresMillis) {
        encodeMessageHeader(target, offset, message.publishedMillis, expiresMillis, message.payloadLength, key.length);
        target.put(offset + MESSAGE_HEADER_BYTES, key);
        int payload = offset + MESSAGE_HEADER_BYTES + key.length;
        int origin = payload + message.payloadLength;
        target.putLong(origin, subscriptionId);
        target.putLong(origin + 8, message.sequence);
        target.putInt(origin + 16, attempts);
        return payload;
    }

    static void encodeRemove(ByteBuffer target, int offset, long subscriptionId, RemoveReason reason) {
        target.putLong(offset, subscriptionId);
        target.put(offset + 8, (byte) reason.code());
    }

    private static void encodeMessageHeader(
            ByteBuffer target, int offset, long publishedMillis, long expiresMillis, int payloadLength, int keyLength) {
        target.putLong(offset, publishedMillis);
        target.putLong(offset + 8, expiresMillis);
        target.putInt(offset + PAYLOAD_LENGTH, payloadLength);
        target.putShort(offset + KEY_LENGTH, (short) keyLength);
    }

    /** @param header holds the first {@link #MESSAGE_HEADER_BYTES} of the message's record */
    static void decodeMessage(ByteBuffer header, int offset, StoredMessage into) {
        into.publishedMillis = header.getLong(offset);
        into.expiresMillis = header.getLong(offset + 8);
        into.payloadLength = header.getInt(offset + PAYLOAD_LENGTH);
        into.payloadOffset = MESSAGE_HEADER_BYTES + keyLength(header, offset);
    }

    /** Where a record's key stands, as {@link RecordKey} wants it: what {@link Journal#find} looks for. */
    static long locateKey(int type, ByteBuffer body, int offset, int length) {
        boolean isMessage = type == PUBLISH || type == DEAD_LETTER;
        return isMessage ? RecordKey.at(offset + MESSAGE_HEADER_BYTES, keyLength(body, offset)) : RecordKey.NONE;
    }

    /** Hands one record to the handler of its command. */
    static void decode(
            long sequence, int type, ByteBuffer body, int offset, int length, long position, CommandHandler handler) {
        switch (type) {
            case PUBLISH -> decodePublish(sequence, body, offset, position, handler);
            case SUBSCRIBE -> {
                byte[] topic = new byte[length - SUBSCRIBE_TOPIC];
                body.get(offset + SUBSCRIBE_TOPIC, topic);
                handler.onSubscribe(sequence, OwnerId.get(body, offset), topic);
            }
            case SETTLE ->
                handler.onSettle(
                        body.getLong(offset),
                        body.getLong(offset + 8),
                        length == SETTLE_LENGTH ? CommandHandler.LENGTH_UNKNOWN : body.getInt(offset + SETTLE_LENGTH),
                        SettleReason.of(body.get(offset + 16)));
            case DEAD_LETTER -> {
                int origin = offset + length - ORIGIN_BYTES;
                handler.onDeadLetter(
                        sequence,
                        position,
                        body.getLong(origin),
                        body.getLong(origin + 8),
                        body.getInt(origin + 16),
                        body.getInt(offset + PAYLOAD_LENGTH));
            }
            case REMOVE -> handler.onRemove(body.getLong(offset), RemoveReason.of(body.get(offset + 8)));
            default ->
                throw new IllegalStateException("record " + sequence + " has type " + type
                        + ", which this version does not know: the log was written by a newer one");
        }
    }

    private static void decodePublish(
            long sequence, ByteBuffer body, int offset, long position, CommandHandler handler) {
        int topicLength = keyLength(body, offset);
        handler.onPublish(
                sequence,
                position,
                body,
                offset + MESSAGE_HEADER_BYTES,
                topicLength,
                offset + MESSAGE_HEADER_BYTES + topicLength,
                body.getInt(offset + PAYLOAD_LENGTH));
    }

    private static int keyLength(ByteBuffer body, int offset) {
        return body.getShort(offset + KEY_LENGTH) & 0xffff;
    }
}
