package io.blipmq.broker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The maintenance tick's work: messages past their TTL, subscriptions that stayed detached for too long or collected too
 * much. Owned by the core thread.
 */
final class Housekeeping {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final BrokerState state;
    private final Journal journal;
    private final Redelivery redelivery;

    Housekeeping(
            BrokerOptions options, BrokerCounters counters, BrokerState state, Journal journal, Redelivery redelivery) {
        this.options = options;
        this.counters = counters;
        this.state = state;
        this.journal = journal;
        this.redelivery = redelivery;
    }

    void onTick() {
        for (DurableSubscription subscription : state.durableSubscriptions()) {
            subscription.dropExpired(redelivery);
            if (!subscription.isAttached() && !subscription.isDeadLetters() && !subscription.isRemoving()) {
                checkDetached(subscription);
            }
        }
    }

    private void checkDetached(DurableSubscription subscription) {
        long detachedForNanos = redelivery.nowNanos() - subscription.detachedNanos();
        if (detachedForNanos >= options.subscriptionExpiryNanos()) {
            remove(subscription, RemoveReason.EXPIRED, BrokerMetric.SUBSCRIPTIONS_EXPIRED);
            return;
        }
        long backlogBytes = subscription.backlogBytes();
        if (backlogBytes > options.detachedBacklogBytesMax()) {
            remove(subscription, RemoveReason.BACKLOG_TOO_LARGE, BrokerMetric.SUBSCRIPTIONS_OVERGROWN);
        } else if (backlogBytes > options.detachedBacklogBytesMax() / 2 && subscription.warnOfBacklogOnce()) {
            log.warn(
                    "subscription {} to {} is detached and holds {} bytes; above {} (detached_backlog_bytes) it is"
                            + " removed with its messages",
                    subscription.id(),
                    subscription.topic(),
                    backlogBytes,
                    options.detachedBacklogBytesMax());
        }
    }

    private void remove(DurableSubscription subscription, RemoveReason reason, BrokerMetric metric) {
        if (!redelivery.pending().isEmpty()) {
            return; // a settlement that was accepted before must stand in the journal before
        }
        if (journal.appendRemove(subscription.id(), reason) < 0) {
            return; // no room just now: the next tick tries again
        }
        subscription.markRemoving();
        counters.increment(metric);
        log.warn(
                "removing detached subscription {} to {} with {} waiting messages ({} bytes): {}",
                subscription.id(),
                subscription.topic(),
                subscription.backlog(),
                subscription.backlogBytes(),
                switch (reason) {
                    case EXPIRED -> "no connection for longer than subscription_expiry_ms";
                    case BACKLOG_TOO_LARGE -> "its backlog exceeds detached_backlog_bytes";
                });
    }
}
