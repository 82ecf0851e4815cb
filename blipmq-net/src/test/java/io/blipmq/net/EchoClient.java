package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.echo.EchoProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A client of the echo protocol over a real socket. It runs the server's turns while it waits. One thread's. */
final class EchoClient implements AutoCloseable {
    private final TestServer server;
    private final SocketChannel channel;
    private ByteBuffer received = ByteBuffer.allocate(64 * 1024);
    private boolean ended;

    EchoClient(TestServer server, InetSocketAddress address) throws IOException {
        this.server = server;
        channel = SocketChannel.open(address);
        channel.configureBlocking(false);
    }

    /** The system takes little for it that it does not read. */
    EchoClient receiveLittle() throws IOException {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 4 * 1024);
        return this;
    }

    EchoClient hello() {
        return send("hello").expect("hello");
    }

    EchoClient send(String text) {
        return send(ByteBuffer.wrap(packet(text)));
    }

    EchoClient send(ByteBuffer bytes) {
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

    EchoClient expect(String text) {
        assertThat(receive()).isEqualTo(text);
        return this;
    }

    String receive() {
        server.until("a packet arrives", () -> hasReceived() || ended);
        assertThat(hasPacket()).as("a packet arrived before the end").isTrue();
        int lengthBytes = EchoProtocol.lengthBytes(received, 0, received.position());
        byte[] text = new byte[EchoProtocol.length(received, 0, lengthBytes)];
        received.get(lengthBytes, text);
        received.flip().position(lengthBytes + text.length);
        received.compact();
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Whether a packet is there. */
    boolean hasReceived() {
        return hasPacket() || readSome() && hasPacket();
    }

    /** The server closes this connection, with nothing more to say. */
    void expectClosed() {
        server.until("the server closes the connection", () -> {
            readSome();
            return ended;
        });
        assertThat(received.position()).as("bytes received before the end").isZero();
    }

    private boolean hasPacket() {
        int lengthBytes = EchoProtocol.lengthBytes(received, 0, received.position());
        return lengthBytes > 0 && received.position() >= lengthBytes + EchoProtocol.length(received, 0, lengthBytes);
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

    static byte[] packet(String text) {
        return EchoProtocol.packet(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
