package io.blipmq.net;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A socket that clients of one protocol connect to. Owned by the broker thread. */
final class Listener {
    private static final Logger logger = LoggerFactory.getLogger(Listener.class);

    /** What the system queues while a turn runs; it cuts this to its own limit. */
    private static final int BACKLOG_CONNECTIONS = 1024;

    private static final int KEEPALIVE_IDLE_SECONDS = 30;
    private static final int KEEPALIVE_INTERVAL_SECONDS = 10;
    private static final int KEEPALIVE_COUNT = 3;

    /** Gives a socket its address. */
    private interface Binding {
        void bind(InetSocketAddress address) throws IOException;
    }

    private final Protocol protocol;
    private final ServerSocketChannel channel;
    private final SelectionKey key;
    private final int connectionsMax;
    private final int acceptsPerTurn;
    private final int surplusMax;
    private final long pauseNanos;
    private boolean paused;
    private long pausedSinceNanos;

    /** Whether clients wait to be let in. */
    private boolean acceptable;

    private Listener(Protocol protocol, ServerSocketChannel channel, SelectionKey key, NetOptions options) {
        this.protocol = protocol;
        this.channel = channel;
        this.key = key;
        connectionsMax = FileDescriptors.connectionsMax(options.connectionsMax());
        acceptsPerTurn = options.limits().acceptsPerTurn();
        surplusMax = options.limits().surplusMax();
        pauseNanos = options.times().acceptPauseNanos();
    }

    /** @throws IOException with a message that says where it was to listen and what can be done */
    static Listener open(NetAddress address, Protocol protocol, NetOptions options, Selector selector)
            throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            bind(address, inet -> channel.bind(inet, BACKLOG_CONNECTIONS));
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_ACCEPT);
            Listener listener = new Listener(protocol, channel, key, options);
            key.attach(listener);
            return listener;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** As {@link #open}, without listening: no connection is taken, not even by the system. */
    static void check(NetAddress address) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            bind(address, channel::bind);
        }
    }

    InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    void onSelected() {
        acceptable = true;
    }

    /** Takes in the clients that have connected. */
    int acceptAll(Connections connections, LoopResources shared, long nowNanos) {
        resumeIfDue(nowNanos);
        if (!acceptable) {
            return 0;
        }
        acceptable = false;
        int accepted = 0;
        try {
            SocketChannel client = channel.accept();
            while (client != null) {
                admit(client, connections, shared, nowNanos);
                accepted++;
                client = accepted < acceptsPerTurn ? channel.accept() : null;
            }
        } catch (IOException e) {
            shared.metrics.increment(NetMetric.ACCEPT_FAILURES);
            logger.warn("Cannot accept connections; trying again in a second: {}", e.getMessage());
            pause(nowNanos);
        }
        return accepted;
    }

    boolean isPaused() {
        return paused;
    }

    private void resumeIfDue(long nowNanos) {
        if (paused && nowNanos - pausedSinceNanos >= pauseNanos) {
            paused = false;
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    void close() throws IOException {
        key.cancel();
        channel.close();
    }

    private void pause(long nowNanos) {
        paused = true;
        pausedSinceNanos = nowNanos;
        key.interestOps(0);
    }

    private static void bind(NetAddress address, Binding socket) throws IOException {
        InetSocketAddress inet = new InetSocketAddress(address.host(), address.port());
        if (inet.isUnresolved()) {
            throw new IOException("the broker cannot listen on " + address + ": no such host; set bind_addr to an"
                    + " address of this machine, 127.0.0.1 or 0.0.0.0");
        }
        try {
            socket.bind(inet);
        } catch (IOException e) {
            throw new IOException(
                    "the broker cannot listen on " + address + ": " + e.getMessage() + "; " + advice(e), e);
        }
    }

    private static String advice(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof BindException && message.contains("in use")) {
            return "stop the program that uses the port, or set another port";
        }
        if (message.contains("Permission denied")) {
            return "set a port above 1023, or allow this process to use lower ones";
        }
        return "set bind_addr to an address of this machine, 127.0.0.1 or 0.0.0.0";
    }

    private void admit(SocketChannel client, Connections connections, LoopResources shared, long nowNanos) {
        try {
            boolean surplus = connections.count() >= connectionsMax;
            if (surplus) {
                onRejected(client, shared.metrics);
                if (connections.surplusCount() >= surplusMax) {
                    client.close();
                    return;
                }
            }
            configure(client);
            SelectionKey clientKey = client.register(key.selector(), SelectionKey.OP_READ);
            Connection connection = new Connection(shared, client, clientKey, protocol, surplus, nowNanos);
            clientKey.attach(connection);
            connections.add(connection, nowNanos);
            shared.metrics.add(NetMetric.CONNECTIONS_ACCEPTED, surplus ? 0 : 1);
        } catch (IOException e) {
            logger.debug("A client closed its connection before it was accepted: {}", e.toString());
            closeQuietly(client);
        }
    }

    private void onRejected(SocketChannel client, NetMetrics metrics) throws IOException {
        metrics.increment(NetMetric.CONNECTIONS_REJECTED_LIMIT);
        logger.warn(
                "Rejected a connection from {}: {} are open, and max_connections allows no more",
                client.getRemoteAddress(),
                connectionsMax);
    }

    private static void closeQuietly(SocketChannel client) {
        try {
            client.close();
        } catch (IOException e) {
            logger.debug("Cannot close the socket of a client that has left: {}", e.toString());
        }
    }

    private static void configure(SocketChannel client) throws IOException {
        client.configureBlocking(false);
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        client.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        setIfSupported(client, ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
        setIfSupported(client, ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL_SECONDS);
        setIfSupported(client, ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_COUNT);
    }

    private static void setIfSupported(SocketChannel client, SocketOption<Integer> option, int value)
            throws IOException {
        if (client.supportedOptions().contains(option)) {
            client.setOption(option, value);
        }
    }
}
