package io.blipmq.broker;

import java.util.ArrayDeque;

/**
 * Settlements on their way to the journal, those it has no room for just now included. Owned by the core thread.
 *
 * <p>An acknowledgement takes effect at once and is never refused, so what finds no room waits here. Each one that waits
 * has freed a delivery in flight, and new deliveries of a full log are bounded, which bounds this queue.
 */
final class PendingSettlements {
    private final Journal journal;
    private final ArrayDeque<Settlement> waiting = new ArrayDeque<>();

    private record Settlement(long subscriptionId, long deliveryTag, SettleReason reason) {}

    PendingSettlements(Journal journal) {
        this.journal = journal;
    }

    void append(long subscriptionId, long deliveryTag, SettleReason reason) {
        if (!waiting.isEmpty() || journal.appendSettle(subscriptionId, deliveryTag, reason) < 0) {
            waiting.add(new Settlement(subscriptionId, deliveryTag, reason));
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** @return whether none waits any more */
    boolean appendAll() {
        for (Settlement next = waiting.peek(); next != null; next = waiting.peek()) {
            if (journal.appendSettle(next.subscriptionId, next.deliveryTag, next.reason) < 0) {
                return false;
            }
            waiting.remove();
        }
        return true;
    }
}
