package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * What clients of both versions share: frames over a real socket. It runs the server's turns while it waits. Requests are
 * sent as they are made.
 *
 * @param <T> the client itself
 */
public abstract class TestConnection<T extends TestConnection<T>> implements AutoCloseable {
    private final TestServer server;
    private final int version;
    private final SocketChannel channel;
    private ByteBuffer received = ByteBuffer.allocate(64 * 1024);
    private boolean ended;

    /** A frame as it came in. */
    public record Frame(FrameType type, long correlationId, ByteBuffer payload) {}

    public TestConnection(TestServer server, InetSocketAddress address, int version) throws IOException {
        this.server = server;
        this.version = version;
        channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
    }

    public abstract T self();

    public TestServer server() {
        return server;
    }

    public T auth(long correlationId, String key) {
        return send(to -> FrameEncoder.auth(to, correlationId, bytes(key)));
    }

    public T ping(long correlationId) {
        return send(to -> FrameEncoder.ping(to, correlationId));
    }

    /** A frame with a payload that need not make sense. */
    public T frame(int type, long correlationId, String payloadHex) {
        byte[] payload = HexFormat.of().parseHex(payloadHex.replace(" ", ""));
        return send(to -> to.putInt(FrameLayout.LENGTH_MIN + payload.length)
                .put((byte) type)
                .putLong(correlationId)
                .put(payload));
    }

    public T send(Consumer<ByteBuffer> encoder) {
        ByteBuffer frame = ByteBuffer.allocate(128 * 1024);
        encoder.accept(frame);
        return send(frame.flip());
    }

    public T sendHex(String hex) {
        return send(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    /** Sends everything, running the server's turns when the socket takes no more. */
    public T send(ByteBuffer bytes) {
        server.until("the server reads what is sent", () -> {
            sendSome(bytes);
            return !bytes.hasRemaining();
        });
        return self();
    }

    /** Offers bytes to the socket once. */
    public int sendSome(ByteBuffer bytes) {
        try {
            return channel.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The system takes little for it that it does not read. */
    public T receiveLittle() throws IOException {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 4 * 1024);
        return self();
    }

    /** Says that nothing more comes, and still reads. */
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    public Frame receive() {
        server.until("a frame arrives", () -> hasFrame() || (readSome() && hasFrame()) || ended);
        assertThat(hasFrame()).as("a frame arrived before the end").isTrue();
        return takeFrame();
    }

    public void expectAck(long correlationId, long subscriptionId) {
        assertThat(receiveAck(correlationId)).isEqualTo(subscriptionId);
    }

    /** @return the subscription id */
    public long receiveAck(long correlationId) {
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(FrameType.ACK);
        assertThat(frame.correlationId()).isEqualTo(correlationId);
        return PayloadLayout.subscriptionId(frame.payload(), 0);
    }

    public void expectNack(long correlationId, int code, String text) {
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(FrameType.NACK);
        ByteBuffer payload = frame.payload();
        assertThat(PayloadLayout.nackCode(payload, 0)).isEqualTo(code);
        byte[] textBytes = new byte[PayloadLayout.nackTextLength(payload, 0)];
        payload.get(PayloadLayout.NACK_TEXT_OFFSET, textBytes);
        assertThat(new String(textBytes, StandardCharsets.UTF_8)).isEqualTo(text);
        assertThat(frame.correlationId()).isEqualTo(correlationId);
    }

    public void expectNack(long correlationId, Refusal nack) {
        expectNack(correlationId, nack.code(), nack.text());
    }

    public void expectPong(long correlationId) {
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(FrameType.PONG);
        assertThat(frame.correlationId()).isEqualTo(correlationId);
        assertThat(frame.payload().capacity()).isZero();
    }

    /** Everything that was sent has been handled, and nothing was answered but what was expected. */
    public void expectNothingMore() {
        ping(Long.MIN_VALUE);
        expectPong(Long.MIN_VALUE);
    }

    /** Nothing arrives although the server has had the time. */
    public void expectSilence() {
        server.untilQuiet();
        readSome();
        assertThat(received.position()).as("bytes received").isZero();
        assertThat(ended).as("closed by the server").isFalse();
    }

    /** The server closes this connection, with nothing more to say. */
    public void expectClosed() {
        server.until("the server closes the connection", () -> {
            readSome();
            return ended;
        });
        assertThat(received.position()).as("bytes received before the end").isZero();
    }

    /** The connection is over; no turn is run. */
    public void expectEnd() throws IOException {
        channel.configureBlocking(true);
        channel.socket().setSoTimeout(60_000);
        assertThat(channel.socket().getInputStream().read()).isEqualTo(-1);
    }

    /** Ends the connection the rude way. */
    public void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    public boolean readSome() {
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

    public boolean hasFrame() {
        return received.position() >= FrameLayout.LENGTH_BYTES
                && received.position() >= FrameLayout.frameBytes(FrameLayout.length(received, 0));
    }

    private Frame takeFrame() {
        int frameBytes = FrameLayout.frameBytes(FrameLayout.length(received, 0));
        byte[] payload = new byte[frameBytes - FrameLayout.HEADER_BYTES];
        received.get(FrameLayout.PAYLOAD_OFFSET, payload);
        Frame frame = new Frame(
                FrameType.of(version, FrameLayout.type(received, 0)),
                FrameLayout.correlationId(received, 0),
                ByteBuffer.wrap(payload));
        received.flip().position(frameBytes);
        received.compact();
        return frame;
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
