package io.blipmq.net.blip2;

import io.blipmq.broker.Broker;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.LettersRequest;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/**
 * DEAD_LETTERS: sends dead letters back or drops them, in several turns when they are many; how many is told when the journal
 * has it. Stateless.
 */
final class DeadLettersHandler {
    private DeadLettersHandler() {}

    static boolean onFrame(
            Blip2Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        Refusal refusal = refusal(buffer, payload, payloadLength);
        if (refusal != null) {
            session.answers().nack(correlationId, refusal);
            return true;
        }
        long result = act(session, buffer, payload);
        if (result == Broker.BUSY) {
            return false;
        }
        if (result < 0) {
            session.answers().nack(correlationId, refusal(result));
        } else {
            session.answers().lettersDone(correlationId, session.letters().answer());
        }
        return true;
    }

    private static Refusal refusal(ByteBuffer buffer, int payload, int payloadLength) {
        if (!ListLayout.isDeadLetters(payloadLength)) {
            return V2Nack.INVALID_DEAD_LETTERS;
        }
        int action = ListLayout.deadLettersAction(buffer, payload);
        if (action != ListLayout.REDRIVE && action != ListLayout.PURGE) {
            return V2Nack.UNKNOWN_ACTION;
        }
        if (action != ListLayout.REDRIVE && LettersRequest.read(buffer, payload).target() != 0) {
            return V2Nack.TARGET_OF_NO_REDRIVE;
        }
        return ListLayout.deadLettersCount(buffer, payload) == 0 ? V2Nack.COUNT_ZERO : null;
    }

    private static long act(Blip2Session session, ByteBuffer buffer, int payload) {
        long subscriptionId = ListLayout.deadLettersSubscriptionId(buffer, payload);
        long count = ListLayout.deadLettersCount(buffer, payload);
        LettersRequest which = LettersRequest.read(buffer, payload);
        return ListLayout.deadLettersAction(buffer, payload) == ListLayout.REDRIVE
                ? session.pushing().redrive(session.client(), subscriptionId, count, which, session.letters())
                : session.pushing().purge(session.client(), subscriptionId, count, which, session.letters());
    }

    private static Refusal refusal(long result) {
        return result == Broker.UNKNOWN ? V2Nack.UNKNOWN_DEAD_LETTER : BrokerRefusals.of(result);
    }
}
