package io.blipmq.protocol.entry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Puts properties together, for one message after another. Owned by its caller. */
public final class PropertiesBuilder {
    private static final int LENGTH_MAX = 0xffff;
    private static final int FIRST_CAPACITY = 64;

    private ByteBuffer bytes = ByteBuffer.allocate(FIRST_CAPACITY);

    /** Begins anew. */
    public PropertiesBuilder clear() {
        bytes.clear();
        return this;
    }

    /** Time to live, from publishing on. */
    public PropertiesBuilder ttlMillis(long millis) {
        begin(PropertyLayout.TTL_KEY, PropertyLayout.TTL_BYTES).putLong(millis);
        return this;
    }

    /** When the message is to be delivered, in milliseconds since 1970. */
    public PropertiesBuilder deliverAtMillis(long millis) {
        begin(PropertyLayout.DELIVER_AT_KEY, PropertyLayout.DELIVER_AT_BYTES).putLong(millis);
        return this;
    }

    /** What tells the broker that a message is the same as one that was published before. */
    public PropertiesBuilder publishId(byte[] id) {
        begin(PropertyLayout.PUBLISH_ID_KEY, id.length).put(id);
        return this;
    }

    public PropertiesBuilder header(String name, String value) {
        return header(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws IllegalArgumentException when the name is longer than 255 bytes in UTF-8 */
    public PropertiesBuilder header(String name, byte[] value) {
        byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
        if (encoded.length > PropertyLayout.HEADER_NAME_BYTES_MAX) {
            throw new IllegalArgumentException("a header's name must be at most " + PropertyLayout.HEADER_NAME_BYTES_MAX
                    + " bytes, not " + encoded.length);
        }
        begin(PropertyLayout.HEADER_KEY, PropertyLayout.HEADER_NAME_OFFSET + encoded.length + value.length)
                .put((byte) encoded.length)
                .put(encoded)
                .put(value);
        return this;
    }

    /** The topic that replies are to be published to. */
    public PropertiesBuilder replyTo(byte[] topic) {
        begin(PropertyLayout.REPLY_TO_KEY, topic.length).put(topic);
        return this;
    }

    /** What a reply repeats. */
    public PropertiesBuilder correlation(byte[] data) {
        begin(PropertyLayout.CORRELATION_KEY, data.length).put(data);
        return this;
    }

    /** What the broker says of a dead letter. */
    public PropertiesBuilder deadLetter(long subscriptionId, int attempts, byte[] reason, long epochMillis) {
        begin(PropertyLayout.DEAD_LETTER_SUBSCRIPTION_KEY, Long.BYTES).putLong(subscriptionId);
        begin(PropertyLayout.DEAD_LETTER_ATTEMPTS_KEY, Short.BYTES).putShort((short) attempts);
        begin(PropertyLayout.DEAD_LETTER_REASON_KEY, reason.length).put(reason);
        begin(PropertyLayout.DEAD_LETTER_MILLIS_KEY, Long.BYTES).putLong(epochMillis);
        return this;
    }

    /** Properties as they stand in an entry. */
    public PropertiesBuilder copyOf(ByteBuffer from, int offset, int length) {
        ensureRoom(length);
        bytes.put(bytes.position(), from, offset, length).position(bytes.position() + length);
        return this;
    }

    /** How many bytes there are. */
    public int length() {
        return bytes.position();
    }

    /** What {@link #length} bytes of are the properties; valid until the next call. */
    public byte[] array() {
        return bytes.array();
    }

    public byte[] toBytes() {
        byte[] copy = new byte[length()];
        bytes.get(0, copy);
        return copy;
    }

    private ByteBuffer begin(int key, int valueLength) {
        ensureRoom(PropertyLayout.HEADER_BYTES + valueLength);
        return bytes.put((byte) key).putShort((short) valueLength);
    }

    private void ensureRoom(int added) {
        int needed = bytes.position() + added;
        if (needed > LENGTH_MAX) {
            throw new IllegalArgumentException("properties must be at most " + LENGTH_MAX + " bytes, not " + needed);
        }
        if (needed > bytes.capacity()) {
            bytes = ByteBuffer.allocate(Math.max(needed, 2 * bytes.capacity())).put(bytes.flip());
        }
    }
}
