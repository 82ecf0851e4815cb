package io.blipmq.broker.journal;

import io.blipmq.protocol.name.TopicFilter;
import java.nio.ByteBuffer;

/**
 * Finds and reads the messages that stored commands have brought. Owned by the core thread. Where a message is on disk is the
 * store's own affair: a position is what it gave, and may have been moved since.
 *
 * <p>The core keeps positions for as long as it has memory for them; {@link #find} gives those of older messages back by their
 * key: the topic's name, or for dead letters owner and name.
 */
public interface MessageStore {
    /** Everything up to this number can be found by {@link #find}; positions of it need not be kept. */
    long findableThrough();

    /**
     * Finds messages by key, in order.
     *
     * @param sequences gets the numbers of messages from {@code fromSequence} to {@code throughSequence}, as many as fit
     * @param positions gets where they are
     * @return how many were found
     */
    int find(byte[] key, long fromSequence, long throughSequence, long[] sequences, long[] positions);

    /**
     * Finds messages of all topics that match a filter, in order, as {@link #find(byte[], long, long, long[], long[])}. It looks
     * through a part of them at a time, and may have found none: {@link #searchedThrough}.
     */
    int find(TopicFilter filter, long fromSequence, long throughSequence, long[] sequences, long[] positions);

    /** How far the last search by a filter has come; below its {@code throughSequence} there may be more. */
    long searchedThrough();

    /** What {@link #find} may cost just now, as the core's work meter counts it. */
    int findWork();

    /** Reads what a message's record says, given where it is or was. */
    void readMessage(StoredMessage message);

    /**
     * Copies a part of a message to {@code target}'s position.
     *
     * @param offset from the payload's begin; negative for properties, behind its end for what its command says of it
     */
    void read(StoredMessage message, int offset, int length, ByteBuffer target);

    /** Copies a payload to {@code target}'s position. */
    default void readPayload(StoredMessage message, ByteBuffer target) {
        read(message, 0, message.payloadLength, target);
    }

    /** The topic of a message that was published; the store's answer is right behind the record's own header. */
    default byte[] topic(StoredMessage message) {
        int end = message.payloadOffset - message.propertiesBytes;
        byte[] topic = new byte[end - CommandCodec.MESSAGE_HEADER_BYTES];
        read(message, -message.propertiesBytes - topic.length, topic.length, ByteBuffer.wrap(topic));
        return topic;
    }

    /** Copies properties, with their length, and payload to {@code target}'s position. */
    default void readContent(StoredMessage message, ByteBuffer target) {
        read(message, -message.propertiesBytes, message.propertiesBytes + message.payloadLength, target);
    }

    /** The subscription that a dead letter failed in. */
    default long originId(StoredMessage letter) {
        ByteBuffer id = ByteBuffer.allocate(Long.BYTES);
        read(letter, letter.payloadLength, Long.BYTES, id); // right behind the payload
        return id.getLong(0);
    }
}
