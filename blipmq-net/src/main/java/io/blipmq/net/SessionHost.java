package io.blipmq.net;

/** What a session asks of its connection. Called on the broker thread. */
interface SessionHost {
    /** Output has come up that no request asked for: it is to be seen to at the turn's end. */
    void onOutput();

    /** A newer connection has taken this one's place: what was read of it is to be handled, then it ends. */
    void onReplaced();
}
