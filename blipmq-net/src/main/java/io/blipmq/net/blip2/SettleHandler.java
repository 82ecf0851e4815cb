package io.blipmq.net.blip2;

import io.blipmq.broker.Outcome;
import io.blipmq.broker.SettleAction;
import io.blipmq.broker.SettleRequest;
import io.blipmq.broker.SettleResult;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.entry.PropertyLayout;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/** SETTLE: settles deliveries at once; answered when that is wanted, and when it hit none. Stateless. */
final class SettleHandler {
    private static final SettleAction[] ACTIONS = {
        null,
        SettleAction.ACK,
        SettleAction.NACK,
        SettleAction.REJECT,
        SettleAction.EXTEND,
        SettleAction.RELEASE,
        SettleAction.BEGIN
    };
    private static final byte[] NO_REASON = {};

    private SettleHandler() {}

    static boolean onFrame(
            Blip2Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        Refusal refusal = refusal(buffer, payload, payloadLength);
        if (refusal == null) {
            SettleResult result = session.version().settleResult();
            settle(session, buffer, payload, payloadLength, result);
            if (result.outcome() == Outcome.BUSY) {
                return false;
            }
            boolean answerWanted = hasFlag(buffer, payload, SettleLayout.ANSWER_FLAG);
            refusal = refusal(result, answerWanted);
            if (refusal == null && answerWanted) {
                session.answers().settled(correlationId, result.settled(), result.unknownTags());
            }
        }
        if (refusal != null) {
            session.answers().nack(correlationId, refusal);
        }
        return true;
    }

    private static Refusal refusal(ByteBuffer buffer, int payload, int payloadLength) {
        if (!SettleLayout.isSettle(buffer, payload, payloadLength)) {
            return V2Nack.INVALID_SETTLE;
        }
        int action = SettleLayout.action(buffer, payload);
        if (action < SettleLayout.ACK || action > SettleLayout.BEGIN) {
            return V2Nack.UNKNOWN_ACTION;
        }
        if ((SettleLayout.flags(buffer, payload) & ~SettleLayout.FLAGS) != 0) {
            return V2Nack.UNKNOWN_FLAG;
        }
        if (hasFlag(buffer, payload, SettleLayout.STORED_FLAG) && !mayBeStored(buffer, payload, action)) {
            return V2Nack.BAD_STORED;
        }
        int reasonLength = SettleLayout.reasonLength(buffer, payload);
        if (reasonLength > 0 && action != SettleLayout.REJECT) {
            return V2Nack.REASON_OF_NO_REJECT;
        }
        if (reasonLength > PropertyLayout.DEAD_LETTER_REASON_BYTES_MAX) {
            return V2Nack.REASON_TOO_LONG;
        }
        int deliveryBytes = payloadLength - SettleLayout.deliveriesOffset(reasonLength);
        if (deliveryBytes > SettleLayout.DELIVERIES_MAX * SettleLayout.DELIVERY_BYTES) {
            return V2Nack.TOO_MANY_DELIVERIES;
        }
        return isMillisValid(action, SettleLayout.millis(buffer, payload)) ? null : V2Nack.BAD_MILLISECONDS;
    }

    /** What is not stored cannot be waited for, and nobody waits without an answer. */
    private static boolean mayBeStored(ByteBuffer buffer, int payload, int action) {
        boolean answerWanted = hasFlag(buffer, payload, SettleLayout.ANSWER_FLAG);
        return answerWanted && (action == SettleLayout.ACK || action == SettleLayout.REJECT);
    }

    private static boolean isMillisValid(int action, long millis) {
        return switch (action) {
            case SettleLayout.NACK -> true;
            case SettleLayout.EXTEND -> millis > 0;
            default -> millis == 0;
        };
    }

    private static void settle(
            Blip2Session session, ByteBuffer buffer, int payload, int payloadLength, SettleResult result) {
        int reasonLength = SettleLayout.reasonLength(buffer, payload);
        SettleRequest request = session.version().settleRequest();
        request.begin(
                SettleLayout.subscriptionId(buffer, payload),
                ACTIONS[SettleLayout.action(buffer, payload)],
                hasFlag(buffer, payload, SettleLayout.UP_TO_FLAG),
                hasFlag(buffer, payload, SettleLayout.STORED_FLAG),
                SettleLayout.millis(buffer, payload),
                reason(buffer, payload, reasonLength));
        int end = payload + payloadLength;
        int first = payload + SettleLayout.deliveriesOffset(reasonLength);
        for (int at = first; at < end; at += SettleLayout.DELIVERY_BYTES) {
            request.add(SettleLayout.tagAt(buffer, at), SettleLayout.attemptAt(buffer, at));
        }
        session.broker().settling().settle(session.client(), request, result);
    }

    private static Refusal refusal(SettleResult result, boolean answerWanted) {
        if (!result.outcome().isDone()) {
            return BrokerRefusals.of(result.outcome());
        }
        return !answerWanted && result.unknown() > 0 ? V2Nack.UNKNOWN_DELIVERY : null;
    }

    private static boolean hasFlag(ByteBuffer buffer, int payload, int flag) {
        return (SettleLayout.flags(buffer, payload) & flag) != 0;
    }

    private static byte[] reason(ByteBuffer buffer, int payload, int length) {
        if (length == 0) {
            return NO_REASON;
        }
        byte[] reason = new byte[length];
        buffer.get(payload + SettleLayout.REASON_OFFSET, reason);
        return reason;
    }
}
