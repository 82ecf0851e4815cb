package io.blipmq.net;

import io.blipmq.protocol.v2.V2Nack;

/** DRAIN: nothing is pushed any more. Stateless. */
final class DrainHandler {
    private DrainHandler() {}

    static boolean onFrame(PushSession session, long correlationId, int payloadLength) {
        if (payloadLength > 0) {
            session.answers().nack(correlationId, V2Nack.INVALID_DRAIN);
            return true;
        }
        session.answers().done(correlationId, session.broker().attaching().drain(session.client()));
        return true;
    }
}
