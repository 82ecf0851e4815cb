package io.blipmq.net;

/**
 * How far the end of a connection has come. Immutable.
 *
 * <ul>
 *   <li>OPEN → ENDING: its session ends, because the peer has ended or the server wants it
 *   <li>ENDING → TOLD: everything that the peer is owed has left, and a word is to follow that says why
 *   <li>TOLD → LINGERING: that word has left, and the peer has not ended its side
 *   <li>any → CLOSED: nothing more is to be said, the socket is lost, or its time is over
 * </ul>
 */
enum ConnectionState {
    OPEN,
    ENDING,
    TOLD,
    LINGERING,
    CLOSED;

    boolean mayBecome(ConnectionState next) {
        return next == CLOSED || next.ordinal() == ordinal() + 1;
    }
}
