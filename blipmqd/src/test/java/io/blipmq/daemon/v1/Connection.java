package io.blipmq.daemon.v1;

import io.blipmq.client.BlipAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Owned by the client's thread. Moves bytes between the client and one server.
 *
 * <p>Everything that waits goes through {@link #transferUntil}, which writes and reads in the same loop. A client that
 * wrote without reading could stand still for ever: the server, whose answers nobody takes, stops reading, and so the
 * client's write never ends. Here pending answers are always taken while output waits, so output may be pipelined
 * without a window and memory stays within one output buffer and one frame of input.
 */
final class Connection implements Closeable {
    /** What one write hands over; more than the handshake or any other frame but a PUBLISH needs. */
    static final int OUTPUT_BYTES = 128 * 1024;

    private final BlipAddress address;
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final long silenceTimeoutNanos;
    private final FrameHandler handler;
    /** Filled from position 0; direct, so that a write copies nothing. */
    private final ByteBuffer output = ByteBuffer.allocateDirect(OUTPUT_BYTES);

    private final FrameInput input = new FrameInput();

    private Connection(
            BlipAddress address, SocketChannel channel, Selector selector, ClientOptions options, FrameHandler handler)
            throws IOException {
        this.address = address;
        this.channel = channel;
        this.selector = selector;
        this.key = channel.register(selector, SelectionKey.OP_CONNECT);
        this.silenceTimeoutNanos = options.silenceTimeout().toNanos();
        this.handler = handler;
    }

    /** Tries the addresses of the host in turn; each has the whole connect timeout. */
    static Connection open(BlipAddress address, ClientOptions options, FrameHandler handler) throws IOException {
        IOException failure = null;
        for (InetAddress candidate : resolve(address)) {
            try {
                return openOne(address, candidate, options, handler);
            } catch (IOException e) {
                failure = e;
            }
        }
        throw new IOException("cannot connect to " + address + ": " + reason(failure), failure);
    }

    private static InetAddress[] resolve(BlipAddress address) throws IOException {
        try {
            return InetAddress.getAllByName(address.host());
        } catch (UnknownHostException e) {
            throw new IOException("cannot connect to " + address + ": unknown host " + address.host(), e);
        }
    }

    private static Connection openOne(
            BlipAddress address, InetAddress candidate, ClientOptions options, FrameHandler handler)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        Selector selector = null;
        boolean connected = false;
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            selector = channel.provider().openSelector();
            Connection connection = new Connection(address, channel, selector, options, handler);
            connection.connect(new InetSocketAddress(candidate, address.port()), options.connectTimeout());
            connected = true;
            return connection;
        } finally {
            if (!connected) {
                channel.close();
                if (selector != null) {
                    selector.close();
                }
            }
        }
    }

    private void connect(InetSocketAddress target, Duration timeout) throws IOException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        boolean connected = channel.connect(target);
        while (!connected) {
            if (!select(deadlineNanos)) {
                throw new IOException("no answer within " + seconds(timeout.toNanos()));
            }
            connected = channel.finishConnect();
        }
        key.interestOps(SelectionKey.OP_READ);
    }

    /** @return the output buffer with room for a frame of this many bytes, at most {@link #OUTPUT_BYTES} */
    ByteBuffer outputFor(int frameBytes) throws IOException {
        requireOpen();
        if (output.remaining() < frameBytes) {
            flush();
        }
        return output;
    }

    /** Appends bytes of any number, in as many writes as it takes. */
    void append(byte[] bytes) throws IOException {
        int offset = 0;
        while (offset < bytes.length) {
            if (!output.hasRemaining()) {
                flush();
            }
            int count = Math.min(output.remaining(), bytes.length - offset);
            output.put(bytes, offset, count);
            offset += count;
        }
    }

    /** Returns once the operating system has all output. */
    void flush() throws IOException {
        transferUntil(() -> output.position() == 0);
    }

    /**
     * Writes what is pending, reads, and hands frames to the handler until the condition holds. Frames after the one that
     * made it hold stay for the next call. Any failure closes the connection.
     */
    void transferUntil(BooleanSupplier done) throws IOException {
        requireOpen();
        boolean finished = false;
        try {
            transfer(done);
            finished = true;
        } finally {
            if (!finished) {
                close();
            }
        }
    }

    private void transfer(BooleanSupplier done) throws IOException {
        long deadlineNanos = System.nanoTime() + silenceTimeoutNanos;
        while (!done.getAsBoolean()) {
            if (input.handleNext(handler)) {
                continue;
            }
            if (write() | read()) {
                deadlineNanos = System.nanoTime() + silenceTimeoutNanos;
            } else {
                awaitReady(deadlineNanos);
            }
        }
    }

    private boolean write() throws IOException {
        if (output.position() == 0) {
            return false;
        }
        output.flip();
        try {
            return channel.write(output) > 0;
        } catch (IOException e) {
            throw lost(reason(e), e);
        } finally {
            output.compact();
        }
    }

    private boolean read() throws IOException {
        int count;
        try {
            count = input.readFrom(channel);
        } catch (IOException e) {
            throw lost(reason(e), e);
        }
        if (count < 0) {
            throw lost("the server closed it", null);
        }
        return count > 0;
    }

    private void awaitReady(long deadlineNanos) throws IOException {
        key.interestOps(SelectionKey.OP_READ | (output.position() > 0 ? SelectionKey.OP_WRITE : 0));
        if (!select(deadlineNanos)) {
            throw new IOException("no answer from " + address + " for " + seconds(silenceTimeoutNanos));
        }
    }

    /** @return false when the deadline has passed */
    private boolean select(long deadlineNanos) throws IOException {
        long remainingNanos = deadlineNanos - System.nanoTime();
        if (remainingNanos <= 0) {
            return false;
        }
        selector.select(1 + TimeUnit.NANOSECONDS.toMillis(remainingNanos));
        selector.selectedKeys().clear();
        return true;
    }

    private void requireOpen() throws IOException {
        if (!channel.isOpen()) {
            throw new IOException("the connection to " + address + " is closed");
        }
    }

    private IOException lost(String why, IOException cause) {
        return new IOException("connection to " + address + " lost: " + why, cause);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0 + " s";
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        selector.close();
    }
}
