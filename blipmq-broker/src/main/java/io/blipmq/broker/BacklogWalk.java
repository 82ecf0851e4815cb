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
        } while (isWaiting() && subscription.cursor().settledAhead().contains(waitingTag));
    }

    private boolean isWaiting() {
        return waitingTag != MessageWalk.NONE && waitingTag != MessageWalk.SEARCHING;
    }

    /** @return false at the end, or where {@link #searchedThrough} says that looking for the next message has its limits */
    boolean next() {
        if (keptIndex < keptTags.length && keptTags[keptIndex] < nextWaiting()) {
            delivery = subscription.unsettled().get(keptTags[keptIndex++]);
            message = delivery.message;
            return true;
        }
        if (!isWaiting()) {
            return false;
        }
        delivery = null;
        message = waiting.read();
        passToWaiting();
        return true;
    }

    /** No message that waits comes before this. */
    private long nextWaiting() {
        if (waitingTag == MessageWalk.NONE) {
            return Long.MAX_VALUE;
        }
        return waitingTag == MessageWalk.SEARCHING ? waiting.from() : waitingTag;
    }

    /** Behind which number a later walk goes on; 0: this one has come to the end. */
    long searchedThrough() {
        return waitingTag == MessageWalk.SEARCHING ? waiting.from() - 1 : 0;
    }

    StoredMessage message() {
        return message;
    }

    /** What the message is in; null when it waits in its topic's order. */
    Delivery delivery() {
        return delivery;
    }
}
