package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;

/** A client on a real socket, which runs the server's turns while it waits. Requests are sent as they are made. */
final class TestClient implements AutoCloseable {
    private final TestServer server;
    private final SocketChannel channel;
    private ByteBuffer received = ByteBuffer.allocate(64 * 1024);
    private boolean ended;

    /** A frame as it came in. */
    record Frame(FrameType type, long correlationId, ByteBuffer payload) {}

    TestClient(TestServer server, InetSocketAddress address) throws IOException {
        this.server = server;
        channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
    }

    TestClient hello(long correlationId) {
        return send(to -> FrameEncoder.hello(to, correlationId, 1));
    }

    TestClient auth(long correlationId, String key) {
        return send(to -> FrameEncoder.auth(to, correlationId, bytes(key)));
    }

    TestClient publish(long correlationId, int qos, String topic, String message) {
        return send(to -> FrameEncoder.publish(to, correlationId, qos, bytes(topic), bytes(message)));
    }

    TestClient subscribe(long correlationId, String topic, int qos) {
        return send(to -> FrameEncoder.subscribe(to, correlationId, bytes(topic), qos));
    }

    TestClient ack(long deliveryTag, long subscriptionId) {
        return send(to -> FrameEncoder.ack(to, deliveryTag, subscriptionId));
    }

    TestClient poll(long correlationId, long subscriptionId) {
        return send(to -> FrameEncoder.poll(to, correlationId, subscriptionId));
    }

    TestClient ping(long correlationId) {
        return send(to -> FrameEncoder.ping(to, correlationId));
    }

    /** A frame with a payload that need not make sense. */
    TestClient frame(int type, long correlationId, String payloadHex) {
        byte[] payload = HexFormat.of().parseHex(payloadHex.replace(" ", ""));
        return send(to -> to.putInt(FrameLayout.LENGTH_MIN + payload.length)
                .put((byte) type)
                .putLong(correlationId)
                .put(payload));
    }

    TestClient send(Consumer<ByteBuffer> encoder) {
        ByteBuffer frame = ByteBuffer.allocate(128 * 1024);
        encoder.accept(frame);
        return send(frame.flip());
    }

    TestClient sendHex(String hex) {
        return send(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    /** Sends everything, running the server's turns when the socket takes no more. */
    TestClient send(ByteBuffer bytes) {
        server.until("the server reads what is sent", () -> {
            sendSome(bytes);
            return !bytes.hasRemaining();
        });
        return this;
    }

    /** Offers bytes to the socket once. */
    int sendSome(ByteBuffer bytes) {
        try {
            return channel.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says that nothing more comes, and still reads. */
    void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    Frame receive() {
        server.until("a frame arrives", () -> hasFrame() || (readSome() && hasFrame()) || ended);
        assertThat(hasFrame()).as("a frame arrived before the end").isTrue();
        return takeFrame();
    }

    void expectAck(long correlationId, long subscriptionId) {
        assertThat(receiveAck(correlationId)).isEqualTo(subscriptionId);
    }

    /** @return the subscription id */
    long receiveAck(long correlationId) {
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(FrameType.ACK);
        assertThat(frame.correlationId()).isEqualTo(correlationId);
        return PayloadLayout.subscriptionId(frame.payload(), 0);
    }

    void expectNack(long correlationId, int code, String text) {
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(FrameType.NACK);
        ByteBuffer payload = frame.payload();
        assertThat(PayloadLayout.nackCode(payload, 0)).isEqualTo(code);
        byte[] textBytes = new byte[PayloadLayout.nackTextLength(payload, 0)];
        payload.get(PayloadLayout.NACK_TEXT_OFFSET, textBytes);
        assertThat(new String(textBytes, StandardCharsets.UTF_8)).isEqualTo(text);
        assertThat(frame.correlationId()).isEqualTo(correlationId);
    }

    void expectNack(long correlationId, Nack nack) {
        expectNack(correlationId, nack.code(), nack.text());
    }

    void expectPong(long correlationId) {
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(FrameType.PONG);
        assertThat(frame.correlationId()).isEqualTo(correlationId);
        assertThat(frame.payload().capacity()).isZero();
    }

    /** @return the correlation id, which is the delivery tag for QoS 1 */
    long expectMessage(int qos, String topic, String message) {
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(FrameType.PUBLISH);
        ByteBuffer payload = frame.payload();
        assertThat(PayloadLayout.publishQos(payload, 0)).isEqualTo(qos);
        byte[] body = new byte[payload.capacity() - PayloadLayout.PUBLISH_TOPIC_OFFSET];
        payload.get(PayloadLayout.PUBLISH_TOPIC_OFFSET, body);
        assertThat(new String(body, StandardCharsets.UTF_8)).isEqualTo(topic + message);
        assertThat(PayloadLayout.publishTopicLength(payload, 0)).isEqualTo(bytes(topic).length);
        return frame.correlationId();
    }

    /** Everything that was sent has been handled, and nothing was answered but what was expected. */
    void expectNothingMore() {
        ping(Long.MIN_VALUE);
        expectPong(Long.MIN_VALUE);
    }

    /** Nothing arrives although the server has had the time. */
    void expectSilence() {
        server.untilQuiet();
        readSome();
        assertThat(received.position()).as("bytes received").isZero();
        assertThat(ended).as("closed by the server").isFalse();
    }

    /** The server closes this connection, with nothing more to say. */
    void expectClosed() {
        server.until("the server closes the connection", () -> {
            readSome();
            return ended;
        });
        assertThat(received.position()).as("bytes received before the end").isZero();
    }

    /** The connection is over; no turn is run. */
    void expectEnd() throws IOException {
        channel.configureBlocking(true);
        channel.socket().setSoTimeout(60_000);
        assertThat(channel.socket().getInputStream().read()).isEqualTo(-1);
    }

    /** Ends the connection the rude way. */
    void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private boolean readSome() {
        if (!received.hasRemaining()) {
            received = ByteBuffer.allocate(2 * received.capacity()).put(received.flip());
        }
        try {
            int read = channel.read(received);
            ended |= read < 0;
            return read > 0;
        } catch (IOException e) {
            ended = true;
            return false;
        }
    }

    private boolean hasFrame() {
        return received.position() >= FrameLayout.LENGTH_BYTES
                && received.position() >= FrameLayout.frameBytes(FrameLayout.length(received, 0));
    }

    private Frame takeFrame() {
        int frameBytes = FrameLayout.frameBytes(FrameLayout.length(received, 0));
        byte[] payload = new byte[frameBytes - FrameLayout.HEADER_BYTES];
        received.get(FrameLayout.PAYLOAD_OFFSET, payload);
        Frame frame = new Frame(
                FrameType.of(1, FrameLayout.type(received, 0)),
                FrameLayout.correlationId(received, 0),
                ByteBuffer.wrap(payload));
        received.flip().position(frameBytes);
        received.compact();
        return frame;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
