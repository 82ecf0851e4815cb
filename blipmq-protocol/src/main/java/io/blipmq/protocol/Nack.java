package io.blipmq.protocol;

import io.blipmq.protocol.name.Topics;
import java.nio.charset.StandardCharsets;

/** Every refusal of version 1: its code and its text, word for word. Immutable. */
public enum Nack implements Refusal {
    UNSUPPORTED_VERSION(426, "unsupported protocol version"),
    HELLO_ALREADY_PERFORMED(400, "HELLO already performed"),
    HELLO_NOT_PERFORMED(400, "HELLO not performed"),
    ALREADY_AUTHENTICATED(400, "already authenticated"),
    INVALID_API_KEY(401, "invalid API key"),
    UNAUTHENTICATED(401, "unauthenticated"),

    INVALID_HELLO(400, "invalid HELLO payload"),
    INVALID_AUTH(400, "invalid AUTH payload"),
    INVALID_PUBLISH(400, "invalid PUBLISH payload"),
    INVALID_SUBSCRIBE(400, "invalid SUBSCRIBE payload"),
    INVALID_ACK(400, "invalid ACK payload"),
    INVALID_POLL(400, "invalid POLL payload"),

    EMPTY_TOPIC(400, "empty topic"),
    INVALID_QOS(400, "invalid QoS value"),
    TOPIC_TOO_LONG(400, "topic longer than " + Topics.NAME_BYTES_MAX + " bytes"),
    TOPIC_RESERVED(400, "topic names that begin with '$' are reserved"),
    SUBSCRIPTION_ID_ZERO(400, "subscription_id must be non-zero"),
    UNKNOWN_SUBSCRIPTION_OR_TAG(404, "unknown subscription or delivery tag"),

    PUBLISH_DISK_FULL(500, "durable publish failed: disk full"),
    PUBLISH_SHUTTING_DOWN(500, "durable publish failed: shutting down"),
    PUBLISH_NOT_LEADER(500, "durable publish failed: not the leader"),
    SUBSCRIBE_DISK_FULL(500, "subscribe failed: disk full"),
    SUBSCRIBE_SHUTTING_DOWN(500, "subscribe failed: shutting down"),
    SUBSCRIBE_NOT_LEADER(500, "subscribe failed: not the leader"),
    SUBSCRIBE_TOO_MANY(500, "subscribe failed: too many subscriptions"),
    SUBSCRIBE_TOO_MANY_OF_CONNECTION(
            500, "subscribe failed: this connection has as many as max_subscriptions_per_connection allows"),
    POLL_TOO_MANY_OF_CONNECTION(
            500, "poll failed: this connection has as many subscriptions as max_subscriptions_per_connection allows");

    private final int code;
    private final String text;
    private final byte[] encodedText;

    Nack(int code, String text) {
        this.code = code;
        this.text = text;
        this.encodedText = text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int code() {
        return code;
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public byte[] encodedText() {
        return encodedText;
    }
}
