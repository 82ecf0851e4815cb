package io.blipmq.net;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/** A connection's channel whose peer is a script: what it sends, in which pieces, and what it was sent. One thread's. */
final class MemoryChannel extends SocketChannel {
    private final ByteBuffer input;
    private final int pieceBytes;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    /** @param pieceBytes what one read or write moves at most */
    MemoryChannel(byte[] input, int pieceBytes) {
        super(SelectorProvider.provider());
        this.input = ByteBuffer.wrap(input);
        this.pieceBytes = pieceBytes;
    }

    byte[] output() {
        return output.toByteArray();
    }

    /** A key of a selector that never selects. */
    SelectionKey key() {
        return new SelectionKey() {
            private int interest = OP_READ;
            private boolean valid = true;

            @Override
            public SelectableChannel channel() {
                return MemoryChannel.this;
            }

            @Override
            public Selector selector() {
                throw new UnsupportedOperationException();
            }

            @Override
            public boolean isValid() {
                return valid;
            }

            @Override
            public void cancel() {
                valid = false;
            }

            @Override
            public int interestOps() {
                return interest;
            }

            @Override
            public SelectionKey interestOps(int ops) {
                interest = ops;
                return this;
            }

            @Override
            public int readyOps() {
                return 0;
            }
        };
    }

    @Override
    public int read(ByteBuffer target) {
        if (!input.hasRemaining()) {
            return -1;
        }
        int bytes = Math.min(pieceBytes, Math.min(input.remaining(), target.remaining()));
        target.put(input.slice().limit(bytes));
        input.position(input.position() + bytes);
        return bytes;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source) {
        int bytes = Math.min(pieceBytes, source.remaining());
        for (int i = 0; i < bytes; i++) {
            output.write(source.get());
        }
        return bytes;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            int bytes = write(sources[i]);
            total += bytes;
            if (sources[i].hasRemaining()) {
                break;
            }
        }
        return total;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return InetSocketAddress.createUnresolved("fuzzer", 1);
    }

    @Override
    public SocketAddress getLocalAddress() {
        return InetSocketAddress.createUnresolved("server", 1);
    }

    @Override
    public SocketChannel bind(SocketAddress local) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) {
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public SocketChannel shutdownInput() {
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() {
        return this;
    }

    @Override
    public Socket socket() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    public boolean connect(SocketAddress remote) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    protected void implCloseSelectableChannel() {}

    @Override
    protected void implConfigureBlocking(boolean block) {}
}
