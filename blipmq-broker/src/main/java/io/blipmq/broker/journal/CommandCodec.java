package io.blipmq.broker.journal;

import io.blipmq.broker.message.MessageView;
import io.blipmq.wal.RecordKey;
import java.nio.ByteBuffer;

/**
 * How commands stand in the journal, as the bodies of its records. Stateless.
 *
 * <p>All integers are big-endian; offsets are from the start of the body. This is format 1; the first release freezes it.
 * From then on, to change a layout, append a field where older records end, or give the command a new record type; and keep
 * decoding the old one, which {@link CommandDecoder} does.
 *
 * <pre>
 * message          0 u64 published, epoch millis   8 u64 expires, epoch millis, 0 = never
 *                 16 u32 length: bits 0 to 30 payload length, bit 31 it has properties
 *                 20 u16 key length               22 key
 *                    u16 properties length, properties: only with bit 31
 *                    payload
 *
 * PUBLISH (1)      0 message; its key is the topic
 * SUBSCRIBE (2)    0 16 bytes owner               16 u8 flags: 1 = it ends with its connection, 2 = to a filter
 *                 17 u16 name length, 0 = none    19 name, topic to the end
 * SETTLE (3)       0 u64 subscription              8 u64 delivery tag
 *                 16 u8 bits 0 to 6 reason, bit 7 the message had come back from the dead letters
 *                 17 u32 payload length of the message
 * DEAD_LETTER (4)  0 message with the properties of a dead letter; its key is owner and dead-letter topic; behind it
 *                    u64 subscription                u64 delivery tag              u32 attempts
 *                    u8 1 = the message had come back from the dead letters, else 0
 * REMOVE (5)       0 u64 subscription              8 u8 reason
 * REDRIVE (6)      0 message; its key is {@link MessageKeys#ofRedriven}; behind it
 *                    u64 subscription                u64 dead-letter subscription  u64 the letter's delivery tag
 * SETTINGS (7)     0 u32 letters that a subscription remembers   4 u64 letters that all together remember
 *                 12 u64 milliseconds that a publish id is remembered   20 u32 how many are   24 u64 in how many bytes
 * CLOCK (8)        0 u64 epoch millis
 * PUBLISH_ONCE (9) 0 message with a publish id among its properties; its key is the topic; behind it
 *                    16 bytes owner of the publisher
 * SCHEDULE (10)    0 message, with the time at which it is due in place of when it expires; its key is
 *                    {@link MessageKeys#ofScheduled}; behind it
 *                    16 bytes owner                  u16 topic length              topic
 * DUE (11)         0 message; its key is the topic; behind it
 *                    u64 number of its SCHEDULE      u64 when it was due, epoch millis
 * UNSCHEDULE (12)  0 u64 number of the SCHEDULE    8 u64 when it is due, epoch millis
 *                 16 u8 reason
 * </pre>
 *
 * <p>From its length on a message stands as an entry of the wire stands, but for the key: properties and payload are one
 * piece, so that they are copied as one.
 */
public final class CommandCodec {
    public static final int PUBLISH = 1;
    public static final int SUBSCRIBE = 2;
    public static final int SETTLE = 3;
    public static final int DEAD_LETTER = 4;
    public static final int REMOVE = 5;
    public static final int REDRIVE = 6;
    public static final int SETTINGS = 7;
    public static final int CLOCK = 8;
    public static final int PUBLISH_ONCE = 9;
    public static final int SCHEDULE = 10;
    public static final int DUE = 11;
    public static final int UNSCHEDULE = 12;
    /** All types up to this one are known. */
    public static final int TYPE_MAX = UNSCHEDULE;

    public static final int SETTLE_BYTES = 21;
    public static final int REMOVE_BYTES = 9;
    public static final int SETTINGS_BYTES = 32;
    public static final int CLOCK_BYTES = 8;
    /** What a message has before its key. */
    public static final int MESSAGE_HEADER_BYTES = 22;

    private static final int LENGTH = 16;
    private static final int KEY_LENGTH = 20;
    public static final int HAS_PROPERTIES = 0x8000_0000;
    public static final int PROPERTIES_LENGTH_BYTES = 2;
    public static final int SUBSCRIBE_FLAGS = 16;
    public static final int ENDS_WITH_CONNECTION_FLAG = 1;
    public static final int FILTER_FLAG = 2;
    public static final int NAME_LENGTH = 17;
    public static final int NAME = 19;
    public static final int SETTLE_LENGTH = 17;
    public static final int ORIGIN_BYTES = 21;
    public static final int REDRIVEN_FLAG = 0x80;
    public static final int REASON_MASK = 0x7f;
    public static final int REDRIVE_BYTES = 24;
    /** Where a scheduled message's record says when it is due. */
    public static final int DUE_AT = 8;
    /** What is behind a scheduled message's payload, before its topic. */
    public static final int SCHEDULE_BYTES = OwnerId.BYTES + Short.BYTES;

    public static final int DUE_BYTES = 16;
    public static final int UNSCHEDULE_BYTES = 17;
    public static final int UNSCHEDULE_REASON = 16;

    private CommandCodec() {}

    public static int publishBytes(MessageView message) {
        return MESSAGE_HEADER_BYTES + message.topicLength() + message.contentBytes();
    }

    public static int publishOnceBytes(MessageView message) {
        return publishBytes(message) + OwnerId.BYTES;
    }

    public static int subscribeBytes(byte[] topic, byte[] name) {
        return NAME + name.length + topic.length;
    }

    public static int deadLetterBytes(byte[] key, byte[] properties, int payloadLength) {
        return messageBytes(key, properties, payloadLength) + ORIGIN_BYTES;
    }

    public static int redriveBytes(byte[] key, byte[] properties, int payloadLength) {
        return messageBytes(key, properties, payloadLength) + REDRIVE_BYTES;
    }

    public static int scheduleBytes(byte[] key, MessageView message) {
        return MESSAGE_HEADER_BYTES + key.length + message.contentBytes() + SCHEDULE_BYTES + message.topicLength();
    }

    /** @param scheduled the message that is due now */
    public static int dueBytes(byte[] topic, StoredMessage scheduled) {
        return MESSAGE_HEADER_BYTES + topic.length + scheduled.propertiesBytes + scheduled.payloadLength + DUE_BYTES;
    }

    private static int messageBytes(byte[] key, byte[] properties, int payloadLength) {
        int propertiesBytes = properties.length == 0 ? 0 : PROPERTIES_LENGTH_BYTES + properties.length;
        return MESSAGE_HEADER_BYTES + key.length + propertiesBytes + payloadLength;
    }

    /** @return where the key belongs */
    private static int putHeader(
            ByteBuffer target, int offset, long publishedMillis, long expiresMillis, int length, int keyBytes) {
        target.putLong(offset, publishedMillis);
        target.putLong(offset + 8, expiresMillis);
        target.putInt(offset + LENGTH, length);
        target.putShort(offset + KEY_LENGTH, (short) keyBytes);
        return offset + MESSAGE_HEADER_BYTES;
    }

    public static void encodePublish(ByteBuffer target, int offset, MessageView message) {
        int topic = putHeader(
                target,
                offset,
                message.publishedMillis(),
                message.expiresMillis(),
                message.entryLength(),
                message.topicLength());
        target.put(topic, message.buffer(), message.topicOffset(), message.topicLength());
        target.put(topic + message.topicLength(), message.buffer(), message.contentOffset(), message.contentBytes());
    }

    public static void encodePublishOnce(ByteBuffer target, int offset, OwnerId owner, MessageView message) {
        encodePublish(target, offset, message);
        owner.put(target, offset + publishBytes(message));
    }

    public static void encodeSubscribe(
            ByteBuffer target,
            int offset,
            OwnerId owner,
            byte[] topic,
            boolean filter,
            byte[] name,
            boolean endsWithConnection) {
        owner.put(target, offset);
        int flags = (endsWithConnection ? ENDS_WITH_CONNECTION_FLAG : 0) | (filter ? FILTER_FLAG : 0);
        target.put(offset + SUBSCRIBE_FLAGS, (byte) flags);
        target.putShort(offset + NAME_LENGTH, (short) name.length);
        target.put(offset + NAME, name);
        target.put(offset + NAME + name.length, topic);
    }

    public static void encodeSettle(
            ByteBuffer target,
            int offset,
            long subscriptionId,
            long deliveryTag,
            boolean redriven,
            int payloadLength,
            SettleReason reason) {
        target.putLong(offset, subscriptionId);
        target.putLong(offset + 8, deliveryTag);
        target.put(offset + 16, (byte) (redriven ? reason.code() | REDRIVEN_FLAG : reason.code()));
        target.putInt(offset + SETTLE_LENGTH, payloadLength);
    }

    /** @return where the payload belongs */
    public static int encodeDeadLetter(
            ByteBuffer target,
            int offset,
            long subscriptionId,
            boolean redriven,
            int attempts,
            byte[] key,
            StoredMessage message,
            byte[] properties,
            long expiresMillis) {
        int payload = encodeMessage(target, offset, key, message, properties, expiresMillis);
        int origin = payload + message.payloadLength;
        target.putLong(origin, subscriptionId);
        target.putLong(origin + 8, message.sequence);
        target.putInt(origin + 16, attempts);
        target.put(origin + 20, (byte) (redriven ? 1 : 0));
        return payload;
    }

    /** @return where the payload belongs */
    public static int encodeRedrive(
            ByteBuffer target,
            int offset,
            long subscriptionId,
            long deadLettersId,
            byte[] key,
            StoredMessage letter,
            byte[] properties,
            long expiresMillis) {
        int payload = encodeMessage(target, offset, key, letter, properties, expiresMillis);
        int behind = payload + letter.payloadLength;
        target.putLong(behind, subscriptionId);
        target.putLong(behind + 8, deadLettersId);
        target.putLong(behind + 16, letter.sequence);
        return payload;
    }

    /** Everything but the payload of a message that is stored again. */
    private static int encodeMessage(
            ByteBuffer target, int offset, byte[] key, StoredMessage message, byte[] properties, long expiresMillis) {
        int length = properties.length == 0 ? message.payloadLength : message.payloadLength | HAS_PROPERTIES;
        int at = putHeader(target, offset, message.publishedMillis, expiresMillis, length, key.length);
        target.put(at, key);
        at += key.length;
        if (properties.length > 0) {
            target.putShort(at, (short) properties.length);
            target.put(at + PROPERTIES_LENGTH_BYTES, properties);
            at += PROPERTIES_LENGTH_BYTES + properties.length;
        }
        return at;
    }

    /** @param key of the bucket that the message is due in */
    public static void encodeSchedule(
            ByteBuffer target, int offset, byte[] key, MessageView message, long dueMillis, OwnerId owner) {
        int keyAt = putHeader(target, offset, message.publishedMillis(), dueMillis, message.entryLength(), key.length);
        target.put(keyAt, key);
        int content = keyAt + key.length;
        target.put(content, message.buffer(), message.contentOffset(), message.contentBytes());
        int behind = content + message.contentBytes();
        owner.put(target, behind);
        target.putShort(behind + OwnerId.BYTES, (short) message.topicLength());
        target.put(behind + SCHEDULE_BYTES, message.buffer(), message.topicOffset(), message.topicLength());
    }

    /** @return where properties and payload belong */
    public static int encodeDue(
            ByteBuffer target,
            int offset,
            byte[] topic,
            StoredMessage scheduled,
            long publishedMillis,
            long expiresMillis) {
        int topicAt = putHeader(target, offset, publishedMillis, expiresMillis, scheduled.entryLength(), topic.length);
        target.put(topicAt, topic);
        int content = topicAt + topic.length;
        int behind = content + scheduled.propertiesBytes + scheduled.payloadLength;
        target.putLong(behind, scheduled.sequence);
        target.putLong(behind + 8, scheduled.expiresMillis);
        return content;
    }

    public static void encodeUnschedule(
            ByteBuffer target, int offset, long number, long dueMillis, UnscheduleReason reason) {
        target.putLong(offset, number);
        target.putLong(offset + 8, dueMillis);
        target.put(offset + UNSCHEDULE_REASON, (byte) reason.code());
    }

    public static void encodeSettings(ByteBuffer target, int offset, ReplicatedSettings settings) {
        target.putInt(offset, settings.lettersOfSubscription());
        target.putLong(offset + 4, settings.lettersInAll());
        target.putLong(offset + 12, settings.deduplicationMillis());
        target.putInt(offset + 20, settings.publishIds());
        target.putLong(offset + 24, settings.publishIdBytes());
    }

    public static void encodeRemove(ByteBuffer target, int offset, long subscriptionId, RemoveReason reason) {
        target.putLong(offset, subscriptionId);
        target.put(offset + 8, (byte) reason.code());
    }

    /**
     * Tells of a message what its header says.
     *
     * @param header holds the first {@link #MESSAGE_HEADER_BYTES} of the message's record
     * @return whether {@link #decodeProperties} is needed, too
     */
    public static boolean decodeMessage(ByteBuffer header, int offset, StoredMessage into) {
        into.publishedMillis = header.getLong(offset);
        into.expiresMillis = header.getLong(offset + 8);
        into.payloadLength = payloadLength(header, offset);
        into.payloadOffset = MESSAGE_HEADER_BYTES + keyLength(header, offset);
        into.propertiesBytes = 0;
        return hasProperties(header, offset);
    }

    /** @param length holds, at an offset, what stands at the payload offset that the header gave */
    public static void decodeProperties(ByteBuffer length, int offset, StoredMessage into) {
        into.propertiesBytes = PROPERTIES_LENGTH_BYTES + Short.toUnsignedInt(length.getShort(offset));
        into.payloadOffset += into.propertiesBytes;
    }

    /**
     * Where a record's key stands, as {@link RecordKey} wants it: what {@link MessageStore#find} looks for. A key that is no
     * topic is hidden.
     */
    public static long locateKey(int type, ByteBuffer body, int offset, int length) {
        return switch (type) {
            case PUBLISH, PUBLISH_ONCE, DUE -> RecordKey.at(offset + MESSAGE_HEADER_BYTES, keyLength(body, offset));
            case DEAD_LETTER, REDRIVE, SCHEDULE ->
                RecordKey.hiddenAt(offset + MESSAGE_HEADER_BYTES, keyLength(body, offset));
            default -> RecordKey.NONE;
        };
    }

    /** Whether there is a command of this type. */
    public static boolean isKnown(int type) {
        return type >= PUBLISH && type <= TYPE_MAX;
    }

    public static boolean hasProperties(ByteBuffer body, int offset) {
        return body.getInt(offset + LENGTH) < 0;
    }

    public static int payloadLength(ByteBuffer body, int offset) {
        return body.getInt(offset + LENGTH) & ~HAS_PROPERTIES;
    }

    public static int keyLength(ByteBuffer body, int offset) {
        return body.getShort(offset + KEY_LENGTH) & 0xffff;
    }
}
