package io.blipmq.net.blip2;

import io.blipmq.protocol.v2.V2Nack;

/** DRAIN: nothing is pushed any more. Stateless. */
final class DrainHandler {
    private DrainHandler() {}

    static boolean onFrame(Blip2Session session, long correlationId, int payloadLength) {
        if (payloadLength > 0) {
            session.answers().nack(correlationId, V2Nack.INVALID_DRAIN);
            return true;
        }
        session.answers().done(correlationId, session.broker().attaching().drain(session.client()));
        return true;
    }
}
