package io.blipmq.net.blip;

/** How far a session has come. Immutable. The moves between these are {@link BlipSession}'s. */
enum SessionState {
    /** The client has not shown its key. */
    STRANGER,
    /** The broker knows the client. */
    READY,
    /** No request is taken on any more; what is owed is still sent. */
    CLOSING;

    boolean mayBecome(SessionState next) {
        return next == CLOSING || this == STRANGER && next == READY;
    }
}
