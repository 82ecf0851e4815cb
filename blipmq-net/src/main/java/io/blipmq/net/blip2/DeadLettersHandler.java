package io.blipmq.net.blip2;

import io.blipmq.broker.DeadLetterRequest;
import io.blipmq.broker.DeadLetterService;
import io.blipmq.broker.LetterSelection;
import io.blipmq.broker.LettersResult;
import io.blipmq.broker.Outcome;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.LettersDone;
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
        Outcome outcome = act(session, buffer, payload);
        if (outcome == Outcome.BUSY) {
            return false;
        }
        if (outcome.isDone()) {
            session.answers().lettersDone(correlationId, done(session.letters().answer()));
        } else {
            session.answers().nack(correlationId, refusal(outcome));
        }
        return true;
    }

    private static Refusal refusal(ByteBuffer buffer, int payload, int payloadLength) {
        if (!ListLayout.isDeadLetters(payloadLength)) {
            return V2Nack.INVALID_DEAD_LETTERS;
        }
        int action = ListLayout.deadLettersAction(buffer, payload);
        if (action != ListLayout.REDRIVE && action != ListLayout.PURGE) {
            return V2Nack.UNKNOWN_LETTERS_ACTION;
        }
        if (action != ListLayout.REDRIVE && LettersRequest.read(buffer, payload).target() != 0) {
            return V2Nack.TARGET_OF_NO_REDRIVE;
        }
        return ListLayout.deadLettersCount(buffer, payload) == 0 ? V2Nack.COUNT_ZERO : null;
    }

    private static Outcome act(Blip2Session session, ByteBuffer buffer, int payload) {
        DeadLetterService deadLetters = session.broker().deadLetters();
        DeadLetterRequest request = request(buffer, payload);
        return ListLayout.deadLettersAction(buffer, payload) == ListLayout.REDRIVE
                ? deadLetters.redrive(session.client(), request, session.letters())
                : deadLetters.purge(session.client(), request, session.letters());
    }

    private static DeadLetterRequest request(ByteBuffer buffer, int payload) {
        LettersRequest asked = LettersRequest.read(buffer, payload);
        return new DeadLetterRequest(
                ListLayout.deadLettersSubscriptionId(buffer, payload),
                ListLayout.deadLettersCount(buffer, payload),
                new LetterSelection(asked.tag(), asked.after(), asked.through(), asked.origin(), asked.target()));
    }

    private static LettersDone done(LettersResult result) {
        return new LettersDone(result.count(), result.next(), result.through(), result.gone(), result.full());
    }

    private static Refusal refusal(Outcome outcome) {
        return outcome == Outcome.UNKNOWN ? V2Nack.UNKNOWN_DEAD_LETTER : BrokerRefusals.of(outcome);
    }
}
