package io.blipmq.net.blip1;

import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import java.nio.ByteBuffer;

/** POLL: delivers the next message of a subscription, in its turn; an empty one is not answered. Stateless. */
final class PollHandler {
    private PollHandler() {}

    static boolean onFrame(
            Blip1Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        if (!PayloadLayout.isSubscriptionId(payloadLength)) {
            session.answers().nack(correlationId, Nack.INVALID_POLL);
            return true;
        }
        long subscriptionId = PayloadLayout.subscriptionId(buffer, payload);
        if (subscriptionId == 0) {
            session.answers().nack(correlationId, Nack.SUBSCRIPTION_ID_ZERO);
            return true;
        }
        if (session.broker().polling().isBeyondLimit(session.client(), subscriptionId)) {
            session.answers().nack(correlationId, Nack.POLL_TOO_MANY_OF_CONNECTION);
            return true;
        }
        session.answers().poll(correlationId, subscriptionId);
        return true;
    }
}
