package io.blipmq.client;

import io.blipmq.protocol.ProtocolException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** Owned by the client's thread. One TCP connection: bytes in as frames, frames out as bytes. */
final class Connection {
    /** Reads in one turn, so that one busy socket does not keep everything else waiting. */
    private static final int READS_MAX = 16;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final FrameInput input = new FrameInput();
    private final FrameOutput output = new FrameOutput();

    private Connection(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        this.key = channel.register(selector, SelectionKey.OP_CONNECT);
    }

    /** Begins to connect. */
    static Connection open(InetSocketAddress address, Selector selector) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            Connection connection = new Connection(channel, selector);
            channel.connect(address);
            return connection;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** @return whether it is connected by now */
    boolean finishConnect() throws IOException {
        if (!channel.finishConnect()) {
            return false;
        }
        key.interestOps(SelectionKey.OP_READ);
        return true;
    }

    /**
     * Reads what is there and hands over its frames.
     *
     * @return bytes read, -1 when the peer has ended the connection
     */
    int read(FrameHandler handler) throws IOException {
        int total = 0;
        for (int i = 0; i < READS_MAX; i++) {
            int count = input.readFrom(channel);
            handleAll(handler);
            if (count <= 0) {
                return count < 0 ? -1 : total;
            }
            total += count;
        }
        return total;
    }

    private void handleAll(FrameHandler handler) throws ProtocolException {
        boolean handled = true;
        while (handled && key.isValid()) {
            handled = input.handleNext(handler);
        }
    }

    FrameOutput output() {
        return output;
    }

    /**
     * Writes what the socket takes; the rest goes when it is writable again.
     *
     * @return how many bytes it was
     */
    long write() throws IOException {
        long before = output.pendingBytes();
        if (before > 0) {
            output.writeTo(channel);
        }
        int interest = output.pendingBytes() > 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
        return before - output.pendingBytes();
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }
}
