package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageCursor;
import io.blipmq.broker.backlog.MessageWalk;
import io.blipmq.broker.journal.StoredMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks through the backlog of a detached subscription that has become too large, and drops what has expired behind messages
 * that have not: only what nobody else would drop may cost a subscription its life. Owned by the core thread. It goes on in
 * later turns, and ends as soon as more than the limit is found alive.
 */
final class BacklogSweep {
    private static final int READ_WORK = 32;

    private final StoredSubscription subscription;
    private final long bytesMax;
    private final int droppedMax;
    private long livingBytes;
    /** Null before the first step. */
    private MessageWalk walk;

    private boolean complete;

    BacklogSweep(StoredSubscription subscription, BrokerOptions options) {
        this.subscription = subscription;
        this.bytesMax = options.detachedBacklogBytesMax();
        this.droppedMax = options.limits().sweptMax();
    }

    StoredSubscription subscription() {
        return subscription;
    }

    /** Whether nothing that has expired counts any more; not when the journal had no room. */
    boolean isComplete() {
        return complete;
    }

    /** @return whether it is to go on */
    boolean step(Deliveries deliveries) {
        MessageCursor cursor = subscription.cursor();
        if (walk == null) {
            walk = new MessageWalk(subscription.messages(), cursor.nextSequence());
            if (!dropUnsettled(deliveries)) {
                return false;
            }
        }
        walk.skipTo(cursor.nextSequence());
        for (int left = deliveries.limits().expiredPerStep(); left > 0; left--) {
            deliveries.work().add(1);
            long tag = isEnough() ? MessageWalk.NONE : walk.next();
            if (tag == MessageWalk.NONE) {
                complete = true;
                return false;
            }
            if (tag != MessageWalk.SEARCHING && cursor.isWaitingFor(tag) && !look(deliveries)) {
                return false;
            }
        }
        return true;
    }

    /** Whether more than may wait is alive, or all that can expire has been seen, or as much has been dropped as may be. */
    private boolean isEnough() {
        return livingBytes > bytesMax
                || walk.from() > subscription.messages().expiringThrough()
                || subscription.cursor().settledAhead().countMost() >= droppedMax;
    }

    /** @return false when the journal had no room */
    private boolean look(Deliveries deliveries) {
        deliveries.work().add(READ_WORK);
        StoredMessage message = walk.read();
        if (!message.isExpired(deliveries.nowMillis())) {
            livingBytes += message.payloadLength;
            return true;
        }
        return deliveries.tryExpire(subscription, message);
    }

    private boolean dropUnsettled(Deliveries deliveries) {
        List<StoredMessage> expired = new ArrayList<>();
        deliveries.work().add(subscription.unsettled().size());
        for (Delivery delivery : subscription.unsettled().values()) {
            boolean waits = delivery.is(Delivery.State.DUE) || delivery.is(Delivery.State.DELAYED);
            if (waits && delivery.message.isExpired(deliveries.nowMillis())) {
                expired.add(delivery.message);
            }
        }
        return expired.stream().allMatch(message -> deliveries.tryExpire(subscription, message));
    }
}
