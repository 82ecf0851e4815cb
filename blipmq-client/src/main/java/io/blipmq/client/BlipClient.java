package io.blipmq.client;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.v2.PublishLayout;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Thread-safe: a client of one broker, over protocol version 2. One is enough for a program, whatever it publishes and
 * however many subscriptions it has: a client has one thread for its connection, and one for the handlers if there are any.
 *
 * <pre>{@code
 * try (BlipClient client = BlipClient.builder().url(url).key(key).name("shop").connect()) {
 *     client.subscribe("orders").name("bar").handle(order -> {
 *         System.out.println(order.text());
 *     });
 *
 *     client.publish("orders", "one espresso"); // stored when this returns
 * }
 * }</pre>
 *
 * <p><b>Publishing.</b> {@link #publish} returns when the broker has confirmed the message: at QoS 1 it is stored then
 * for every subscription to its topic. {@link Confirm#subscriptions} says how many these are: a message that reaches none is
 * confirmed, too, and not stored. {@link #publishAsync} returns a future for that, so that many messages are on their way at
 * a time; what comes together goes out as one batch. How many, and what happens beyond, is the builder's to say.
 *
 * <p><b>Lost connections.</b> The client connects again, with backoff, and attaches its subscriptions again. A publish at QoS 1
 * that was not confirmed is sent again: it is never lost silently, and may be stored twice, unless it has an id: see {@link
 * BlipClientBuilder#exactlyOncePublish}. Messages keep their order. A publish ends with {@link TimedOutException} when there was
 * no confirm in time: it may be stored all the same.
 *
 * <p><b>Callbacks.</b> Futures are completed on the client's thread, and a {@link ConnectionListener} is called there: what
 * hangs on them must not keep it waiting. A call of this library that waits throws {@link IllegalStateException} there.
 *
 * <p><b>How long a program lives.</b> A client with a subscription that has a handler keeps the program running, like a server,
 * until it is closed. One that only publishes, or whose deliveries the program itself waits for, does not.
 */
public final class BlipClient implements AutoCloseable {
    /** Topics whose bytes are kept; most programs publish to a few. */
    private static final int TOPICS_KEPT_MAX = 1024;
    /** Replies are taken as they come. */
    private static final int REPLY_CREDIT = 1024;

    private final ClientCore core;
    private final Options options;
    private final PublishWindow window;
    private final HandlerThread handlerThread = new HandlerThread();
    private final Executor handlers;
    private final Map<String, byte[]> topics = new ConcurrentHashMap<>();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final AtomicBoolean listeningForReplies = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final PublishIds publishIds = new PublishIds();

    private BlipClient(ClientCore core, Options options, PublishWindow window, Executor handlers) {
        this.core = core;
        this.options = options;
        this.window = window;
        this.handlers = handlers == null ? handlerThread : handlers;
    }

    public static BlipClientBuilder builder() {
        return new BlipClientBuilder();
    }

    static BlipClient start(ClientCore core, Options options, PublishWindow window, Executor handlers) {
        BlipClient client = new BlipClient(core, options, window, handlers);
        core.ended().thenRun(client.handlerThread::end);
        boolean connected = false;
        try {
            Futures.join(core.start());
            connected = true;
            return client;
        } finally {
            if (!connected) {
                client.end();
            }
        }
    }

    /** What the broker said of itself when this client last connected. */
    public ServerInfo info() {
        return core.info();
    }

    /** Publishes at QoS 1 and waits for the confirm. */
    public Confirm publish(String topic, byte[] body) {
        return publish(Message.of(topic, body));
    }

    /** Publishes at QoS 1, in UTF-8, and waits for the confirm. */
    public Confirm publish(String topic, String body) {
        return publish(Message.of(topic, body));
    }

    /**
     * Publishes and waits for the confirm.
     *
     * @return how many subscriptions it reached; one that reaches none is not stored
     * @throws RefusedException if the broker did not take it
     * @throws TimedOutException if it was not confirmed in time; it may be stored all the same
     */
    public Confirm publish(Message message) {
        ClientThread.requireMayWait();
        return Futures.join(publishAsync(message));
    }

    /**
     * Publishes; the future ends with the confirm. It is called in the order in which messages are to be stored.
     *
     * @throws FullException if too many are unconfirmed and the client is not to wait
     * @throws IllegalArgumentException if no frame can carry the message
     */
    public CompletableFuture<Confirm> publishAsync(Message message) {
        CompletableFuture<Confirm> future = new CompletableFuture<>();
        offer(message, future);
        return future;
    }

    /** Hands a message at QoS 0 over, and forgets it: nobody hears whether it arrived. */
    public void send(Message message) {
        offer(message.withQos(0), null);
    }

    private void offer(Message given, CompletableFuture<Confirm> future) {
        requireOpen();
        Message message = withId(given);
        byte[] topic = topicBytes(message.topic());
        requireSize(topic, message);
        int size = PendingPublish.entryBytes(message);
        if (options.whenFull() == WhenFull.BLOCK && !ClientThread.isAny()) {
            window.acquire(size, options.publishTimeout().toNanos());
        } else if (!window.tryAcquire(size)) {
            throw new FullException(
                    "the limit of unconfirmed messages or bytes is reached: wait for confirms, or raise unconfirmedMax");
        }
        long deadline = core.nanoTime() + options.publishTimeout().toNanos();
        core.publisher().offer(new PendingPublish(topic, message, future, deadline));
        core.thread().wakeup();
    }

    private Message withId(Message message) {
        boolean wantsId = options.exactlyOncePublish() && message.qos() == 1 && !message.hasId();
        return wantsId ? message.withId(publishIds.next()) : message;
    }

    private byte[] topicBytes(String topic) {
        byte[] known = topics.get(topic);
        if (known != null) {
            return known;
        }
        if (topics.size() >= TOPICS_KEPT_MAX) {
            topics.clear();
        }
        byte[] bytes = Names.topic(topic);
        topics.put(topic, bytes);
        return bytes;
    }

    private void requireSize(byte[] topic, Message message) {
        int before = PublishLayout.publishBatchFrameBytes(topic.length, 0) - FrameLayout.LENGTH_BYTES;
        int max = core.info().frameBytesMax() - before;
        int size = PendingPublish.entryBytes(message);
        if (size > max) {
            throw new IllegalArgumentException("a message on this topic must be at most "
                    + (max - (size - message.body().length)) + " bytes, not " + message.body().length);
        }
    }

    /** The largest message without headers that can be published to a topic. */
    public int bodyBytesMax(String topic) {
        byte[] bytes = topicBytes(topic);
        return core.info().frameBytesMax()
                + FrameLayout.LENGTH_BYTES
                - PublishLayout.publishBatchFrameBytes(bytes.length, 0)
                - Integer.BYTES;
    }

    /**
     * Publishes a request and waits for the reply, the first one that comes. The request goes out at its own QoS: at QoS 0 to
     * those who listen now; at QoS 1 it is stored for a subscription whose client may be away, and stays stored when nobody waits
     * for the reply any more.
     *
     * @param timeout how long from now on the reply may take
     * @throws NoResponderException if nobody is subscribed to the topic; it does not wait then
     * @throws TimedOutException if no reply came in time, be it lost or late
     */
    public Delivery request(Message message, Duration timeout) {
        ClientThread.requireMayWait();
        return Futures.join(requestAsync(message, timeout));
    }

    /** Requests at QoS 0, in UTF-8, and waits for the reply. */
    public Delivery request(String topic, String body, Duration timeout) {
        return request(Message.of(topic, body).withQos(0), timeout);
    }

    /** As {@link #request(Message, Duration)}; the future ends with the reply. */
    public CompletableFuture<Delivery> requestAsync(Message message, Duration timeout) {
        requireOpen();
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a timeout is longer than nothing, not " + timeout);
        }
        listenForReplies();
        CompletableFuture<Delivery> reply = new CompletableFuture<>();
        Message request = core.replies().add(message, core.nanoTime() + timeout.toNanos(), reply);
        try {
            publishAsync(request).whenComplete((confirm, failure) -> {
                if (failure != null) {
                    reply.completeExceptionally(failure);
                } else if (confirm.subscriptions() == 0) {
                    reply.completeExceptionally(new NoResponderException(message.topic()));
                }
            });
        } catch (RuntimeException e) {
            reply.completeExceptionally(e); // it is not waited for
            throw e;
        }
        return reply;
    }

    /** With the first request. It is attached on the connection before the request goes out, so no reply can miss it. */
    private void listenForReplies() {
        if (listeningForReplies.compareAndSet(false, true)) {
            subscribe(core.replies().topic())
                    .qos(0)
                    .credit(REPLY_CREDIT)
                    .listener(this::onReplySubscription)
                    .handleOnClientThread(core.replies()::onReply);
        }
    }

    private void onReplySubscription(SubscriptionState state, String reason) {
        if (state == SubscriptionState.ENDED) {
            listeningForReplies.set(false);
            core.replies().failAll(new ClosedException("no reply can be received: " + reason));
        }
    }

    /** Begins to subscribe. */
    public SubscriptionBuilder subscribe(String topic) {
        return new SubscriptionBuilder(this, topic);
    }

    /** Looks at topics, subscriptions and dead letters. */
    public BlipAdmin admin() {
        return new BlipAdmin(this);
    }

    /** Asks the broker for a sign of life, behind everything that was sent before. @return how long the answer took */
    public Duration ping() {
        ClientThread.requireMayWait();
        long start = System.nanoTime();
        Futures.join(core.barrier(core.nanoTime() + options.requestTimeout().toNanos()));
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Sends a request and waits for its answer. */
    <T> T ask(
            String what,
            FrameType answerType,
            int frameBytes,
            FutureRequest.Writer writer,
            FutureRequest.Reader<T> reader) {
        ClientThread.requireMayWait();
        long deadline = core.nanoTime() + options.requestTimeout().toNanos();
        return Futures.join(core.request(new FutureRequest<>(what, answerType, deadline, frameBytes, writer, reader)));
    }

    /**
     * Waits until everything published is confirmed, and handlers have ended; sends what was settled; then ends. What is not
     * confirmed by the close timeout fails with {@link ClosedException}. May be called by a handler.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            core.thread().awaitEnd(options.closeTimeout().toMillis());
            return;
        }
        long deadline = System.nanoTime() + options.closeTimeout().toNanos();
        if (!core.thread().isCurrent()) {
            CompletableFuture<Void> idle = new CompletableFuture<>();
            core.thread().execute(() -> core.publisher().onIdle(idle));
            awaitUntil(idle, deadline);
            if (core.isConnected() && !subscriptions.isEmpty()) {
                awaitUntil(core.drain(deadline), deadline);
            }
            subscriptions.forEach(Subscription::stopHandling);
            if (core.isConnected()) {
                awaitUntil(core.barrier(deadline), deadline);
            }
        }
        end();
    }

    private static void awaitUntil(CompletableFuture<?> future, long deadlineNanos) {
        long left = Math.max(1, deadlineNanos - System.nanoTime());
        try {
            future.copy().orTimeout(left, TimeUnit.NANOSECONDS).join();
        } catch (CompletionException e) {
            // What could not be waited for fails when the client ends.
        }
    }

    private void end() {
        closed.set(true);
        core.thread().execute(core::end);
        core.thread().awaitEnd(options.closeTimeout().toMillis());
    }

    void requireOpen() {
        if (closed.get()) {
            throw new ClosedException("the client is closed");
        }
    }

    ClientCore core() {
        return core;
    }

    Options options() {
        return options;
    }

    Executor handlers() {
        return handlers;
    }

    /** From now on there is a handler, and so a thread that the program lives as long as. */
    void onHandling() {
        handlerThread.start();
    }

    void onSubscribed(Subscription subscription) {
        subscriptions.removeIf(other -> !other.isActive());
        subscriptions.add(subscription);
    }
}
