package io.blipmq.net.blip1;

import io.blipmq.net.blip.AnswerKind;
import io.blipmq.net.blip.Answers;
import io.blipmq.net.blip.BlipResources;

/** The answers that version 1 has beside those of all versions. Owned by the broker thread. */
final class Blip1Answers extends Answers<Blip1Session> {
    private static final AnswerKind<Blip1Session> POLL = Blip1Answers::deliver;

    Blip1Answers(Blip1Session session, BlipResources shared) {
        super(session, shared);
    }

    /** Delivers the next message of a subscription, or nothing, when this request's turn has come. */
    void poll(long correlationId, long subscriptionId) {
        answer(POLL, correlationId, subscriptionId, 0, null);
    }

    /** @return false when the broker has passed over many expired messages and is not through yet */
    private static boolean deliver(
            Blip1Session session, long correlationId, long subscriptionId, long none, Object nothing) {
        return session.isEnded()
                || session.broker()
                        .polling()
                        .poll(
                                session.client(),
                                subscriptionId,
                                session.version().sink().to(session.output(), correlationId));
    }
}
