package io.blipmq.daemon.v1;

import io.blipmq.client.BlipAddress;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.ProtocolException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Owned by the thread that uses it. A connection to one daemon over protocol version 1.
 *
 * <pre>{@code
 * try (BlipClient client = BlipClient.connect(BlipAddress.parse("127.0.0.1:5555"), key)) {
 *     long subscription = client.subscribe("demo", 1);
 *
 *     client.publish("demo", "first".getBytes(UTF_8), 1);
 *     client.publish("demo", "second".getBytes(UTF_8), 1);
 *     client.ping(); // both are stored from here on
 *
 *     Delivery first = client.poll(subscription).orElseThrow();
 *     System.out.println(first.text());
 *     client.ack(subscription, first.deliveryTag());
 * }
 * }</pre>
 *
 * <p><b>When things are sent.</b> {@link #publish} and {@link #ack} fill an output buffer of 128 KiB. It is written when
 * it is full, by {@link #flush}, {@link #close}, and every call that waits for an answer: {@link #ping}, {@link #subscribe}
 * and {@link #poll}. Any number of publishes may be pipelined: answers are taken while writing, so both sides keep moving
 * even when the server refuses every one of them.
 *
 * <p><b>What is certain when.</b> The server answers in order and says nothing about an accepted publish. When
 * {@link #ping} returns, everything published at QoS 1 before it is stored; what was refused it throws. A publish that
 * no ping followed may or may not be stored when the connection is lost.
 *
 * <p><b>Failures.</b> Refusals ({@link RequestRefusedException}, {@link PublishRefusedException}) leave the connection
 * usable. Every other {@link IOException} (connection lost, no answer, a {@link ProtocolException}) has closed it: make a
 * new client. A topic, message or QoS that no frame can carry is an {@link IllegalArgumentException}; nothing was sent.
 */
public final class BlipClient implements Closeable {
    /** Refusals kept in detail between two barriers; beyond these, publishes are only counted. */
    public static final int REFUSALS_KEPT_MAX = 1024;

    /** Polls in one batch: the deliveries that a daemon lets one subscription have in flight. */
    public static final int POLLS_MAX = 16_384;

    private final Connection connection;
    private final Answers answers;
    private long lastCorrelationId;
    private boolean polling;
    private String lastTopic;
    private byte[] lastTopicBytes;

    private BlipClient(BlipAddress address, ClientOptions options) throws IOException {
        answers = new Answers();
        connection = Connection.open(address, options, answers);
    }

    /** Connects with {@link ClientOptions#DEFAULTS}. */
    public static BlipClient connect(BlipAddress address, String key) throws IOException {
        return connect(address, key, ClientOptions.DEFAULTS);
    }

    /**
     * Connects and authenticates.
     *
     * @throws AuthenticationException if the server does not know the key
     * @throws RequestRefusedException if it does not speak this version of the protocol
     */
    public static BlipClient connect(BlipAddress address, String key, ClientOptions options) throws IOException {
        byte[] keyBytes = Limits.encodeKey(key);
        BlipClient client = new BlipClient(address, options);
        boolean accepted = false;
        try {
            client.shakeHands(address, keyBytes);
            accepted = true;
            return client;
        } finally {
            if (!accepted) {
                client.connection.close();
            }
        }
    }

    /** Sends both frames at once: one round trip. */
    private void shakeHands(BlipAddress address, byte[] key) throws IOException {
        long hello = nextCorrelationId();
        long auth = nextCorrelationId();
        ByteBuffer output = connection.outputFor(PayloadLayout.helloFrameBytes() + Limits.AUTH_FRAME_BYTES_MAX);
        FrameEncoder.hello(output, hello, FrameLayout.PROTOCOL_VERSION);
        FrameEncoder.auth(output, auth, key);

        answers.expect(FrameType.ACK, hello);
        await("HELLO");
        answers.expect(FrameType.ACK, auth);
        connection.transferUntil(answers::isAnswered);
        if (answers.refusal() != null) {
            throw new AuthenticationException(address, answers.refusal());
        }
    }

    /**
     * Hands a message to the output buffer; see the class's notes on when it is sent and when it is stored.
     *
     * @return the request's correlation id, by which a {@link PublishRefusedException} names it
     */
    public long publish(String topic, byte[] payload, int qos) throws IOException {
        Limits.requireQos(qos);
        byte[] topicBytes = topicBytes(topic);
        Limits.requirePayloadBytes(topicBytes, payload.length);
        requireNotPolling();
        ByteBuffer output = connection.outputFor(PayloadLayout.publishFrameBytes(topicBytes.length, 0));
        long correlationId = nextCorrelationId();
        FrameEncoder.publishHeader(output, correlationId, qos, topicBytes, payload.length);
        connection.append(payload);
        return correlationId;
    }

    /** The largest message that a frame can carry to a topic. */
    public static int payloadBytesMax(String topic) {
        return Limits.payloadBytesMax(Limits.encodeTopic(topic));
    }

    /**
     * The commit barrier: returns when everything sent before has taken effect, and everything published at QoS 1 is
     * stored.
     *
     * @throws PublishRefusedException if publishes since the last ping were refused; the others were accepted
     */
    public void ping() throws IOException {
        requireNotPolling();
        long correlationId = sendPing();
        answers.expect(FrameType.PONG, correlationId);
        await("PING");
        answers.throwRefusedPublishes();
    }

    /**
     * Subscribes. At QoS 1 the daemon keeps the subscription when this connection ends, and the next SUBSCRIBE with the
     * same key and topic resumes it.
     *
     * @return the subscription's id
     */
    public long subscribe(String topic, int qos) throws IOException {
        Limits.requireQos(qos);
        byte[] topicBytes = topicBytes(topic);
        requireNotPolling();
        long correlationId = nextCorrelationId();
        FrameEncoder.subscribe(
                connection.outputFor(PayloadLayout.subscribeFrameBytes(topicBytes.length)),
                correlationId,
                topicBytes,
                qos);
        answers.expect(FrameType.ACK, correlationId);
        await("SUBSCRIBE");
        return answers.subscriptionId();
    }

    /** Asks once for a message: empty when none is waiting. */
    public Optional<Delivery> poll(long subscriptionId) throws IOException {
        return poll(subscriptionId, 1).stream().findFirst();
    }

    /** Asks for up to this many messages in one round trip; the answer holds as many as were waiting. */
    public List<Delivery> poll(long subscriptionId, int max) throws IOException {
        List<Delivery> deliveries = new ArrayList<>();
        poll(subscriptionId, max, deliveries::add);
        return deliveries;
    }

    /**
     * Asks for up to this many messages in one round trip and hands over each as it is read.
     *
     * <p>An empty POLL has no answer, so a PING follows the batch in the same write: its PONG says that all is here. Refused
     * publishes wait for the next {@link #ping}.
     *
     * @return how many there were
     */
    public int poll(long subscriptionId, int max, DeliveryHandler handler) throws IOException {
        Limits.requireSubscriptionId(subscriptionId);
        if (max < 1 || max > POLLS_MAX) {
            throw new IllegalArgumentException("a poll asks for 1 to " + POLLS_MAX + " messages, not " + max);
        }
        requireNotPolling();
        polling = true;
        try {
            // Deliveries may arrive before the last POLL is written, so the wait begins before the first.
            long first = lastCorrelationId + 1;
            answers.expectWithDeliveries(FrameType.PONG, first, first + max, handler);
            for (int i = 0; i < max; i++) {
                ByteBuffer output = connection.outputFor(PayloadLayout.subscriptionIdFrameBytes());
                FrameEncoder.poll(output, nextCorrelationId(), subscriptionId);
            }
            sendPing();
            await("POLL");
            return answers.deliveryCount();
        } finally {
            polling = false;
        }
    }

    /**
     * Hands the acknowledgement of a QoS 1 delivery to the output buffer. One that comes too late or names something
     * unknown is not an error here: see {@link #takeRefusedAcks}.
     */
    public void ack(long subscriptionId, long deliveryTag) throws IOException {
        Limits.requireSubscriptionId(subscriptionId);
        requireNotPolling();
        ByteBuffer output = connection.outputFor(PayloadLayout.subscriptionIdFrameBytes());
        FrameEncoder.ack(output, deliveryTag, subscriptionId);
    }

    /**
     * The acknowledgements refused (404) since the last call, as far as answers were read; at most
     * {@link #REFUSALS_KEPT_MAX}. Complete for every {@link #ack} before the last {@link #ping} or {@link #poll}.
     */
    public List<Refusal> takeRefusedAcks() {
        return answers.takeRefusedAcks();
    }

    /** Sends what is in the output buffer, without waiting for any answer. */
    public void flush() throws IOException {
        requireNotPolling();
        connection.flush();
    }

    /** Whether the connection is usable as far as is known without asking the server. */
    public boolean isOpen() {
        return connection.isOpen();
    }

    /**
     * Sends what is in the output buffer and closes the connection. Whether it arrived, only a {@link #ping} before this can
     * tell.
     */
    @Override
    public void close() throws IOException {
        try {
            if (connection.isOpen()) {
                connection.flush();
            }
        } finally {
            connection.close();
        }
    }

    private long sendPing() throws IOException {
        ByteBuffer output = connection.outputFor(PayloadLayout.emptyFrameBytes());
        long correlationId = nextCorrelationId();
        FrameEncoder.ping(output, correlationId);
        return correlationId;
    }

    private void await(String request) throws IOException {
        connection.transferUntil(answers::isAnswered);
        if (answers.refusal() != null) {
            throw new RequestRefusedException(request, answers.refusal());
        }
    }

    private long nextCorrelationId() {
        return ++lastCorrelationId;
    }

    /** Most clients publish to one topic after another time, so the last one's bytes are kept. */
    private byte[] topicBytes(String topic) {
        if (!topic.equals(lastTopic)) {
            lastTopicBytes = Limits.encodeTopic(topic);
            lastTopic = topic;
        }
        return lastTopicBytes;
    }

    private void requireNotPolling() {
        if (polling) {
            throw new IllegalStateException("a delivery handler must not call the client that calls it");
        }
    }
}
