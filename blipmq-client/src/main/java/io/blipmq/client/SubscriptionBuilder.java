package io.blipmq.client;

import io.blipmq.protocol.name.TopicFilter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Says how to subscribe; {@link #handle} or {@link #receive} does it. Owned by its caller.
 *
 * <pre>{@code
 * Receiver orders = client.subscribe("orders")
 *         .name("bar")
 *         .credit(10)
 *         .manualAck()
 *         .ackTimeout(Duration.ofMinutes(1))
 *         .receive();
 * Delivery order = orders.receive();
 * if (order.attempt() > 3) {
 *     order.reject("nobody can make this");
 * } else {
 *     order.ack();
 * }
 * }</pre>
 *
 * <p>Without a name a subscription is passing: it gets what is published while it is there. With a name it is durable: the
 * broker keeps what it has not acknowledged, until it is deleted or expires, and whoever attaches to the name goes on.
 */
public final class SubscriptionBuilder {
    /** Enough for a round trip on a fast network; a worker that dies takes no more unseen messages with it. */
    private static final int CREDIT_DEFAULT = 32;

    private static final long CREDIT_BYTES_DEFAULT = 4L << 20;
    private static final Duration ACK_TIMEOUT_DEFAULT = Duration.ofSeconds(30);
    private static final Duration RETRY_DELAY_DEFAULT = Duration.ofMillis(100);

    private final BlipClient client;
    private final String topic;
    private boolean filter;
    private String name = "";
    private boolean group;
    private int qos = 1;
    private int credit = CREDIT_DEFAULT;
    private long creditBytes = CREDIT_BYTES_DEFAULT;
    private long total = Long.MAX_VALUE;
    private Duration ackTimeout = ACK_TIMEOUT_DEFAULT;
    private Duration retryBackoff = Duration.ZERO;
    private Duration retryDelay = RETRY_DELAY_DEFAULT;
    private boolean autoAck = true;
    private boolean takeOver;
    private boolean fromNew;
    private boolean countFromBegin;
    private Executor executor;
    private SubscriptionListener listener = (state, reason) -> {};

    SubscriptionBuilder(BlipClient client, String topic) {
        this.client = client;
        this.topic = topic;
    }

    /** Whether a level of a text is {@code +} or {@code #}, as people write filters. */
    public static boolean hasWildcard(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return TopicFilter.hasWildcard(ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    /**
     * Takes the topic for a filter: {@code +} stands for one level of a topic's name, {@code #} at the end for all that follow,
     * levels are parted by {@code /}. {@link Delivery#topic} says what each message was published to.
     */
    public SubscriptionBuilder filter() {
        filter = true;
        return this;
    }

    /** Makes it durable, under this name, which belongs to the client's key. */
    public SubscriptionBuilder name(String durableName) {
        name = Objects.requireNonNull(durableName);
        return this;
    }

    /**
     * Shares it under this name, which belongs to the client's key: each message goes to one of the clients that have the name
     * as a group. The one with the most free credit is next. At QoS 1 it is durable, and what a lost client had in hand goes to
     * the others at once. With {@link #qos} 0 nothing is stored, and the group ends with its last client.
     */
    public SubscriptionBuilder group(String groupName) {
        if (groupName.isEmpty()) {
            throw new IllegalArgumentException("a group has a name");
        }
        group = true;
        return name(groupName);
    }

    /** 1: every message until it is acknowledged (default). 0: what there is time for; the oldest are dropped. */
    public SubscriptionBuilder qos(int value) {
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException("a QoS must be 0 or 1, not " + value);
        }
        qos = value;
        return this;
    }

    /**
     * How many messages may be here and not be settled, or at QoS 0 not be taken: 32 unless this is called. A slow handler
     * keeps the rest at the broker. More make a fast handler faster where a round trip takes long; each of them spends an
     * attempt when the program dies.
     */
    public SubscriptionBuilder credit(int messages) {
        if (messages < 1) {
            throw new IllegalArgumentException("a credit must be at least 1, not " + messages);
        }
        credit = messages;
        return this;
    }

    /**
     * How many bytes these may have, 4 MiB unless this is called. The last of them may exceed it, so that a message of any size
     * comes: what a subscription holds is at most this and one message.
     */
    public SubscriptionBuilder creditBytes(long bytes) {
        if (bytes < 1 || bytes > SubscriptionOptions.CREDIT_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a credit must be 1 to " + SubscriptionOptions.CREDIT_BYTES_MAX + " bytes, not " + bytes);
        }
        creditBytes = bytes;
        return this;
    }

    /** No more messages than these are asked for: what is beyond them stays for others, and undelivered. */
    public SubscriptionBuilder limit(long messages) {
        if (messages < 0) {
            throw new IllegalArgumentException("a limit must be 0 or more, not " + messages);
        }
        total = messages;
        return this;
    }

    /**
     * In which a delivery is to be settled once it is with its handler: 30 s unless this is called. While it waits here for
     * the handler, the client extends it. Zero: the broker's own, and nothing is extended.
     */
    public SubscriptionBuilder ackTimeout(Duration timeout) {
        Options.millis(timeout, "the ack timeout");
        ackTimeout = timeout;
        return this;
    }

    /** Until a delivery that was not settled in time is due again, doubling each time. At once unless this is called. */
    public SubscriptionBuilder retryBackoff(Duration backoff) {
        Options.millis(backoff, "the retry backoff");
        retryBackoff = backoff;
        return this;
    }

    /** Until a delivery whose handler threw comes again: 100 ms unless this is called. */
    public SubscriptionBuilder retryDelay(Duration delay) {
        Options.millis(delay, "the retry delay");
        retryDelay = delay;
        return this;
    }

    /** Nothing is acknowledged but by {@link Delivery#ack}. */
    public SubscriptionBuilder manualAck() {
        autoAck = false;
        return this;
    }

    /** Takes the name from another connection that holds it; else that is refused. */
    public SubscriptionBuilder takeOver() {
        takeOver = true;
        return this;
    }

    /** Begins with new messages: what the named subscription holds is dropped. */
    public SubscriptionBuilder fromNew() {
        fromNew = true;
        return this;
    }

    /**
     * An attempt counts only once its delivery is with the handler, or was taken from the receiver: a program that dies spends
     * no attempt of what waited here, whatever the credit is. Before each message the client sends that it begins and waits until
     * the socket has it, which costs some tens of microseconds. QoS 1 only.
     */
    public SubscriptionBuilder countFromBegin() {
        countFromBegin = true;
        return this;
    }

    /** Runs this subscription's handler, instead of the thread that all handlers of the client share. */
    public SubscriptionBuilder executor(Executor handlers) {
        executor = Objects.requireNonNull(handlers);
        return this;
    }

    /** Hears when it is attached, waits for its name, or ends. */
    public SubscriptionBuilder listener(SubscriptionListener subscriptionListener) {
        listener = Objects.requireNonNull(subscriptionListener);
        return this;
    }

    /** Subscribes, and hands deliveries to a handler from now on. The program does not end before the client is closed. */
    public Subscription handle(DeliveryHandler handler) {
        Objects.requireNonNull(handler);
        Subscription subscription = new Subscription(options(), listener, client.core());
        Executor handlers = executor == null ? client.handlers() : executor;
        subscription.pumpTo(new HandlerPump(subscription, handler, handlers));
        attach(subscription);
        client.onHandling();
        return subscription;
    }

    /** Subscribes without waiting until it is attached, and calls a handler that does not wait either. */
    void handleOnClientThread(DeliveryHandler handler) {
        Subscription subscription = new Subscription(options(), listener, client.core());
        subscription.pumpTo(new HandlerPump(subscription, handler, Runnable::run));
        begin(subscription);
    }

    /** Subscribes, and lets the caller take deliveries one by one. */
    public Receiver receive() {
        return new Receiver(attach(new Subscription(options(), listener, client.core())));
    }

    private Subscription attach(Subscription subscription) {
        ClientCore core = client.core();
        ClientThread.requireMayWait();
        client.requireOpen();
        begin(subscription);
        try {
            long millis = client.options().requestTimeout().toMillis();
            Futures.join(subscription.attached().copy().orTimeout(millis, TimeUnit.MILLISECONDS));
        } catch (CompletionException e) {
            core.thread().execute(() -> core.subscriptions().leave(subscription, false, subscription.attached()));
            if (e.getCause() instanceof TimeoutException) {
                throw new TimedOutException("a subscription to " + topic + ": no answer in time");
            }
            throw e;
        }
        return subscription;
    }

    private void begin(Subscription subscription) {
        ClientCore core = client.core();
        client.onSubscribed(subscription);
        core.thread().execute(() -> core.subscriptions().add(subscription));
    }

    private SubscriptionOptions options() {
        return new SubscriptionOptions(
                topic,
                Names.topic(topic),
                filter,
                name,
                Names.text(name, "a subscription's name", Names.SUBSCRIPTION_BYTES_MAX),
                group,
                qos,
                credit,
                creditBytes,
                total,
                ackTimeout,
                retryBackoff,
                retryDelay,
                autoAck,
                takeOver,
                fromNew,
                countFromBegin && qos == 1);
    }
}
