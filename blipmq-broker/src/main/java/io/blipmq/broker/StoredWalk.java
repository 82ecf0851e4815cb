package io.blipmq.broker;

import java.util.ArrayDeque;

/**
 * A walk through all durable subscriptions, oldest first, that may take many turns. Owned by the core thread. What is removed
 * meanwhile is left out; what comes to be meanwhile may be.
 */
final class StoredWalk {
    /** Looked up at once; the place in the table is found once for so many. */
    private static final int BATCH = 64;

    private final SubscriptionTable subscriptions;
    private final ArrayDeque<StoredSubscription> batch = new ArrayDeque<>();
    private long lastId;
    private boolean ended;

    StoredWalk(SubscriptionTable subscriptions) {
        this.subscriptions = subscriptions;
    }

    /** @return null at the end */
    StoredSubscription next() {
        while (true) {
            if (batch.isEmpty()) {
                fetch();
            }
            StoredSubscription next = batch.poll();
            if (next == null || subscriptions.stored(next.id()) == next) {
                return next;
            }
        }
    }

    private void fetch() {
        if (ended) {
            return;
        }
        for (StoredSubscription found : subscriptions.storedBehind(lastId)) {
            if (batch.size() == BATCH) {
                return;
            }
            batch.add(found);
            lastId = found.id();
        }
        ended = true;
    }
}
