package io.blipmq.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Owned by the client's thread. The connection's life, over and over:
 *
 * <ul>
 *   <li>WAITING → CONNECTING: the backoff is over
 *   <li>CONNECTING → HANDSHAKING: TCP is connected; HELLO and AUTH are sent together
 *   <li>HANDSHAKING → READY: WELCOME and the ACK of AUTH are there
 *   <li>READY → GOING_AWAY: the broker said GOAWAY
 *   <li>any but CLOSED → WAITING: an error, the end of input, a timeout, silence
 *   <li>any → CLOSED: the client is closed
 * </ul>
 *
 * <p>Looking a host name up keeps the thread waiting; it happens only while there is no connection.
 */
final class Link {
    private enum Phase {
        WAITING,
        CONNECTING,
        HANDSHAKING,
        READY,
        GOING_AWAY,
        CLOSED
    }

    /** What the link tells of. */
    interface Events extends FrameHandler {
        /** TCP is connected: the handshake may be written. */
        void onConnected(FrameOutput output);

        /** The broker, or this client, is silent: it should be asked for a sign of life. */
        void onSilence(FrameOutput output);

        /** An attempt has failed, or a connection is lost. */
        void onLost(String reason, boolean wasReady);
    }

    private final BlipAddress address;
    private final Options options;
    private final Selector selector;
    private final Backoff backoff;
    private final Events events;

    private Phase phase = Phase.WAITING;
    private final Deque<InetAddress> candidates = new ArrayDeque<>();
    private Connection connection;
    private long dueNanos;
    private long lastReadNanos;
    private long lastWriteNanos;
    /** In which something is to be sent; 0: nothing is promised. */
    private long heartbeatNanos;
    /** Why the broker says that it closes the connection. */
    private String endReason;

    private boolean asked;

    Link(BlipAddress address, Options options, Selector selector, Backoff backoff, Events events) {
        this.address = address;
        this.options = options;
        this.selector = selector;
        this.backoff = backoff;
        this.events = events;
    }

    /** The first attempt is made in the next turn. */
    void start(long nowNanos) {
        dueNanos = nowNanos;
    }

    /** Connects, reads and hands over frames, as far as possible now. */
    void onTurn(long nowNanos) {
        try {
            switch (phase) {
                case WAITING -> connectWhenDue(nowNanos);
                case CONNECTING -> finishConnect(nowNanos);
                case HANDSHAKING -> {
                    read(nowNanos);
                    requireInTime(nowNanos, "the broker did not answer the handshake in time");
                }
                case READY, GOING_AWAY -> {
                    read(nowNanos);
                    watchSilence(nowNanos);
                }
                case CLOSED -> {
                    /* nothing happens any more */
                }
            }
        } catch (IOException e) {
            lose(reason(e), nowNanos);
        }
    }

    /** Writes what waits for the socket. */
    void write(long nowNanos) {
        if (connection == null || phase == Phase.CONNECTING) {
            return;
        }
        try {
            if (connection.write() > 0) {
                lastWriteNanos = nowNanos;
            }
        } catch (IOException e) {
            lose(reason(e), nowNanos);
        }
    }

    private void connectWhenDue(long nowNanos) throws IOException {
        if (nowNanos - dueNanos < 0) {
            return;
        }
        if (candidates.isEmpty()) {
            candidates.addAll(Arrays.asList(InetAddress.getAllByName(address.host())));
        }
        dueNanos = nowNanos + options.connectTimeout().toNanos();
        phase = Phase.CONNECTING;
        connection = Connection.open(new InetSocketAddress(candidates.poll(), address.port()), selector);
        finishConnect(nowNanos);
    }

    private void finishConnect(long nowNanos) throws IOException {
        if (connection.finishConnect()) {
            candidates.clear();
            phase = Phase.HANDSHAKING;
            lastReadNanos = nowNanos;
            lastWriteNanos = nowNanos;
            endReason = "the broker closed the connection";
            events.onConnected(connection.output());
        } else {
            requireInTime(nowNanos, "the host did not answer in time");
        }
    }

    private void requireInTime(long nowNanos, String otherwise) throws IOException {
        if (phase != Phase.READY && nowNanos - dueNanos >= 0) {
            throw new IOException(otherwise);
        }
    }

    private void read(long nowNanos) throws IOException {
        Connection own = connection;
        int count = own.read(events);
        if (count > 0) {
            lastReadNanos = nowNanos;
            asked = false;
        }
        if (count < 0 && own == connection) {
            throw new IOException(endReason);
        }
    }

    private void watchSilence(long nowNanos) throws IOException {
        long silence = nowNanos - lastReadNanos;
        long limit = options.silenceTimeout().toNanos();
        if (silence >= limit) {
            throw new IOException(
                    "the broker sent nothing for " + options.silenceTimeout().toMillis() + " ms");
        }
        if (silence >= limit / 2 && !asked && connection != null) {
            asked = true;
            events.onSilence(connection.output());
        } else if (heartbeatNanos > 0 && nowNanos - lastWriteNanos >= heartbeatNanos / 2 && connection != null) {
            lastWriteNanos = nowNanos;
            events.onSilence(connection.output());
        }
    }

    /**
     * The broker has let the client in.
     *
     * @param newHeartbeatNanos as the broker keeps to it
     */
    void onReady(long newHeartbeatNanos) {
        heartbeatNanos = newHeartbeatNanos;
        phase = Phase.READY;
        asked = false;
        backoff.reset();
    }

    /**
     * The broker is about to close the connection.
     *
     * @param reason why, as it says
     */
    void onGoAway(String reason) {
        endReason = reason;
        if (phase == Phase.READY) {
            phase = Phase.GOING_AWAY;
        }
    }

    /** Gives up the connection that the broker is about to close. */
    void loseAsAnnounced(long nowNanos) {
        lose(endReason, nowNanos);
    }

    /** Gives the connection up and waits before the next attempt; another address of the host is tried at once. */
    void lose(String reason, long nowNanos) {
        if (phase == Phase.CLOSED) {
            return;
        }
        boolean wasReady = isOpen();
        boolean more = phase == Phase.CONNECTING && !candidates.isEmpty();
        disconnect();
        phase = Phase.WAITING;
        dueNanos = more ? nowNanos : nowNanos + backoff.nextNanos();
        if (!more) {
            events.onLost(reason, wasReady);
        }
    }

    void close() {
        disconnect();
        phase = Phase.CLOSED;
    }

    private void disconnect() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    boolean isHandshaking() {
        return phase == Phase.HANDSHAKING;
    }

    /** Whether anything may be asked and published. */
    boolean isReady() {
        return phase == Phase.READY;
    }

    boolean isGoingAway() {
        return phase == Phase.GOING_AWAY;
    }

    /** Whether deliveries can be settled. */
    boolean isOpen() {
        return phase == Phase.READY || phase == Phase.GOING_AWAY;
    }

    FrameOutput output() {
        return connection.output();
    }

    /** How long nothing has to be done unless the socket is ready. */
    long idleNanosMax(long nowNanos) {
        if (isOpen()) {
            long silence = options.silenceTimeout().toNanos() / 4;
            return heartbeatNanos == 0 ? silence : Math.min(silence, heartbeatNanos / 4);
        }
        return phase == Phase.CLOSED ? TimeUnit.SECONDS.toNanos(1) : Math.max(0, dueNanos - nowNanos);
    }

    private static String reason(IOException e) {
        if (e instanceof UnknownHostException) {
            return "unknown host " + e.getMessage();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
