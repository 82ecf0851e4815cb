package io.blipmq.net.blip2;

import io.blipmq.broker.Outcome;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/**
 * CANCEL: ends a message that is to be delivered later; whether there was one is told when the journal has it. The message is
 * looked for in several turns when there are many. Stateless.
 */
final class CancelHandler {
    private CancelHandler() {}

    static boolean onFrame(
            Blip2Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        if (!ListLayout.isCancel(payloadLength)) {
            session.answers().nack(correlationId, V2Nack.INVALID_CANCEL);
            return true;
        }
        long number = ListLayout.cancelNumber(buffer, payload);
        Outcome outcome = session.broker().scheduling().cancel(session.client(), number, session.schedule());
        if (outcome == Outcome.BUSY) {
            return false;
        }
        if (outcome.isDone()) {
            session.answers().done(correlationId, session.schedule().isCancelled() ? 1 : 0);
        } else {
            session.answers().nack(correlationId, BrokerRefusals.of(outcome));
        }
        return true;
    }
}
