package io.blipmq.client;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.ProtocolException;
import io.blipmq.protocol.v2.HandshakeLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import io.blipmq.protocol.v2.Welcome;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Owned by the client's thread. What is said at the beginning of a connection: HELLO and AUTH at once, WELCOME and ACK. */
final class Handshake {
    private static final long HELLO_ID = 1;
    private static final long AUTH_ID = 2;

    private final BlipAddress address;
    private final byte[] key;
    private final byte[] name;
    private Welcome welcome;

    Handshake(BlipAddress address, byte[] key, String name) {
        this.address = address;
        this.key = key;
        this.name = Names.text(name, "a client's name", Names.CLIENT_BYTES_MAX);
    }

    /** A connection begins. */
    void writeTo(FrameOutput output) {
        welcome = null;
        RequestEncoder.hello(output.room(HandshakeLayout.helloFrameBytes(name.length, 0)), HELLO_ID, name);
        FrameEncoder.auth(output.room(PayloadLayout.authFrameBytes(key.length)), AUTH_ID, key);
    }

    /**
     * Reads an answer.
     *
     * @return what the broker said of itself once it has let the client in; null before
     * @throws RefusedException when it does not let it in
     */
    ServerInfo onFrame(FrameType type, long id, ByteBuffer buffer, int payloadOffset, int payloadLength)
            throws ProtocolException {
        if (type == FrameType.WELCOME && id == HELLO_ID) {
            Frames.require(HandshakeLayout.isWelcome(buffer, payloadOffset, payloadLength), type);
            welcome = Welcome.read(buffer, payloadOffset);
            return null;
        }
        if (type == FrameType.ACK && id == AUTH_ID && welcome != null) {
            return info(welcome);
        }
        if (type == FrameType.NACK) {
            Frames.Nack nack = Frames.nack(buffer, payloadOffset, payloadLength);
            throw id == AUTH_ID
                    ? new AuthenticationException(address, nack.code(), nack.text())
                    : new RefusedException("protocol version 2", nack.code(), nack.text());
        }
        throw new ProtocolException("the broker answered the handshake with " + type);
    }

    private static ServerInfo info(Welcome welcome) {
        return new ServerInfo(
                welcome.server(),
                welcome.fsyncPolicy(),
                (int) Math.min(welcome.frameBytes(), FrameLayout.LENGTH_MAX),
                welcome.inFlight(),
                welcome.topicBytes(),
                Duration.ofMillis(welcome.ackTimeoutMillis()));
    }
}
