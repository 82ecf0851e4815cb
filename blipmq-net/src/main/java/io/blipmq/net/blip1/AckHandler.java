package io.blipmq.net.blip1;

import io.blipmq.broker.Outcome;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import java.nio.ByteBuffer;

/** ACK: settles a delivery at once; only a refusal is answered. Stateless. */
final class AckHandler {
    private AckHandler() {}

    /**
     * @param deliveryTag what the frame has in the place of a correlation id
     * @return false when too many acknowledgements wait for room in the journal already
     */
    static boolean onFrame(Blip1Session session, long deliveryTag, ByteBuffer buffer, int payload, int payloadLength) {
        if (!PayloadLayout.isSubscriptionId(payloadLength)) {
            session.answers().nack(deliveryTag, Nack.INVALID_ACK);
            return true;
        }
        long subscriptionId = PayloadLayout.subscriptionId(buffer, payload);
        if (subscriptionId == 0) {
            session.answers().nack(deliveryTag, Nack.SUBSCRIPTION_ID_ZERO);
            return true;
        }
        Outcome outcome = session.broker().settling().acknowledge(session.client(), subscriptionId, deliveryTag);
        if (outcome == Outcome.UNKNOWN) {
            session.answers().nack(deliveryTag, Nack.UNKNOWN_SUBSCRIPTION_OR_TAG);
        } else if (outcome == Outcome.NOT_LEADER) {
            session.onInputEnded(); // no answer would mean that it is acknowledged
        }
        return outcome != Outcome.BUSY;
    }
}
