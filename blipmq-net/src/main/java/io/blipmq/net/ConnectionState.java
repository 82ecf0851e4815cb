package io.blipmq.net;

/** How far a connection has come. Immutable. The moves between these are {@link ConnectionLifecycle}'s. */
enum ConnectionState {
    /** Packets come in, and output leaves. */
    OPEN,
    /** The socket has failed: what came before is still handled, and nothing is sent. */
    LOST,
    /** The session has ended: what the peer is owed leaves. */
    ENDING,
    /** The peer has broken a protocol that has no goodbye: what is queued is offered to the socket once. */
    BROKEN,
    /** The peer is told why the server closes the connection. */
    GOODBYE,
    /** Nothing more is sent; the peer is to close its side. */
    LINGERING,
    CLOSED;

    boolean mayBecome(ConnectionState next) {
        return switch (this) {
            case OPEN -> next == LOST || next == ENDING || next == BROKEN || next == CLOSED;
            case ENDING -> next == GOODBYE || next == CLOSED;
            case GOODBYE -> next == LINGERING || next == CLOSED;
            case LOST, BROKEN, LINGERING -> next == CLOSED;
            case CLOSED -> false;
        };
    }
}
