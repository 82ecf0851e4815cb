package io.blipmq.net;

/** How far a session has come. Immutable. The moves between them are {@link Session#transitionTo}'s. */
enum SessionState {
    /** Nothing but HELLO is of use. */
    AWAIT_HELLO,
    /** The version is agreed on; nothing but AUTH is of use. */
    AWAIT_AUTH,
    /** The broker knows the client. */
    READY,
    /** No request is taken on any more; what is owed is still sent. */
    CLOSING;

    boolean mayBecome(SessionState next) {
        return next == CLOSING || next.ordinal() == ordinal() + 1;
    }
}
