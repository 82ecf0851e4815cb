package io.blipmq.client;

import io.blipmq.protocol.entry.PropertiesBuilder;
import io.blipmq.protocol.entry.PropertyLayout;
import io.blipmq.protocol.name.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A message to publish. Immutable, as long as nobody changes the body's array, which is not copied.
 *
 * <pre>{@code
 * Message order = Message.of("orders", "one espresso")
 *         .withHeader("shop", "Linz")
 *         .withTtl(Duration.ofMinutes(10));
 * }</pre>
 */
public final class Message {
    private static final byte[] NONE = new byte[0];

    private final String topic;
    private final byte[] body;
    private final int qos;
    private final byte[] properties;

    private Message(String topic, byte[] body, int qos, byte[] properties) {
        this.topic = topic;
        this.body = body;
        this.qos = qos;
        this.properties = properties;
    }

    /** A message at QoS 1. */
    public static Message of(String topic, byte[] body) {
        return new Message(Objects.requireNonNull(topic, "topic"), Objects.requireNonNull(body, "body"), 1, NONE);
    }

    /** A message at QoS 1, in UTF-8. */
    public static Message of(String topic, String body) {
        return of(topic, body.getBytes(StandardCharsets.UTF_8));
    }

    /** @param other 1: stored for each subscription before it is confirmed; 0: handed to whoever listens now */
    public Message withQos(int other) {
        if (other != 0 && other != 1) {
            throw new IllegalArgumentException("a QoS must be 0 or 1, not " + other);
        }
        return new Message(topic, body, other, properties);
    }

    /** One header more; they keep their order, and a name may stand twice. */
    public Message withHeader(String name, String value) {
        return withProperties(builder().header(name, value));
    }

    /** Likewise, with any bytes. */
    public Message withHeader(String name, byte[] value) {
        return withProperties(builder().header(name, value));
    }

    /** How long after its publishing the message is still worth delivering, instead of what the broker is configured to. */
    public Message withTtl(Duration ttl) {
        if (ttl.toMillis() < 1) {
            throw new IllegalArgumentException("a TTL must be at least 1 ms, not " + ttl);
        }
        requireNo(PropertyLayout.TTL_KEY, "a TTL");
        return withProperties(builder().ttlMillis(ttl.toMillis()));
    }

    /**
     * An id of the publisher's choice, 1 to 64 bytes. At QoS 1 the broker stores the message once, however often it is published
     * under this id with this key to this topic within the broker's {@code deduplication_window_ms}: see {@link
     * Confirm#isDuplicate}. At QoS 0 it has no effect.
     */
    public Message withId(byte[] id) {
        if (!PropertyLayout.isPublishIdLength(id.length)) {
            throw new IllegalArgumentException(
                    "an id must be 1 to " + PropertyLayout.PUBLISH_ID_BYTES_MAX + " bytes, not " + id.length);
        }
        requireNo(PropertyLayout.PUBLISH_ID_KEY, "an id");
        return withProperties(builder().publishId(id));
    }

    /** As {@link #withId(byte[])}, in UTF-8. */
    public Message withId(String id) {
        return withId(id.getBytes(StandardCharsets.UTF_8));
    }

    boolean hasId() {
        return has(PropertyLayout.PUBLISH_ID_KEY);
    }

    /**
     * When the message is to be delivered; its TTL counts from then. It is stored and confirmed at once, at QoS 1, whatever
     * subscriptions its topic has now. A time that has passed is now; it may be at most 366 days ahead.
     */
    public Message deliverAt(Instant time) {
        if (time.toEpochMilli() < 1) {
            throw new IllegalArgumentException("a message can be delivered after 1970, not at " + time);
        }
        requireNo(PropertyLayout.DELIVER_AT_KEY, "a time at which it is to be delivered");
        return withProperties(builder().deliverAtMillis(time.toEpochMilli()));
    }

    /** As {@link #deliverAt}, so long from this call on. */
    public Message deliverAfter(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay must not be negative: " + delay);
        }
        return deliverAt(Instant.now().plus(delay));
    }

    /** Where replies are to be published to. {@link BlipClient#request} says so by itself. */
    public Message withReplyTo(String replyTopic) {
        requireNo(PropertyLayout.REPLY_TO_KEY, "a reply topic");
        byte[] name = Names.topic(replyTopic);
        if (!Topics.isForReplies(ByteBuffer.wrap(name), 0, name.length)) {
            throw new IllegalArgumentException("nobody can publish a reply to " + replyTopic);
        }
        return withProperties(builder().replyTo(name));
    }

    /** What a reply is to repeat, so that its request is known. */
    public Message withCorrelation(byte[] data) {
        requireNo(PropertyLayout.CORRELATION_KEY, "a correlation");
        return withProperties(builder().correlation(data));
    }

    /**
     * A reply, to be published: at QoS 0, to the topic that the request names, with the request's correlation.
     *
     * @throws IllegalArgumentException if the delivery asks for no reply
     */
    public static Message reply(Delivery request, byte[] body) {
        String topic =
                request.replyTo().orElseThrow(() -> new IllegalArgumentException(request + " asks for no reply"));
        Message reply = of(topic, body).withQos(0);
        return request.correlation().map(reply::withCorrelation).orElse(reply);
    }

    /** As {@link #reply(Delivery, byte[])}, in UTF-8. */
    public static Message reply(Delivery request, String body) {
        return reply(request, body.getBytes(StandardCharsets.UTF_8));
    }

    public String topic() {
        return topic;
    }

    public byte[] body() {
        return body;
    }

    public int qos() {
        return qos;
    }

    /** As they stand on the wire; empty when there are none. */
    byte[] properties() {
        return properties;
    }

    private PropertiesBuilder builder() {
        return new PropertiesBuilder().copyOf(ByteBuffer.wrap(properties), 0, properties.length);
    }

    private Message withProperties(PropertiesBuilder builder) {
        if (builder.length() > PropertyLayout.BYTES_MAX) {
            throw new IllegalArgumentException("headers and other properties must be at most "
                    + PropertyLayout.BYTES_MAX + " bytes together, not " + builder.length());
        }
        return new Message(topic, body, qos, builder.toBytes());
    }

    private void requireNo(int key, String what) {
        if (has(key)) {
            throw new IllegalStateException("the message has " + what + " already");
        }
    }

    private boolean has(int key) {
        return PropertyLayout.find(ByteBuffer.wrap(properties), 0, properties.length, key) >= 0;
    }

    /** Without the body: that belongs in no log. */
    @Override
    public String toString() {
        return "Message[topic=" + topic + ", qos=" + qos + ", " + body.length + " bytes]";
    }
}
