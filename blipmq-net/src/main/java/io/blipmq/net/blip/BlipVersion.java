package io.blipmq.net.blip;

import io.blipmq.net.ProtocolMetrics;
import io.blipmq.net.SessionHost;
import io.blipmq.protocol.Refusal;
import java.nio.ByteBuffer;

/** A version of the protocol that a HELLO may ask for. Called on the broker thread. */
public interface BlipVersion {
    int number();

    /** Why a HELLO for this version is not understood, or null. */
    Refusal refusal(ByteBuffer buffer, int payload, int payloadLength);

    /** Begins the session that such a HELLO asks for; it is not answered yet. */
    BlipSession begin(SessionHost host, ByteBuffer buffer, int payload);

    ProtocolMetrics metrics();
}
