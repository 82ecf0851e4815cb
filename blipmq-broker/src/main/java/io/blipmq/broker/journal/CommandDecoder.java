package io.blipmq.broker.journal;

import io.blipmq.broker.message.MessageView;
import io.blipmq.protocol.entry.PropertyLayout;
import io.blipmq.wal.NewerContentException;
import java.nio.ByteBuffer;

/** Reads the records that {@link CommandCodec} has written. Owned by its caller. */
public final class CommandDecoder {
    /** Of the record that is being read. */
    private final MessageView message = new MessageView();

    /** Hands one record to the handler of its command. */
    public void decode(
            long sequence, int type, ByteBuffer body, int offset, int length, long position, CommandHandler handler) {
        switch (type) {
            case CommandCodec.PUBLISH -> {
                decodeMessage(body, offset);
                handler.onPublish(sequence, position, message);
            }
            case CommandCodec.PUBLISH_ONCE -> {
                decodeMessage(body, offset);
                decodePublishId(body, offset);
                OwnerId owner = OwnerId.get(body, offset + length - OwnerId.BYTES);
                handler.onPublishOnce(sequence, position, owner, message);
            }
            case CommandCodec.SUBSCRIBE -> decodeSubscribe(sequence, body, offset, length, handler);
            case CommandCodec.SETTLE ->
                handler.onSettle(
                        body.getLong(offset),
                        body.getLong(offset + 8),
                        (body.get(offset + 16) & CommandCodec.REDRIVEN_FLAG) != 0,
                        body.getInt(offset + CommandCodec.SETTLE_LENGTH),
                        settleReason(body, offset));
            case CommandCodec.DEAD_LETTER -> decodeDeadLetter(sequence, body, offset, length, position, handler);
            case CommandCodec.REMOVE -> handler.onRemove(body.getLong(offset), removeReason(body, offset));
            case CommandCodec.REDRIVE -> decodeRedrive(sequence, body, offset, length, position, handler);
            case CommandCodec.SETTINGS -> handler.onSettings(decodeSettings(body, offset));
            case CommandCodec.CLOCK -> handler.onClock(sequence, body.getLong(offset));
            case CommandCodec.SCHEDULE -> decodeSchedule(sequence, body, offset, position, handler);
            case CommandCodec.DUE -> decodeDue(sequence, body, offset, length, position, handler);
            case CommandCodec.UNSCHEDULE ->
                handler.onUnschedule(
                        body.getLong(offset), body.getLong(offset + Long.BYTES), unscheduleReason(body, offset));
            default -> throw newer(type);
        }
    }

    /** @throws NewerContentException when there is no command of this type */
    public static void requireKnown(int type) {
        if (!CommandCodec.isKnown(type)) {
            throw newer(type);
        }
    }

    private static NewerContentException newer(int type) {
        return new NewerContentException(
                "a record of type " + type + "; this one reads up to " + CommandCodec.TYPE_MAX);
    }

    /** Of a {@link CommandCodec#SETTLE}. */
    public static SettleReason settleReason(ByteBuffer body, int offset) {
        return SettleReason.of(body.get(offset + 16) & CommandCodec.REASON_MASK);
    }

    /** Of a {@link CommandCodec#REMOVE}. */
    public static RemoveReason removeReason(ByteBuffer body, int offset) {
        return RemoveReason.of(body.get(offset + 8));
    }

    private static ReplicatedSettings decodeSettings(ByteBuffer body, int offset) {
        return new ReplicatedSettings(
                body.getInt(offset),
                body.getLong(offset + 4),
                body.getLong(offset + 12),
                body.getInt(offset + 20),
                body.getLong(offset + 24));
    }

    /** Of a {@link CommandCodec#UNSCHEDULE}. */
    public static UnscheduleReason unscheduleReason(ByteBuffer body, int offset) {
        return UnscheduleReason.of(body.get(offset + CommandCodec.UNSCHEDULE_REASON));
    }

    private void decodeSchedule(long sequence, ByteBuffer body, int offset, long position, CommandHandler handler) {
        decodeMessage(body, offset);
        int behind = message.payloadOffset() + message.payloadLength();
        int topicLength = Short.toUnsignedInt(body.getShort(behind + OwnerId.BYTES));
        long dueMillis = message.expiresMillis();
        message.topic(behind + CommandCodec.SCHEDULE_BYTES, topicLength).expires(0);
        findPublishId(body);
        handler.onSchedule(sequence, position, OwnerId.get(body, behind), message, dueMillis);
    }

    private void decodeDue(
            long sequence, ByteBuffer body, int offset, int length, long position, CommandHandler handler) {
        decodeMessage(body, offset);
        int behind = offset + length - CommandCodec.DUE_BYTES;
        handler.onDue(sequence, position, message, body.getLong(behind), body.getLong(behind + Long.BYTES));
    }

    /** The message that a record begins with; its key is taken for its topic. */
    private void decodeMessage(ByteBuffer body, int offset) {
        int topicLength = CommandCodec.keyLength(body, offset);
        int content = offset + CommandCodec.MESSAGE_HEADER_BYTES + topicLength;
        int propertiesBytes = CommandCodec.hasProperties(body, offset)
                ? CommandCodec.PROPERTIES_LENGTH_BYTES + Short.toUnsignedInt(body.getShort(content))
                : 0;
        message.in(body)
                .topic(offset + CommandCodec.MESSAGE_HEADER_BYTES, topicLength)
                .properties(propertiesBytes)
                .payload(content + propertiesBytes, CommandCodec.payloadLength(body, offset))
                .published(body.getLong(offset))
                .expires(body.getLong(offset + Long.BYTES));
    }

    private void decodePublishId(ByteBuffer body, int offset) {
        findPublishId(body);
        if (!message.hasPublishId()) {
            throw new IllegalStateException("a message that is stored once has no publish id, at " + offset);
        }
    }

    private void findPublishId(ByteBuffer body) {
        int from = Math.min(message.payloadOffset(), message.contentOffset() + CommandCodec.PROPERTIES_LENGTH_BYTES);
        int at = PropertyLayout.find(body, from, message.payloadOffset(), PropertyLayout.PUBLISH_ID_KEY);
        if (at >= 0) {
            message.publishId(PropertyLayout.valueOffset(at), PropertyLayout.valueLength(body, at));
        }
    }

    private static void decodeSubscribe(
            long sequence, ByteBuffer body, int offset, int length, CommandHandler handler) {
        int nameLength = Short.toUnsignedInt(body.getShort(offset + CommandCodec.NAME_LENGTH));
        int flags = body.get(offset + CommandCodec.SUBSCRIBE_FLAGS);
        handler.onSubscribe(
                sequence,
                OwnerId.get(body, offset),
                bytes(body, offset + CommandCodec.NAME + nameLength, length - CommandCodec.NAME - nameLength),
                (flags & CommandCodec.FILTER_FLAG) != 0,
                bytes(body, offset + CommandCodec.NAME, nameLength),
                (flags & CommandCodec.ENDS_WITH_CONNECTION_FLAG) != 0);
    }

    private static void decodeDeadLetter(
            long sequence, ByteBuffer body, int offset, int length, long position, CommandHandler handler) {
        int origin = offset + length - CommandCodec.ORIGIN_BYTES;
        handler.onDeadLetter(
                sequence,
                position,
                body.getLong(origin),
                body.getLong(origin + 8),
                body.get(origin + 20) == 1,
                body.getInt(origin + 16),
                CommandCodec.payloadLength(body, offset));
    }

    private static void decodeRedrive(
            long sequence, ByteBuffer body, int offset, int length, long position, CommandHandler handler) {
        StoredMessage copy = new StoredMessage();
        copy.at(
                bytes(body, offset + CommandCodec.MESSAGE_HEADER_BYTES, CommandCodec.keyLength(body, offset)),
                null,
                sequence,
                position);
        if (CommandCodec.decodeMessage(body, offset, copy)) {
            CommandCodec.decodeProperties(body, offset + copy.payloadOffset, copy);
        }
        int behind = offset + length - CommandCodec.REDRIVE_BYTES;
        handler.onRedrive(copy, body.getLong(behind), body.getLong(behind + 8), body.getLong(behind + 16));
    }

    private static byte[] bytes(ByteBuffer from, int offset, int length) {
        byte[] bytes = new byte[length];
        from.get(offset, bytes);
        return bytes;
    }
}
