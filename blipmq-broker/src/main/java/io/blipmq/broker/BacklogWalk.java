package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageWalk;
import io.blipmq.broker.journal.StoredMessage;

/**
 * Goes through the messages of a durable subscription that are not settled, in the order of their numbers: delivered ones and
 * those that wait for their first delivery. Owned by the core thread. It changes nothing, and is used within one turn.
 */
final class BacklogWalk {
    private final StoredSubscription subscription;
    private final long[] keptTags;
    private int keptIndex;
    private final MessageWalk waiting;
    private long waitingTag;
    private Delivery delivery;
    private StoredMessage message;

    /** @param after begins behind the message with this tag */
    BacklogWalk(StoredSubscription subscription, long after) {
        this.subscription = subscription;
        this.keptTags = subscription.unsettled().tags();
        while (keptIndex < keptTags.length && keptTags[keptIndex] <= after) {
            keptIndex++;
        }
        long from = Math.max(after + 1, subscription.cursor().nextSequence());
        this.waiting = new MessageWalk(subscription.messages(), from);
        passToWaiting();
    }

    private void passToWaiting() {
        do {
            waitingTag = waiting.next();
        } while (waitingTag != MessageWalk.NONE
                && subscription.cursor().settledAhead().contains(waitingTag));
    }

    /** @return false at the end */
    boolean next() {
        boolean keptLeft = keptIndex < keptTags.length;
        if (!keptLeft && waitingTag == MessageWalk.NONE) {
            return false;
        }
        if (keptLeft && (waitingTag == MessageWalk.NONE || keptTags[keptIndex] < waitingTag)) {
            delivery = subscription.unsettled().get(keptTags[keptIndex++]);
            message = delivery.message;
        } else {
            delivery = null;
            message = waiting.read();
            passToWaiting();
        }
        return true;
    }

    StoredMessage message() {
        return message;
    }

    /** What the message is in; null when it waits in its topic's order. */
    Delivery delivery() {
        return delivery;
    }
}
