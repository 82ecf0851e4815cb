package io.blipmq.net.blip;

import io.blipmq.net.ProtocolMetrics;
import io.blipmq.net.SessionHost;
import io.blipmq.protocol.Refusal;
import java.nio.ByteBuffer;

/** A version of the protocol that a HELLO may ask for. Owned by the broker thread. */
public abstract class BlipVersion {
    private final int number;
    private final ProtocolMetrics metrics = new ProtocolMetrics();

    protected BlipVersion(int number) {
        this.number = number;
    }

    /** Why a HELLO for this version is not understood, or null. */
    protected abstract Refusal refusal(ByteBuffer buffer, int payload, int payloadLength);

    /** Begins the session that such a HELLO asks for; it is not answered yet. */
    protected abstract BlipSession begin(SessionHost host, ByteBuffer buffer, int payload);

    final int number() {
        return number;
    }

    /** Where its frames and sessions are counted. */
    final ProtocolMetrics metrics() {
        return metrics;
    }
}
