package io.blipmq.client;

import io.blipmq.protocol.v2.SettleLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message as it was delivered. Thread-safe: it may be settled by any thread, once.
 *
 * <p>Settling is handed to the client's thread, which sends what has come together; it does not wait. When the connection
 * that brought the delivery is lost, settling it has no effect: the broker delivers it again. At QoS 0 there is nothing to
 * settle, and the calls do nothing.
 */
public final class Delivery {
    private final Subscription subscription;
    private final String topic;
    private final int generation;
    private final int qos;
    private final long tag;
    private final int attempt;
    private final long publishedMillis;
    private final byte[] properties;
    private final byte[] body;
    /** Guarded by the subscription's lock. */
    private boolean settled;

    Delivery(
            Subscription subscription,
            String topic,
            int generation,
            int qos,
            long tag,
            int attempt,
            long publishedMillis,
            byte[] properties,
            byte[] body) {
        this.subscription = subscription;
        this.topic = topic;
        this.generation = generation;
        this.qos = qos;
        this.tag = tag;
        this.attempt = attempt;
        this.publishedMillis = publishedMillis;
        this.properties = properties;
        this.body = body;
    }

    /** The array is the receiver's own. */
    public byte[] body() {
        return body;
    }

    /** The body read as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** What it was published to; of a dead letter, the topic of the dead letters. */
    public String topic() {
        return topic;
    }

    public Subscription subscription() {
        return subscription;
    }

    public int qos() {
        return qos;
    }

    /** The message's number, which grows with the order of storing and stays the same in every delivery; 0 at QoS 0. */
    public long tag() {
        return tag;
    }

    /** 1 at the first delivery; 0 at QoS 0. */
    public int attempt() {
        return attempt;
    }

    public Instant published() {
        return Instant.ofEpochMilli(publishedMillis);
    }

    /** The publisher's headers, in order. */
    public List<Header> headers() {
        return Properties.headers(properties);
    }

    /** The first header of that name. */
    public Optional<Header> header(String name) {
        return headers().stream().filter(header -> header.name().equals(name)).findFirst();
    }

    /** The id that its publisher has given it. */
    public Optional<byte[]> id() {
        return Properties.publishId(properties);
    }

    /** The topic that a reply to this message is to be published to; {@link Message#reply} does so. */
    public Optional<String> replyTo() {
        return Properties.replyTo(properties);
    }

    /** What a reply to this message repeats. */
    public Optional<byte[]> correlation() {
        return Properties.correlation(properties);
    }

    /** On a delivery of a dead letter: why it is one. */
    public Optional<DeadLetter> deadLetter() {
        return Properties.deadLetter(properties);
    }

    /** It is done: the broker forgets it, as far as this subscription goes. */
    public void ack() {
        subscription.settle(this, SettleLayout.ACK, 0, "");
    }

    /** It could not be handled: the broker delivers it again at once. */
    public void nack() {
        nack(Duration.ZERO);
    }

    /** Likewise, after a while. */
    public void nack(Duration delay) {
        subscription.settle(this, SettleLayout.NACK, Options.millis(delay, "delay"), "");
    }

    /** It has not been looked at: the broker delivers it again at once, and this attempt does not count. */
    public void release() {
        subscription.settle(this, SettleLayout.RELEASE, 0, "");
    }

    /** It can never be handled: the broker moves it to the topic's dead letters, with this reason. */
    public void reject(String reason) {
        subscription.settle(this, SettleLayout.REJECT, 0, reason);
    }

    /** Handling it takes longer: the broker waits so long from now on. May be called again and again. */
    public void extend(Duration time) {
        subscription.settle(this, SettleLayout.EXTEND, Math.max(1, Options.millis(time, "time")), "");
    }

    /** What it costs of the credit. */
    int bytes() {
        return properties.length + body.length;
    }

    int generation() {
        return generation;
    }

    boolean isSettled() {
        return settled;
    }

    void markSettled() {
        settled = true;
    }

    /** Without the body: that belongs in no log. */
    @Override
    public String toString() {
        return "Delivery[topic=" + topic() + ", tag=" + tag + ", attempt=" + attempt + ", " + body.length + " bytes]";
    }
}
