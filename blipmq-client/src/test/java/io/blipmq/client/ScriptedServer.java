package io.blipmq.client;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Thread-safe: its state is guarded by its monitor. A protocol version 1 server for tests: it keeps messages in memory, one
 * blocking thread per connection, and misbehaves as a test asks.
 *
 * <p>Every answer is written at once by the thread that reads: when the peer does not take answers, this server stops
 * reading, which is what a client must not wait for.
 */
public final class ScriptedServer implements AutoCloseable {
    private static final long TIMEOUT_MILLIS = 60_000;
    private static final int SMALL_BUFFER_BYTES = 1024;

    private final ServerSocket listener;
    private final byte[] key;
    private final boolean smallBuffers;
    private final List<Socket> sockets = new ArrayList<>();

    private final List<Published> published = new ArrayList<>();
    private final Map<Long, Subscription> subscriptions = new HashMap<>();
    private final List<Ack> acks = new ArrayList<>();
    private long publishCount;
    private long lastSubscriptionId = 6;
    private long lastDeliveryTag = 100;

    private LongFunction<Nack> refusals = ordinal -> null;
    private int refusalPaddingBytes;
    private long publishesBeforeHangUp = Long.MAX_VALUE;
    private Nack subscribeRefusal;
    private boolean silent;
    private Consumer<ByteBuffer> pollReply;

    /** A publish that was accepted. */
    public record Published(String topic, int qos, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    /** An acknowledgement that named a delivery in flight. */
    public record Ack(long subscriptionId, long deliveryTag) {}

    private static final class Subscription {
        final String topic;
        final int qos;
        final Queue<Published> waiting = new ArrayDeque<>();
        final List<Long> inFlight = new ArrayList<>();

        Subscription(String topic, int qos) {
            this.topic = topic;
            this.qos = qos;
        }
    }

    private ScriptedServer(String key, boolean smallBuffers) throws IOException {
        this.key = key.getBytes(StandardCharsets.UTF_8);
        this.smallBuffers = smallBuffers;
        this.listener = new ServerSocket();
        if (smallBuffers) {
            listener.setReceiveBufferSize(SMALL_BUFFER_BYTES);
        }
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        startThread("scripted-server-accept", this::acceptAll);
    }

    /** Listens on the loopback and accepts this key. */
    public static ScriptedServer start(String key) throws IOException {
        return new ScriptedServer(key, false);
    }

    /** Like {@link #start}, with as little room for bytes on their way as the system allows. */
    public static ScriptedServer startWithSmallBuffers(String key) throws IOException {
        return new ScriptedServer(key, true);
    }

    public BlipAddress address() {
        return new BlipAddress(listener.getInetAddress().getHostAddress(), listener.getLocalPort());
    }

    /** Publishes are counted from 1 over all connections; null accepts one. */
    public synchronized void refusePublishes(LongFunction<Nack> refusalByOrdinal) {
        refusals = refusalByOrdinal;
    }

    /** Makes the answers to refused publishes this much longer. */
    public synchronized void padRefusals(int bytes) {
        refusalPaddingBytes = bytes;
    }

    public synchronized void refuseSubscribes(Nack refusal) {
        subscribeRefusal = refusal;
    }

    /** Closes the connection when one publish more than this arrives. */
    public synchronized void hangUpAfterPublishes(long count) {
        publishesBeforeHangUp = count;
    }

    /** Reads on but answers nothing. */
    public synchronized void fallSilent() {
        silent = true;
    }

    /** Answers a POLL with what is put here instead, as it stands. */
    public synchronized void replyToPolls(Consumer<ByteBuffer> reply) {
        pollReply = reply;
    }

    public synchronized List<Published> published() {
        return List.copyOf(published);
    }

    /** Waits until this many publishes were accepted. */
    public synchronized void awaitPublished(int count) throws InterruptedException {
        awaitUntil(() -> published.size() >= count);
    }

    /** Publishes as another client would. */
    public synchronized void deliver(String topic, int qos, byte[] payload) {
        fanOut(new Published(topic, qos, payload));
    }

    /** Waits until a subscription to the topic exists. */
    public synchronized void awaitSubscription(String topic) throws InterruptedException {
        awaitUntil(() -> subscriptions.values().stream().anyMatch(s -> s.topic.equals(topic)));
    }

    /** Waits for this many acknowledgements. */
    public synchronized List<Ack> awaitAcks(int count) throws InterruptedException {
        awaitUntil(() -> acks.size() >= count);
        return List.copyOf(acks);
    }

    /** Ends the connections there are; the listener stays. */
    public void hangUp() throws IOException {
        List<Socket> open;
        synchronized (this) {
            open = List.copyOf(sockets);
        }
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        hangUp();
    }

    private void awaitUntil(BooleanSupplier condition) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TIMEOUT_MILLIS * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("waited in vain");
            }
            wait(TIMEOUT_MILLIS);
        }
    }

    private interface IoAction {
        void run() throws IOException;
    }

    private static void startThread(String name, IoAction action) {
        Thread thread = new Thread(
                () -> {
                    try {
                        action.run();
                    } catch (SocketException | EOFException e) {
                        // The peer or the test ended the connection.
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void acceptAll() throws IOException {
        while (true) {
            Socket socket = listener.accept();
            if (smallBuffers) {
                socket.setSendBufferSize(SMALL_BUFFER_BYTES);
            }
            synchronized (this) {
                sockets.add(socket);
            }
            startThread("scripted-server-connection", () -> serve(socket));
        }
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 512));
            ByteBuffer answer = ByteBuffer.allocate(FrameLayout.FRAME_BYTES_MAX);
            boolean open = true;
            while (open) {
                answer.clear();
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                open = handle(ByteBuffer.wrap(frame), answer);
                socket.getOutputStream().write(answer.array(), 0, answer.position());
            }
        }
    }

    /** The frame comes without its length field, so its payload begins 4 bytes earlier than in the layout. */
    private synchronized boolean handle(ByteBuffer frame, ByteBuffer answer) {
        FrameType type = FrameType.of(1, frame.get(0));
        long correlationId = frame.getLong(1);
        int offset = FrameLayout.LENGTH_MIN;
        boolean open = true;
        switch (type) {
            case HELLO -> FrameEncoder.ack(answer, correlationId, 0);
            case AUTH -> onAuth(frame, offset, correlationId, answer);
            case PUBLISH -> open = onPublish(frame, offset, correlationId, answer);
            case SUBSCRIBE -> onSubscribe(frame, offset, correlationId, answer);
            case POLL -> onPoll(PayloadLayout.subscriptionId(frame, offset), correlationId, answer);
            case ACK -> onAck(PayloadLayout.subscriptionId(frame, offset), correlationId, answer);
            case PING -> FrameEncoder.pong(answer, correlationId);
            default -> throw new AssertionError("a client sent " + type);
        }
        notifyAll();
        if (silent) {
            answer.clear();
        }
        return open;
    }

    private void onAuth(ByteBuffer frame, int offset, long correlationId, ByteBuffer answer) {
        ByteBuffer given = frame.slice(
                offset + PayloadLayout.AUTH_KEY_OFFSET, frame.limit() - offset - PayloadLayout.AUTH_KEY_OFFSET);
        if (given.equals(ByteBuffer.wrap(key))) {
            FrameEncoder.ack(answer, correlationId, 0);
        } else {
            FrameEncoder.nack(answer, correlationId, Nack.INVALID_API_KEY);
        }
    }

    private boolean onPublish(ByteBuffer frame, int offset, long correlationId, ByteBuffer answer) {
        if (publishesBeforeHangUp == 0) {
            return false;
        }
        publishesBeforeHangUp--;
        publishCount++;
        Nack refusal = refusals.apply(publishCount);
        if (refusal != null) {
            putNack(answer, correlationId, refusal);
            return true;
        }
        int topicLength = PayloadLayout.publishTopicLength(frame, offset);
        int messageOffset = offset + PayloadLayout.publishMessageOffset(topicLength);
        Published message = new Published(
                text(frame, offset + PayloadLayout.PUBLISH_TOPIC_OFFSET, topicLength),
                PayloadLayout.publishQos(frame, offset),
                bytes(frame, messageOffset, frame.limit() - messageOffset));
        published.add(message);
        fanOut(message);
        return true;
    }

    /** With spaces after the text, as many as asked for. */
    private void putNack(ByteBuffer answer, long correlationId, Nack refusal) {
        byte[] text = (refusal.text() + " ".repeat(refusalPaddingBytes)).getBytes(StandardCharsets.UTF_8);
        answer.putInt(PayloadLayout.nackFrameBytes(text.length) - FrameLayout.LENGTH_BYTES);
        answer.put(FrameType.NACK.value()).putLong(correlationId);
        answer.putShort((short) refusal.code()).putShort((short) text.length).put(text);
    }

    private void fanOut(Published message) {
        for (Subscription subscription : subscriptions.values()) {
            if (subscription.topic.equals(message.topic())) {
                subscription.waiting.add(message);
            }
        }
    }

    private void onSubscribe(ByteBuffer frame, int offset, long correlationId, ByteBuffer answer) {
        if (subscribeRefusal != null) {
            FrameEncoder.nack(answer, correlationId, subscribeRefusal);
            return;
        }
        int topicLength = PayloadLayout.subscribeTopicLength(frame, offset);
        String topic = text(frame, offset + PayloadLayout.SUBSCRIBE_TOPIC_OFFSET, topicLength);
        int qos = PayloadLayout.subscribeQos(frame, offset, topicLength);
        subscriptions.put(++lastSubscriptionId, new Subscription(topic, qos));
        FrameEncoder.ack(answer, correlationId, lastSubscriptionId);
    }

    private void onPoll(long subscriptionId, long correlationId, ByteBuffer answer) {
        if (pollReply != null) {
            pollReply.accept(answer);
            return;
        }
        Subscription subscription = subscriptions.get(subscriptionId);
        Published message = subscription == null ? null : subscription.waiting.poll();
        if (message == null) {
            return;
        }
        int qos = Math.min(message.qos(), subscription.qos);
        long id = correlationId;
        if (qos == 1) {
            id = ++lastDeliveryTag;
            subscription.inFlight.add(id);
        }
        byte[] topic = message.topic().getBytes(StandardCharsets.UTF_8);
        FrameEncoder.publish(answer, id, qos, topic, message.payload());
    }

    private void onAck(long subscriptionId, long deliveryTag, ByteBuffer answer) {
        Subscription subscription = subscriptions.get(subscriptionId);
        if (subscription != null && subscription.inFlight.remove(Long.valueOf(deliveryTag))) {
            acks.add(new Ack(subscriptionId, deliveryTag));
        } else {
            FrameEncoder.nack(answer, deliveryTag, Nack.UNKNOWN_SUBSCRIPTION_OR_TAG);
        }
    }

    private static String text(ByteBuffer buffer, int offset, int length) {
        return new String(bytes(buffer, offset, length), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.get(offset, bytes);
        return bytes;
    }
}
