package io.blipmq.net;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * The end of one connection: what is said last, and when its socket may be closed. Owned by the broker thread.
 *
 * <p>A close with input that was not read would destroy what the peer has not taken from the network yet. So when the server
 * ends a connection and says why, it shuts its own side first and gives the peer some time to close the other.
 */
final class ConnectionEnd {
    private final NetTimes times;
    private final SocketChannel channel;
    private final Session session;
    private final InputBuffer input;
    private final ConnectionDeadlines deadlines;

    private ConnectionState state = ConnectionState.OPEN;
    /** Whether it was the server that has ended it. */
    private boolean isServers;

    ConnectionEnd(
            NetTimes times, SocketChannel channel, Session session, InputBuffer input, ConnectionDeadlines deadlines) {
        this.times = times;
        this.channel = channel;
        this.session = session;
        this.input = input;
        this.deadlines = deadlines;
    }

    /** The session has ended, and what is owed has so long to leave. */
    void begin(long nowNanos, long limitNanos) {
        transitionTo(ConnectionState.ENDING);
        isServers = session.hasLastWord();
        deadlines.onEnding(nowNanos, limitNanos);
        input.drop();
    }

    /**
     * Everything that the peer is owed has left: writes why the connection ends into its output, if the peer is to be told.
     *
     * @return whether there is something to be written now
     */
    boolean sayLastWord(long nowNanos) {
        boolean says = state == ConnectionState.ENDING && session.sayLastWord();
        if (says) {
            transitionTo(ConnectionState.TOLD);
            deadlines.onEnding(nowNanos, times.lingerNanos());
        }
        return says;
    }

    /** Once all output has left: whether the socket may be closed, or the peer is to close first. */
    boolean mayClose() {
        return state == ConnectionState.ENDING || input.isEnded();
    }

    /** All output has left, the last word too: nothing more is said. */
    void linger() throws IOException {
        if (state == ConnectionState.TOLD) {
            channel.shutdownOutput();
            transitionTo(ConnectionState.LINGERING);
        }
    }

    void close() {
        transitionTo(ConnectionState.CLOSED);
    }

    /** The one way to another state. */
    private void transitionTo(ConnectionState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("a connection that is " + state + " cannot become " + next);
        }
        state = next;
    }

    boolean hasBegun() {
        return state != ConnectionState.OPEN;
    }

    boolean isServers() {
        return isServers;
    }

    boolean isLingering() {
        return state == ConnectionState.LINGERING;
    }

    boolean isClosed() {
        return state == ConnectionState.CLOSED;
    }
}
