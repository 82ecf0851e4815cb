package io.blipmq.broker.journal;

import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.name.TopicFilter;

/** Where a QoS 1 message stands in the journal, and what its record says about it. Owned by the core thread. */
public final class StoredMessage {
    /** What the journal lists it under; for a message of a filter's log the filter's text. */
    public byte[] key;
    /** The filter whose log it is of, or null. */
    public TopicFilter filter;

    /** Its number; 0 while this holds no message. */
    public long sequence;
    /** Where its record stands, or stood before the journal moved it. */
    public long position;
    /** Where the payload begins, from {@link #position} on. */
    public int payloadOffset;

    public int payloadLength;
    /** Of properties and their length that stand in front of the payload, 0: it has none. */
    public int propertiesBytes;
    /** Wall-clock milliseconds. */
    public long publishedMillis;
    /** Wall-clock milliseconds, 0 = never. */
    public long expiresMillis;

    /** Names a message; {@link MessageStore#readMessage} fills in the rest. */
    public void at(byte[] newKey, TopicFilter newFilter, long newSequence, long newPosition) {
        key = newKey;
        filter = newFilter;
        sequence = newSequence;
        position = newPosition;
    }

    /** The message's number, which is its delivery tag. */
    public long sequence() {
        return sequence;
    }

    public void set(StoredMessage other) {
        at(other.key, other.filter, other.sequence, other.position);
        payloadOffset = other.payloadOffset;
        payloadLength = other.payloadLength;
        propertiesBytes = other.propertiesBytes;
        publishedMillis = other.publishedMillis;
        expiresMillis = other.expiresMillis;
    }

    /** The length as it stands in front of an entry. */
    public int entryLength() {
        return propertiesBytes == 0 ? payloadLength : payloadLength | EntryLayout.PROPERTIES_FLAG;
    }

    /** Bytes of body and properties: what a delivery costs of a credit in bytes. */
    public long contentBytes() {
        return payloadLength + Math.max(0, propertiesBytes - EntryLayout.PROPERTIES_LENGTH_BYTES);
    }

    public boolean isExpired(long nowMillis) {
        return expiresMillis != 0 && expiresMillis <= nowMillis;
    }
}
