package io.blipmq.broker;

import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.protocol.entry.PropertyLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a dead letter says about itself beside the message's own properties. Stateless. */
final class LetterProperties {
    static final byte[] RETRIES_EXHAUSTED = "retries exhausted".getBytes(StandardCharsets.UTF_8);

    private static final int LENGTH_BYTES = 2;
    /** Without the reason and the topic. */
    private static final int ADDED_BYTES = 4 * PropertyLayout.HEADER_BYTES + Long.BYTES + Short.BYTES + Long.BYTES;

    private LetterProperties() {}

    /** The properties of the letter that a message becomes. */
    static byte[] of(Delivery delivery, byte[] reason, long nowMillis, MessageStore messages) {
        byte[] own = own(delivery.message, messages);
        byte[] topic = delivery.subscription.topic().filter() == null ? null : topic(delivery.message, messages);
        int topicBytes = topic == null ? 0 : PropertyLayout.HEADER_BYTES + topic.length;
        ByteBuffer properties = ByteBuffer.allocate(own.length + ADDED_BYTES + reason.length + topicBytes);
        properties.put(own);
        begin(properties, PropertyLayout.DEAD_LETTER_SUBSCRIPTION_KEY, Long.BYTES)
                .putLong(delivery.subscription.id());
        begin(properties, PropertyLayout.DEAD_LETTER_ATTEMPTS_KEY, Short.BYTES)
                .putShort((short) Math.min(delivery.attempts, 0xffff));
        begin(properties, PropertyLayout.DEAD_LETTER_REASON_KEY, reason.length).put(reason);
        begin(properties, PropertyLayout.DEAD_LETTER_MILLIS_KEY, Long.BYTES).putLong(nowMillis);
        if (topic != null) {
            begin(properties, PropertyLayout.TOPIC_KEY, topic.length).put(topic);
        }
        return properties.array();
    }

    /** The properties of a message that comes back to a subscription to a filter, where it needs to name its topic. */
    static byte[] withTopic(byte[] own, byte[] topic) {
        ByteBuffer properties = ByteBuffer.allocate(own.length + PropertyLayout.HEADER_BYTES + topic.length);
        properties.put(own);
        begin(properties, PropertyLayout.TOPIC_KEY, topic.length).put(topic);
        return properties.array();
    }

    /** The topic that a message was published to which a subscription to a filter holds. */
    static byte[] topic(StoredMessage message, MessageStore messages) {
        return message.filter == null ? namedTopic(message, messages) : messages.topic(message);
    }

    /** The topic that a message's properties name, or null. */
    static byte[] namedTopic(StoredMessage message, MessageStore messages) {
        ByteBuffer properties = all(message, messages);
        int at = PropertyLayout.find(properties, 0, properties.limit(), PropertyLayout.TOPIC_KEY);
        if (at < 0) {
            return null;
        }
        byte[] topic = new byte[PropertyLayout.valueLength(properties, at)];
        properties.get(PropertyLayout.valueOffset(at), topic);
        return topic;
    }

    private static ByteBuffer begin(ByteBuffer properties, int key, int length) {
        return properties.put((byte) key).putShort((short) length);
    }

    /** The properties that a message was published with: those of a letter are the broker's and come last. */
    static byte[] own(StoredMessage message, MessageStore messages) {
        ByteBuffer properties = all(message, messages);
        int end = 0;
        while (end < properties.limit() && !isLetters(PropertyLayout.key(properties, end))) {
            end = PropertyLayout.next(properties, end);
        }
        byte[] own = new byte[end];
        properties.get(0, own);
        return own;
    }

    private static boolean isLetters(int key) {
        return key >= PropertyLayout.RESERVED_KEY_MIN && key <= PropertyLayout.RESERVED_KEY_MAX;
    }

    private static ByteBuffer all(StoredMessage message, MessageStore messages) {
        int length = Math.max(0, message.propertiesBytes - LENGTH_BYTES);
        ByteBuffer properties = ByteBuffer.allocate(length);
        if (length > 0) {
            messages.read(message, -length, length, properties);
            properties.flip();
        }
        return properties;
    }

    /** @return the time to live that some properties ask for, or 0 */
    static long ttlMillis(ByteBuffer buffer, int from, int to) {
        int at = PropertyLayout.find(buffer, from, to, PropertyLayout.TTL_KEY);
        return at < 0 ? 0 : buffer.getLong(PropertyLayout.valueOffset(at));
    }
}
