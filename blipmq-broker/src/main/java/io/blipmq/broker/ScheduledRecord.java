package io.blipmq.broker;

import io.blipmq.broker.journal.CommandCodec;
import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.StoredMessage;
import java.nio.ByteBuffer;

/** What the record of a scheduled message says, of one after the other. Owned by the core thread. */
final class ScheduledRecord {
    private final MessageStore messages;
    private final StoredMessage message = new StoredMessage();
    private final ByteBuffer behind = ByteBuffer.allocate(CommandCodec.SCHEDULE_BYTES);
    private OwnerId owner;
    private int topicLength;

    ScheduledRecord(MessageStore messages) {
        this.messages = messages;
    }

    void read(byte[] key, long sequence, long position) {
        message.at(key, null, sequence, position);
        messages.readMessage(message);
        messages.read(message, message.payloadLength, CommandCodec.SCHEDULE_BYTES, behind.clear());
        owner = OwnerId.get(behind, 0);
        topicLength = Short.toUnsignedInt(behind.getShort(OwnerId.BYTES));
    }

    /** With its due time as that at which it expires. */
    StoredMessage message() {
        return message;
    }

    long dueMillis() {
        return message.expiresMillis;
    }

    OwnerId owner() {
        return owner;
    }

    byte[] topic() {
        byte[] topic = new byte[topicLength];
        messages.read(
                message, message.payloadLength + CommandCodec.SCHEDULE_BYTES, topicLength, ByteBuffer.wrap(topic));
        return topic;
    }

    /** Its own time to live, or 0. */
    long ttlMillis() {
        byte[] properties = LetterProperties.own(message, messages);
        return LetterProperties.ttlMillis(ByteBuffer.wrap(properties), 0, properties.length);
    }
}
