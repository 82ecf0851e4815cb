package io.blipmq.net;

import java.net.SocketAddress;

/** What a session has of its connection. Owned by the broker thread. */
public interface SessionHost {

    /** Where the session writes its packets. */
    OutputQueue output();

    /** Where the peer comes from. */
    SocketAddress address();

    /** Whether the connection is one too many: it is held for a moment, so that the peer can be told. */
    boolean isSurplus();

    /** The longest packet that the peer may send, which is short until the session is ready. */
    int packetBytesMax();

    /** How long clients may still settle what they hold, once the daemon is about to end; negative before. */
    int shutdownMillis();

    /** Output has come up outside this connection's part of a turn: it is to be written, or noticed to have no room. */
    void onOutput();

    /** From the next packet on the connection is another session's. */
    void handOver(Session successor);

    /** A newer connection of the same client takes this one's place: what has been read is handled, then this one ends. */
    void replace();
}
