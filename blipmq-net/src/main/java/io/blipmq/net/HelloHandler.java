package io.blipmq.net;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import java.nio.ByteBuffer;

/** HELLO: agrees on the protocol's version. Stateless. */
final class HelloHandler {
    private HelloHandler() {}

    static boolean onFrame(Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        Nack refusal = refusal(session, buffer, payload, payloadLength);
        if (refusal != null) {
            session.answers().nack(correlationId, refusal);
            return true;
        }
        session.transitionTo(SessionState.AWAIT_AUTH);
        session.answers().ack(correlationId, 0);
        return true;
    }

    private static Nack refusal(Session session, ByteBuffer buffer, int payload, int payloadLength) {
        if (session.state() != SessionState.AWAIT_HELLO) {
            return Nack.HELLO_ALREADY_PERFORMED;
        }
        if (!PayloadLayout.isHello(payloadLength)) {
            return Nack.INVALID_HELLO;
        }
        return PayloadLayout.helloVersion(buffer, payload) == FrameLayout.PROTOCOL_VERSION
                ? null
                : Nack.UNSUPPORTED_VERSION;
    }
}
