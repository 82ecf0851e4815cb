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
import java.security.SecureRandom;
import java.time.Duration;

/** Owned by the client's thread. What is said at the beginning of a connection: HELLO and AUTH at once, WELCOME and ACK. */
final class Handshake {
    private static final long HELLO_ID = 1;
    private static final long AUTH_ID = 2;
    /** Enough that no two clients choose the same. */
    private static final int INSTANCE_BYTES = 16;

    private final BlipAddress address;
    private final byte[] key;
    private final byte[] name;
    /** Tells the broker which of its connections are this client's. */
    private final byte[] instance = new byte[INSTANCE_BYTES];

    private final long heartbeatMillis;
    private Welcome welcome;

    Handshake(BlipAddress address, byte[] key, String name, Duration heartbeat) {
        this.address = address;
        this.key = key;
        this.name = Names.text(name, "a client's name", Names.CLIENT_BYTES_MAX);
        this.heartbeatMillis = Options.millis(heartbeat, "the heartbeat");
        new SecureRandom().nextBytes(instance);
    }

    /** A connection begins. */
    void writeTo(FrameOutput output) {
        welcome = null;
        int helloBytes = HandshakeLayout.helloFrameBytes(name.length, instance.length, 0);
        RequestEncoder.hello(output.room(helloBytes), HELLO_ID, name, instance, heartbeatMillis);
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
        if (type == FrameType.GOAWAY) {
            Frames.require(HandshakeLayout.isGoAway(buffer, payloadOffset, payloadLength), type);
            int textLength = HandshakeLayout.goAwayTextLength(buffer, payloadOffset);
            throw new RefusedException(
                    "the connection",
                    HandshakeLayout.goAwayCode(buffer, payloadOffset),
                    Frames.text(buffer, payloadOffset + HandshakeLayout.GOAWAY_TEXT_OFFSET, textLength));
        }
        throw new ProtocolException("the broker answered the handshake with " + type);
    }

    private static ServerInfo info(Welcome welcome) {
        Welcome.Limits limits = welcome.limits();
        Welcome.Times times = welcome.times();
        return new ServerInfo(
                welcome.server(),
                welcome.fsyncPolicy(),
                (int) Math.min(limits.frameBytes(), FrameLayout.LENGTH_MAX),
                limits.inFlight(),
                limits.topicBytes(),
                limits.nameBytes(),
                limits.propertiesBytes(),
                limits.subscriptions(),
                limits.maxAttempts(),
                Duration.ofMillis(times.ackMillis()),
                Duration.ofMillis(times.heartbeatMillis()),
                Duration.ofMillis(times.inputMillis()),
                Duration.ofMillis(times.outputMillis()));
    }
}
