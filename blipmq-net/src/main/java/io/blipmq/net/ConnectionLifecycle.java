package io.blipmq.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one connection ends. Owned by the broker thread.
 *
 * <p>It ends when its peer has ended, when its session ends, or when the server ends it. The session then lets go of what it
 * holds, and what the peer is owed is sent; behind that comes the goodbye, if the protocol has one. A close with unread
 * input would destroy what the peer has not taken from the network yet, so after a goodbye the server shuts its own side
 * first and gives the peer some time to close the other.
 */
final class ConnectionLifecycle {
    private static final Logger logger = LoggerFactory.getLogger(ConnectionLifecycle.class);

    private final NetTimes times;
    private final NetMetrics metrics;
    private final Connection connection;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final InputBuffer input;
    private final OutputQueue output;
    private final ConnectionDeadlines deadlines;
    private ConnectionState state = ConnectionState.OPEN;

    ConnectionLifecycle(
            LoopResources shared,
            Connection connection,
            SocketChannel channel,
            SelectionKey key,
            InputBuffer input,
            OutputQueue output,
            ConnectionDeadlines deadlines) {
        times = shared.times;
        metrics = shared.metrics;
        this.connection = connection;
        this.channel = channel;
        this.key = key;
        this.input = input;
        this.output = output;
        this.deadlines = deadlines;
    }

    /**
     * The one way to another state. The legal moves:
     *
     * <table>
     *   <tr><td>OPEN → LOST</td><td>the socket fails</td></tr>
     *   <tr><td>OPEN → BROKEN</td><td>the peer breaks a protocol that has no goodbye</td></tr>
     *   <tr><td>OPEN → ENDING</td><td>the session ends: by the peer's end of input, by itself, or by the server</td></tr>
     *   <tr><td>ENDING → GOODBYE</td><td>all that was owed has left, but for the goodbye</td></tr>
     *   <tr><td>GOODBYE → LINGERING</td><td>the goodbye has left, and the peer has not closed its side</td></tr>
     *   <tr><td>any → CLOSED</td><td>nothing is owed any more, the socket is lost, or its time is over</td></tr>
     * </table>
     */
    private void transitionTo(ConnectionState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("a connection that is " + state + " cannot become " + next);
        }
        state = next;
    }

    /** The peer broke the protocol: what it is owed may leave if it can be told so, else what is queued. */
    void onViolation(ProtocolViolation e) {
        e.reason().count(metrics);
        warn(e.getMessage());
        connection.session().end(e.reason(), e.getMessage());
        if (state == ConnectionState.OPEN && !connection.session().owesGoodbye()) {
            transitionTo(ConnectionState.BROKEN);
        }
    }

    /** The server ends the connection: what the peer is owed, and why, may leave if that does not take long. */
    void end(EndReason reason, long nowNanos) {
        warn(reason.text(times));
        endUnlogged(reason, nowNanos);
    }

    /** As {@link #end}, where the log has one line for many connections. */
    void endUnlogged(EndReason reason, long nowNanos) {
        reason.count(metrics);
        connection.session().end(reason, reason.text(times));
        beginEnd(nowNanos, times.lingerNanos());
    }

    /** The session has ended, and what is owed has so long to leave. */
    void beginEnd(long nowNanos, long limitNanos) {
        if (state == ConnectionState.OPEN) {
            transitionTo(ConnectionState.ENDING);
        }
        deadlines.onEnding(nowNanos, limitNanos);
        input.drop();
    }

    /** @return bytes written */
    long goOnEnding(long nowNanos) {
        return switch (state) {
            case OPEN -> {
                beginEnd(nowNanos, times.lastAnswersNanos());
                yield goOnEnding(nowNanos);
            }
            case ENDING -> connection.isAnswered() ? closeOrSayGoodbye(nowNanos) : 0;
            case GOODBYE -> {
                lingerIfSaid();
                yield 0;
            }
            case LINGERING -> {
                closeIfPeerHas();
                yield 0;
            }
            case LOST, BROKEN -> {
                close();
                yield 0;
            }
            case CLOSED -> 0;
        };
    }

    private long closeOrSayGoodbye(long nowNanos) {
        if (!connection.session().owesGoodbye()) {
            close();
            return 0;
        }
        connection.session().sayGoodbye();
        transitionTo(ConnectionState.GOODBYE);
        deadlines.onEnding(nowNanos, times.lingerNanos());
        long written = connection.write();
        if (!isClosed()) {
            lingerIfSaid();
        }
        return written;
    }

    private void lingerIfSaid() {
        if (!connection.isAnswered()) {
            return;
        }
        try {
            channel.shutdownOutput();
            transitionTo(ConnectionState.LINGERING);
            closeIfPeerHas();
        } catch (IOException e) {
            onLost(e);
        }
    }

    private void closeIfPeerHas() {
        if (input.isEnded()) {
            close();
        }
    }

    void endOverdue(EndReason reason, long nowNanos, Shortage isShort) {
        boolean othersWait = reason == EndReason.OUTPUT_TIMEOUT && isShort.ofOutput();
        end(reason, nowNanos);
        if (connection.session().owesGoodbye() && !othersWait) {
            connection.flush(nowNanos);
        } else {
            close();
        }
    }

    void closeIfOverdue(long nowNanos, Shortage isShort) {
        if (isShort.ofOutput() && deadlines.isOutputStuck(nowNanos)) {
            EndReason.OUTPUT_TIMEOUT.count(metrics);
            warn(EndReason.OUTPUT_TIMEOUT.text(times));
            close();
        } else if (deadlines.isEndOverdue(nowNanos)) {
            if (state == ConnectionState.ENDING && !connection.session().owesGoodbye()) {
                warn("the client did not read its last answers in time");
            }
            close();
        }
    }

    /** Ends session and socket at once and gives back every buffer. */
    void close() {
        if (isClosed()) {
            return;
        }
        transitionTo(ConnectionState.CLOSED);
        connection.session().onClosed();
        input.drop();
        output.clear();
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            logger.debug("Closing the connection from {} failed: {}", connection.address(), e.toString());
        }
    }

    /** The socket failed. */
    void onLost(IOException e) {
        logger.debug("Lost the connection from {}: {}", connection.address(), e.toString());
        input.onFailed(e);
        output.clear();
        if (state == ConnectionState.OPEN) {
            transitionTo(ConnectionState.LOST);
        } else if (state != ConnectionState.LOST) {
            close();
        }
    }

    private void warn(String reason) {
        logger.warn("Closed the connection from {}: {}", connection.address(), reason);
    }

    // --- how it stands ---

    /** Whether packets are handled. */
    boolean takesPackets() {
        return state == ConnectionState.OPEN || state == ConnectionState.LOST;
    }

    boolean isLost() {
        return state == ConnectionState.LOST;
    }

    boolean isLingering() {
        return state == ConnectionState.LINGERING;
    }

    boolean isClosed() {
        return state == ConnectionState.CLOSED;
    }
}
