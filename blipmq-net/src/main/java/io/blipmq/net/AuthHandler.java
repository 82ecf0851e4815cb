package io.blipmq.net;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** AUTH: lets in who shows a known key. Stateless. */
final class AuthHandler {
    private static final Logger log = LoggerFactory.getLogger(AuthHandler.class);

    private AuthHandler() {}

    static boolean onFrame(Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        Nack refusal = refusal(session, buffer, payload, payloadLength);
        if (refusal != null) {
            session.answers().nack(correlationId, refusal);
            return true;
        }
        byte[] key = key(buffer, payload);
        OwnerId owner = session.keys().ownerOf(key);
        if (owner != null) {
            session.onAuthenticated(owner);
            session.answers().ack(correlationId, 0);
            session.tellIfGoingAway();
        } else {
            session.answers().nack(correlationId, Nack.INVALID_API_KEY);
            onWrongKey(session);
        }
        Arrays.fill(key, (byte) 0);
        return true;
    }

    private static Nack refusal(Session session, ByteBuffer buffer, int payload, int payloadLength) {
        if (session.state() == SessionState.AWAIT_HELLO) {
            return Nack.HELLO_NOT_PERFORMED;
        }
        if (session.isReady()) {
            return Nack.ALREADY_AUTHENTICATED;
        }
        return PayloadLayout.isAuth(buffer, payload, payloadLength) ? null : Nack.INVALID_AUTH;
    }

    /** An operator may know who tries keys, never which. */
    private static void onWrongKey(Session session) {
        session.onWrongKey();
        log.warn("Wrong API key from {}", session.peer());
        if (session.isClosing()) {
            log.warn("Closed the connection from {}: too many wrong API keys", session.peer());
        }
    }

    private static byte[] key(ByteBuffer buffer, int payload) {
        byte[] key = new byte[PayloadLayout.authKeyLength(buffer, payload)];
        buffer.get(payload + PayloadLayout.AUTH_KEY_OFFSET, key);
        return key;
    }
}
