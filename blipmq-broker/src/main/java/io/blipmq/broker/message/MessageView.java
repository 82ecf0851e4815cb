package io.blipmq.broker.message;

import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;

/**
 * A message on its way: where its topic, its properties and its payload are in a buffer, and its times. Owned by whoever
 * describes messages with it, one after the other; valid during a call, and never kept.
 */
public final class MessageView {
    private ByteBuffer buffer;
    private int topicOffset;
    private int topicLength;
    private int payloadOffset;
    private int payloadLength;
    private int propertiesBytes;
    private long publishedMillis;
    private long expiresMillis;
    private int publishIdOffset;
    private int publishIdLength;

    // --- describing a message ---

    /** Begins with a message that is in this buffer, at absolute offsets: it has no properties and no times yet. */
    public MessageView in(ByteBuffer newBuffer) {
        buffer = newBuffer;
        propertiesBytes = 0;
        publishedMillis = 0;
        expiresMillis = 0;
        publishIdLength = 0;
        return this;
    }

    public MessageView topic(int offset, int length) {
        topicOffset = offset;
        topicLength = length;
        return this;
    }

    public MessageView payload(int offset, int length) {
        payloadOffset = offset;
        payloadLength = length;
        return this;
    }

    /** @param bytes of properties with their length, right in front of the payload; 0: it has none */
    public MessageView properties(int bytes) {
        propertiesBytes = bytes;
        return this;
    }

    /** @param millis wall clock */
    public MessageView published(long millis) {
        publishedMillis = millis;
        return this;
    }

    /** @param millis wall clock, 0 = never */
    public MessageView expires(long millis) {
        expiresMillis = millis;
        return this;
    }

    /** Where the publish id among its properties is; its length is 0 when it has none. */
    public MessageView publishId(int offset, int length) {
        publishIdOffset = offset;
        publishIdLength = length;
        return this;
    }

    // --- the message ---

    public ByteBuffer buffer() {
        return buffer;
    }

    public int topicOffset() {
        return topicOffset;
    }

    public int topicLength() {
        return topicLength;
    }

    public int payloadOffset() {
        return payloadOffset;
    }

    public int payloadLength() {
        return payloadLength;
    }

    /** Of properties with their length, which end where the payload begins; 0: it has none. */
    public int propertiesBytes() {
        return propertiesBytes;
    }

    public long publishedMillis() {
        return publishedMillis;
    }

    /** 0 = never. */
    public long expiresMillis() {
        return expiresMillis;
    }

    public boolean hasPublishId() {
        return publishIdLength > 0;
    }

    public int publishIdOffset() {
        return publishIdOffset;
    }

    public int publishIdLength() {
        return publishIdLength;
    }

    /** Where properties and payload begin, which are one piece. */
    public int contentOffset() {
        return payloadOffset - propertiesBytes;
    }

    /** Of properties with their length, and payload. */
    public int contentBytes() {
        return propertiesBytes + payloadLength;
    }

    /** The length as it is in front of an entry, and in a record. */
    public int entryLength() {
        return propertiesBytes == 0 ? payloadLength : payloadLength | EntryLayout.PROPERTIES_FLAG;
    }
}
