package io.blipmq.net.blip2;

import io.blipmq.broker.Outcome;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/** DETACH: leaves a subscription, or deletes it; told when the journal has it. Stateless. */
final class DetachHandler {
    private DetachHandler() {}

    static boolean onFrame(
            Blip2Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        Refusal refusal = refusal(buffer, payload, payloadLength);
        if (refusal != null) {
            session.answers().nack(correlationId, refusal);
            return true;
        }
        long subscriptionId = AttachLayout.subscriptionId(buffer, payload);
        byte[] name = new byte[AttachLayout.detachNameLength(buffer, payload)];
        buffer.get(payload + AttachLayout.DETACH_NAME_OFFSET, name);
        boolean delete = isDelete(buffer, payload);
        Outcome outcome = session.broker().attaching().detach(session.client(), subscriptionId, name, delete);
        if (outcome == Outcome.BUSY) {
            return false;
        }
        if (outcome.isDone()) {
            session.answers().detached(correlationId, subscriptionId);
        } else {
            session.answers().nack(correlationId, BrokerRefusals.of(outcome));
        }
        return true;
    }

    private static Refusal refusal(ByteBuffer buffer, int payload, int payloadLength) {
        if (!AttachLayout.isDetach(buffer, payload, payloadLength)) {
            return V2Nack.INVALID_DETACH;
        }
        if ((AttachLayout.detachFlags(buffer, payload) & ~AttachLayout.DELETE_FLAG) != 0) {
            return V2Nack.UNKNOWN_FLAG;
        }
        int nameLength = AttachLayout.detachNameLength(buffer, payload);
        if (nameLength > AttachLayout.NAME_BYTES_MAX) {
            return V2Nack.NAME_TOO_LONG;
        }
        boolean byName = AttachLayout.subscriptionId(buffer, payload) == 0;
        boolean sound = byName ? nameLength > 0 && isDelete(buffer, payload) : nameLength == 0;
        return sound ? null : V2Nack.DETACH_BY_NAME_DELETES;
    }

    private static boolean isDelete(ByteBuffer buffer, int payload) {
        return AttachLayout.detachFlags(buffer, payload) == AttachLayout.DELETE_FLAG;
    }
}
