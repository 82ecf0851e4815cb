package io.blipmq.client;

/** How it stands with a client's connection. */
public enum ConnectionState {
    /** The broker has let the client in. */
    CONNECTED,
    /** The broker is about to end: nothing is published any more, what is held can be settled. */
    GOING_AWAY,
    /** There is no connection; the client tries to get one. */
    DISCONNECTED,
    /** The client has ended. */
    CLOSED
}
