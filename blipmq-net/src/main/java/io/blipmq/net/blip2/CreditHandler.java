package io.blipmq.net.blip2;

import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/** CREDIT: lets more messages be pushed; not answered. Stateless. */
final class CreditHandler {
    private CreditHandler() {}

    /** @param subscriptionId what the frame has in the place of a correlation id */
    static boolean onFrame(Blip2Session session, long subscriptionId, ByteBuffer buffer, int payload, int length) {
        if (!AttachLayout.isCredit(length)) {
            session.answers().nack(subscriptionId, V2Nack.INVALID_CREDIT);
            return true;
        }
        session.broker()
                .attaching()
                .credit(
                        session.client(),
                        subscriptionId,
                        AttachLayout.creditMessages(buffer, payload),
                        AttachLayout.creditBytes(buffer, payload));
        return true;
    }
}
