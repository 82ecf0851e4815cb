package io.blipmq.net;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.HandshakeLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** HELLO: agrees on the protocol's version. Stateless. */
final class HelloHandler {
    private HelloHandler() {}

    static boolean onFrame(Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        Refusal refusal = refusal(session, buffer, payload, payloadLength);
        if (refusal != null) {
            session.answers().nack(correlationId, refusal);
            return true;
        }
        if (session.isSurplus()) {
            return refuseSurplus(session, buffer, payload);
        }
        session.transitionTo(SessionState.AWAIT_AUTH);
        if (PayloadLayout.helloVersion(buffer, payload) == FrameLayout.PROTOCOL_VERSION) {
            session.answers().ack(correlationId, 0);
        } else {
            session.beginPushing(greeting(session, buffer, payload));
            welcome(session, correlationId);
        }
        return true;
    }

    /** Its version is known now, and so whether it can be told. */
    private static boolean refuseSurplus(Session session, ByteBuffer buffer, int payload) {
        if (PayloadLayout.helloVersion(buffer, payload) == FrameLayout.VERSION_2) {
            session.beginPushing(greeting(session, buffer, payload));
        }
        session.end(V2Nack.TOO_MANY_CONNECTIONS);
        return true;
    }

    private static Refusal refusal(Session session, ByteBuffer buffer, int payload, int payloadLength) {
        if (session.state() != SessionState.AWAIT_HELLO) {
            return Nack.HELLO_ALREADY_PERFORMED;
        }
        if (payloadLength < PayloadLayout.HELLO_BYTES) {
            return Nack.INVALID_HELLO;
        }
        return switch (PayloadLayout.helloVersion(buffer, payload)) {
            case FrameLayout.PROTOCOL_VERSION -> PayloadLayout.isHello(payloadLength) ? null : Nack.INVALID_HELLO;
            case FrameLayout.VERSION_2 -> version2Refusal(buffer, payload, payloadLength);
            default -> Nack.UNSUPPORTED_VERSION;
        };
    }

    private static Refusal version2Refusal(ByteBuffer buffer, int payload, int payloadLength) {
        if (!HandshakeLayout.isHello(buffer, payload, payloadLength)) {
            return Nack.INVALID_HELLO;
        }
        int nameLength = HandshakeLayout.helloNameLength(buffer, payload);
        if (nameLength > HandshakeLayout.NAME_BYTES_MAX) {
            return V2Nack.CLIENT_NAME_TOO_LONG;
        }
        int instanceLength = HandshakeLayout.helloInstanceLength(buffer, payload, nameLength);
        return instanceLength > HandshakeLayout.INSTANCE_BYTES_MAX ? V2Nack.INSTANCE_TOO_LONG : null;
    }

    private static Greeting greeting(Session session, ByteBuffer buffer, int payload) {
        byte[] name = new byte[HandshakeLayout.helloNameLength(buffer, payload)];
        buffer.get(payload + HandshakeLayout.HELLO_NAME_OFFSET, name);
        byte[] instance = new byte[HandshakeLayout.helloInstanceLength(buffer, payload, name.length)];
        buffer.get(payload + HandshakeLayout.helloInstanceOffset(name.length), instance);
        long heartbeat = HandshakeLayout.helloHeartbeatMillis(buffer, payload, name.length, instance.length);
        return new Greeting(
                new String(name, StandardCharsets.UTF_8),
                instance,
                session.times().heartbeatMillis(heartbeat));
    }

    /** Nothing can wait before AUTH, so this is the next answer. */
    private static void welcome(Session session, long correlationId) {
        ByteBuffer frame = session.welcome().encode(correlationId);
        session.output().append(frame.remaining()).put(frame);
    }
}
