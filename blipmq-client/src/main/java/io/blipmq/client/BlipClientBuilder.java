package io.blipmq.client;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** Says how a client connects and what it may hold; {@link #connect} makes it. Owned by its caller. */
public final class BlipClientBuilder {
    private BlipAddress address = new BlipAddress("127.0.0.1", BlipAddress.DEFAULT_PORT);
    private String key = "";
    private String name = "";
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Duration publishTimeout = Duration.ofSeconds(30);
    private Duration closeTimeout = Duration.ofSeconds(10);
    private Duration heartbeat = Duration.ofSeconds(10);
    private Duration silenceTimeout = Duration.ofSeconds(30);
    private Duration backoffMin = Duration.ofMillis(50);
    private Duration backoffMax = Duration.ofSeconds(5);
    private int unconfirmedMessagesMax = 16_384;
    private long unconfirmedBytesMax = 32L << 20;
    private WhenFull whenFull = WhenFull.BLOCK;
    private boolean exactlyOncePublish;
    private ConnectionListener listener = (state, reason) -> {};
    private Executor handlers;
    private LongSupplier clock = System::nanoTime;
    private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();

    BlipClientBuilder() {}

    /** Where the broker listens: {@code blip://host:port} or {@code host:port}. 127.0.0.1:5555 unless this is called. */
    public BlipClientBuilder url(String url) {
        return address(BlipAddress.parse(url));
    }

    public BlipClientBuilder address(BlipAddress broker) {
        address = Objects.requireNonNull(broker);
        return this;
    }

    /** The API key. Subscriptions belong to it. */
    public BlipClientBuilder key(String apiKey) {
        key = Objects.requireNonNull(apiKey);
        return this;
    }

    /** What an operator sees of this client, 256 bytes at most. */
    public BlipClientBuilder name(String clientName) {
        name = Objects.requireNonNull(clientName);
        return this;
    }

    /** For one attempt to connect, with its handshake: 5 s unless this is called. */
    public BlipClientBuilder connectTimeout(Duration timeout) {
        connectTimeout = timeout;
        return this;
    }

    /** For the answer to a request, or to subscribing: 30 s unless this is called. */
    public BlipClientBuilder requestTimeout(Duration timeout) {
        requestTimeout = timeout;
        return this;
    }

    /** For a publish to be confirmed, reconnecting included: 30 s unless this is called. */
    public BlipClientBuilder publishTimeout(Duration timeout) {
        publishTimeout = timeout;
        return this;
    }

    /** How long closing may wait for what is unconfirmed: 10 s unless this is called. */
    public BlipClientBuilder closeTimeout(Duration timeout) {
        closeTimeout = timeout;
        return this;
    }

    /**
     * The broker ends the connection when nothing has come from the client for twice this time, and gives what it held to
     * others; the client sends a PING when it has sent nothing for half of it. 10 s unless this is called; zero: none.
     */
    public BlipClientBuilder heartbeat(Duration interval) {
        heartbeat = interval;
        return this;
    }

    /** Without a byte from the broker, which is asked for one at half time, until the connection is given up: 30 s. */
    public BlipClientBuilder silenceTimeout(Duration timeout) {
        silenceTimeout = timeout;
        return this;
    }

    /** Between two attempts to connect, doubling from the one to the other: 50 ms to 5 s unless this is called. */
    public BlipClientBuilder backoff(Duration min, Duration max) {
        backoffMin = min;
        backoffMax = max;
        return this;
    }

    /** What may be unconfirmed at a time: 16,384 messages and 32 MiB unless this is called. */
    public BlipClientBuilder unconfirmedMax(int messages, long bytes) {
        unconfirmedMessagesMax = messages;
        unconfirmedBytesMax = bytes;
        return this;
    }

    /** What publishing does then: it waits, unless this is called. */
    public BlipClientBuilder whenFull(WhenFull choice) {
        whenFull = choice;
        return this;
    }

    /**
     * Gives every message at QoS 1 that has no id one of its own, so that what is sent again after a lost connection is stored
     * once; not done unless this is called. It holds as long as the broker remembers the id, {@code deduplication_window_ms}, 2
     * minutes by default, and {@code deduplication_entries_max}: keep {@link #publishTimeout} below that window. A message that
     * the program publishes twice has two ids; where the program itself repeats, let it choose them: {@link Message#withId}.
     */
    public BlipClientBuilder exactlyOncePublish(boolean once) {
        exactlyOncePublish = once;
        return this;
    }

    /** Hears of connections and their loss. */
    public BlipClientBuilder listener(ConnectionListener connectionListener) {
        listener = Objects.requireNonNull(connectionListener);
        return this;
    }

    /** Runs all handlers, instead of one thread of the client's own. It stays its owner's to end. */
    public BlipClientBuilder handlers(Executor executor) {
        handlers = Objects.requireNonNull(executor);
        return this;
    }

    BlipClientBuilder clock(LongSupplier nanoTime) {
        clock = nanoTime;
        return this;
    }

    BlipClientBuilder random(DoubleSupplier zeroToOne) {
        random = zeroToOne;
        return this;
    }

    /**
     * Connects and authenticates, in one attempt. Later losses of the connection the client mends by itself.
     *
     * @throws AuthenticationException if the broker does not know the key
     * @throws RefusedException if it does not speak version 2 of the protocol
     * @throws ConnectionLostException if it cannot be reached
     */
    public BlipClient connect() {
        ClientThread.requireMayWait();
        Options options = new Options(
                name,
                connectTimeout,
                requestTimeout,
                publishTimeout,
                closeTimeout,
                heartbeat,
                silenceTimeout,
                backoffMin,
                backoffMax,
                unconfirmedMessagesMax,
                unconfirmedBytesMax,
                whenFull,
                exactlyOncePublish);
        PublishWindow window = new PublishWindow(unconfirmedMessagesMax, unconfirmedBytesMax);
        ClientCore core = new ClientCore(
                address,
                Names.key(key),
                options,
                clock,
                new Backoff(backoffMin, backoffMax, random),
                listener,
                new Publisher(window));
        return BlipClient.start(core, options, window, handlers);
    }
}
