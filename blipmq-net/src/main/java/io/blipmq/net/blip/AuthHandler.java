package io.blipmq.net.blip;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** AUTH: lets in a client that shows a known key, on a node that leads. Stateless. */
final class AuthHandler {
    private static final Logger logger = LoggerFactory.getLogger(AuthHandler.class);

    private AuthHandler() {}

    static void onFrame(BlipSession session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        if (!PayloadLayout.isAuth(buffer, payload, payloadLength)) {
            session.answers().nack(correlationId, Nack.INVALID_AUTH);
            return;
        }
        byte[] key = key(buffer, payload);
        OwnerId owner = session.shared().keys().ownerOf(key);
        if (owner == null) {
            session.answers().nack(correlationId, Nack.INVALID_API_KEY);
            onWrongKey(session);
        } else if (session.broker().isLeading()) {
            session.onAuthenticated(owner);
            session.answers().ack(correlationId, 0);
            session.onShutdown(); // which may have begun before the client was known
        } else {
            session.end(V2Nack.NOT_LEADER);
        }
        Arrays.fill(key, (byte) 0);
    }

    /** An operator may know who tries keys, never which. */
    private static void onWrongKey(BlipSession session) {
        session.onWrongKey();
        logger.warn("Wrong API key from {}", session.host().address());
        if (session.isEnded()) {
            logger.warn(
                    "Closed the connection from {}: too many wrong API keys",
                    session.host().address());
        }
    }

    private static byte[] key(ByteBuffer buffer, int payload) {
        byte[] key = new byte[PayloadLayout.authKeyLength(buffer, payload)];
        buffer.get(payload + PayloadLayout.AUTH_KEY_OFFSET, key);
        return key;
    }
}
