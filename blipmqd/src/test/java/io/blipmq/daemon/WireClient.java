package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipAddress;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.Welcome;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;

/** Owned by the test's thread: a client that sends what it is told, right or wrong, and sees every answer. */
final class WireClient implements AutoCloseable {
    private static final int ANSWER_MILLIS_MAX = 60_000;
    private static final int FRAME_BYTES_MAX = 64 * 1024;

    private final Socket socket;
    private final OutputStream output;
    private final DataInputStream input;
    private int version = FrameLayout.PROTOCOL_VERSION;

    /** A frame as it came in. */
    record Frame(FrameType type, long correlationId, byte[] payload) {}

    private WireClient(Socket socket) throws IOException {
        this.socket = socket;
        this.output = socket.getOutputStream();
        this.input = new DataInputStream(socket.getInputStream());
    }

    static WireClient connect(BlipAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ANSWER_MILLIS_MAX);
        socket.connect(new InetSocketAddress(address.host(), address.port()), ANSWER_MILLIS_MAX);
        return new WireClient(socket);
    }

    /** As the server sees it. */
    SocketAddress address() {
        return socket.getLocalSocketAddress();
    }

    /** HELLO and AUTH, which are accepted. */
    WireClient shakeHands(String key) throws IOException {
        hello(1).auth(2, key);
        assertThat(receive().type()).isEqualTo(FrameType.ACK);
        assertThat(receive().type()).isEqualTo(FrameType.ACK);
        return this;
    }

    /** HELLO and AUTH of version 2, which are accepted. */
    Welcome shakeHandsForPush(String key) throws IOException {
        version = FrameLayout.VERSION_2;
        send(to -> RequestEncoder.hello(to, 1, bytes("wire"), new byte[0], 0)).auth(2, key);
        ByteBuffer welcome = receive(FrameType.WELCOME, 1);
        receive(FrameType.ACK, 2);
        return Welcome.read(welcome, 0);
    }

    /** Attaches at QoS 1 with credit for everything. */
    WireClient attach(long correlationId, String topic, String name) throws IOException {
        return send(to -> RequestEncoder.attach(
                to,
                correlationId,
                AttachLayout.QOS_FLAG,
                AttachLayout.UNLIMITED_CREDIT,
                AttachLayout.UNLIMITED_CREDIT,
                0,
                0,
                bytes(topic),
                bytes(name)));
    }

    /** One message at QoS 1 whose confirm is wanted. */
    WireClient publishConfirmed(long number, String topic, String message) throws IOException {
        return send(to -> {
            RequestEncoder.publishBatch(
                    to, number, PublishLayout.FLAGS, bytes(topic), EntryLayout.bytes(bytes(message).length));
            RequestEncoder.entry(to, bytes(message));
        });
    }

    WireClient acknowledge(long correlationId, long subscriptionId, long tag) throws IOException {
        return send(to -> RequestEncoder.settle(
                to,
                correlationId,
                subscriptionId,
                SettleLayout.ACK,
                0,
                0,
                new byte[0],
                new long[] {tag},
                new int[1],
                1));
    }

    WireClient hello(long correlationId) throws IOException {
        return send(to -> FrameEncoder.hello(to, correlationId, FrameLayout.PROTOCOL_VERSION));
    }

    WireClient auth(long correlationId, String key) throws IOException {
        return send(to -> FrameEncoder.auth(to, correlationId, bytes(key)));
    }

    WireClient publish(long correlationId, String topic, String message, int qos) throws IOException {
        return send(to -> FrameEncoder.publish(to, correlationId, qos, bytes(topic), bytes(message)));
    }

    /** @return the subscription's id */
    long subscribe(long correlationId, String topic, int qos) throws IOException {
        send(to -> FrameEncoder.subscribe(to, correlationId, bytes(topic), qos));
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(FrameType.ACK);
        return PayloadLayout.subscriptionId(ByteBuffer.wrap(frame.payload()), 0);
    }

    WireClient poll(long correlationId, long subscriptionId) throws IOException {
        return send(to -> FrameEncoder.poll(to, correlationId, subscriptionId));
    }

    WireClient ping(long correlationId) throws IOException {
        return send(to -> FrameEncoder.ping(to, correlationId));
    }

    WireClient send(Consumer<ByteBuffer> encoder) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES_MAX);
        encoder.accept(frame);
        return send(frame.array(), frame.position());
    }

    WireClient sendHex(String hex) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return send(bytes, bytes.length);
    }

    WireClient send(byte[] bytes, int length) throws IOException {
        output.write(bytes, 0, length);
        return this;
    }

    Frame receive() throws IOException {
        int length = input.readInt();
        FrameType type = FrameType.of(version, input.readByte());
        long correlationId = input.readLong();
        byte[] payload = new byte[length - FrameLayout.LENGTH_MIN];
        input.readFully(payload);
        return new Frame(type, correlationId, payload);
    }

    /** @return the payload of the next frame, which has this type */
    ByteBuffer receive(FrameType type, long correlationId) throws IOException {
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(type);
        assertThat(frame.correlationId()).isEqualTo(correlationId);
        return ByteBuffer.wrap(frame.payload());
    }

    void expectNack(long correlationId, int code, String text) throws IOException {
        Frame frame = receive();
        ByteBuffer payload = ByteBuffer.wrap(frame.payload());
        assertThat(frame.type()).isEqualTo(FrameType.NACK);
        assertThat(PayloadLayout.nackCode(payload, 0)).isEqualTo(code);
        assertThat(new String(frame.payload(), PayloadLayout.NACK_TEXT_OFFSET, text.length(), StandardCharsets.UTF_8))
                .isEqualTo(text);
        assertThat(frame.correlationId()).isEqualTo(correlationId);
    }

    void expectPong(long correlationId) throws IOException {
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(FrameType.PONG);
        assertThat(frame.correlationId()).isEqualTo(correlationId);
    }

    /** The server closes this connection and says nothing more. */
    void expectClosed() throws IOException {
        try {
            assertThat(input.read()).as("a byte, or -1 at the end").isEqualTo(-1);
        } catch (SocketException e) {
            // reset: what was sent last has not been read by the server
        }
    }

    /** The server closes this connection, whatever it has said before. */
    void expectEnd() throws IOException {
        try {
            input.readAllBytes();
        } catch (SocketException e) {
            // reset: what was sent last has not been read by the server
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
