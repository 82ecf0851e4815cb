package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageWalk;
import io.blipmq.broker.journal.StoredMessage;

/** Goes through the letters of a dead-letter subscription, oldest first. Owned by the core thread. */
final class LetterWalk {
    private final StoredSubscription subscription;
    private final long[] handedOut;
    private int handedOutIndex;
    private final MessageWalk waiting;
    private Delivery delivery;

    /** @param after begins behind the letter with this tag */
    LetterWalk(StoredSubscription subscription, long after) {
        this.subscription = subscription;
        this.handedOut = subscription.unsettled().tags();
        while (handedOutIndex < handedOut.length && handedOut[handedOutIndex] <= after) {
            handedOutIndex++;
        }
        this.waiting = new MessageWalk(
                subscription.messages(),
                Math.max(after + 1, subscription.cursor().nextSequence()));
    }

    /** The next letter that is not on its way back to its subscription, or null. */
    StoredMessage next() {
        while (handedOutIndex < handedOut.length) {
            delivery = subscription.unsettled().get(handedOut[handedOutIndex++]);
            if (delivery != null && !delivery.is(Delivery.State.MOVING)) {
                return delivery.message;
            }
        }
        delivery = null;
        return nextWaiting();
    }

    /** The delivery that the last letter is in; null when it was never delivered. */
    Delivery delivery() {
        return delivery;
    }

    private StoredMessage nextWaiting() {
        for (long tag = waiting.next(); tag != MessageWalk.NONE; tag = waiting.next()) {
            if (!subscription.cursor().settledAhead().contains(tag)) {
                return waiting.read();
            }
        }
        return null;
    }
}
