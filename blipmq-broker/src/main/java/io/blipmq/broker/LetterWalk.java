package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageLog;
import io.blipmq.broker.journal.StoredMessage;

/** Goes through the letters of a dead-letter subscription, oldest first. Owned by the core thread. */
final class LetterWalk {
    private final StoredSubscription subscription;
    private final long[] handedOut;
    private int handedOutIndex;
    private long waitingFrom;
    private MessageLog.Page page;
    private int slot;
    private Delivery delivery;

    /** @param after begins behind the letter with this tag */
    LetterWalk(StoredSubscription subscription, long after) {
        this.subscription = subscription;
        this.handedOut = subscription.unsettled().tags();
        while (handedOutIndex < handedOut.length && handedOut[handedOutIndex] <= after) {
            handedOutIndex++;
        }
        this.waitingFrom = Math.max(after + 1, subscription.cursor().nextSequence());
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
        while (findWaiting()) {
            long sequence = page.sequence(slot);
            waitingFrom = sequence + 1;
            if (!subscription.cursor().settledAhead().contains(sequence)) {
                StoredMessage letter = new StoredMessage();
                letter.at(subscription.messages().key(), sequence, page.position(slot));
                subscription.messages().read(letter);
                return letter;
            }
        }
        return null;
    }

    private boolean findWaiting() {
        slot = page == null ? 0 : page.slotFrom(waitingFrom);
        if (page == null || slot == page.count()) {
            page = subscription.messages().pageFrom(waitingFrom);
            slot = page == null ? 0 : page.slotFrom(waitingFrom);
        }
        return page != null && slot < page.count();
    }
}
