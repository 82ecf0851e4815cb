package io.blipmq.broker;

import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The maintenance tick's work: messages past their TTL, subscriptions that stayed detached for too long or collected too
 * much. Owned by the core thread.
 */
final class Housekeeping {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

    /** What looking at a subscription costs, as {@link WorkMeter} counts it. */
    private static final int LOOK_WORK = 8;

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final BrokerState state;
    private final Journal journal;
    private final Redelivery redelivery;
    private final ReadyList ready;
    private final WorkMeter work;
    /** Subscriptions that the last tick found and that nobody has looked after yet. */
    private final ArrayDeque<DurableSubscription> toVisit = new ArrayDeque<>();

    Housekeeping(
            BrokerOptions options,
            BrokerCounters counters,
            BrokerState state,
            Journal journal,
            Redelivery redelivery,
            ReadyList ready,
            WorkMeter work) {
        this.options = options;
        this.counters = counters;
        this.state = state;
        this.journal = journal;
        this.redelivery = redelivery;
        this.ready = ready;
        this.work = work;
    }

    /** Begins to look after all subscriptions, unless that is still going on. */
    void onTick() {
        if (!isUnderWay()) {
            toVisit.addAll(state.durableSubscriptions());
            goOn();
        }
    }

    /** Whether there is more to do in the next turn. */
    boolean isUnderWay() {
        return !toVisit.isEmpty();
    }

    /**
     * Does a turn's part of it.
     *
     * @return how many subscriptions were looked after
     */
    int goOn() {
        int visited = 0;
        long workEnd = work.items() + options.limits().tickWorkPerTurn();
        while (isUnderWay() && work.items() < workEnd) {
            DurableSubscription subscription = toVisit.remove();
            work.add(LOOK_WORK);
            visited++;
            if (state.durable(subscription.id()) == subscription) {
                visit(subscription);
            }
        }
        return visited;
    }

    private void visit(DurableSubscription subscription) {
        subscription.dropExpired(redelivery);
        ready.add(subscription.attachment());
        if (!subscription.isAttached() && !subscription.isDeadLetters() && !subscription.isRemoving()) {
            checkDetached(subscription);
        }
    }

    private void checkDetached(DurableSubscription subscription) {
        if (subscription.isPassing()) {
            remove(subscription, RemoveReason.CONNECTION_ENDED);
            return;
        }
        long detachedForNanos = redelivery.nowNanos() - subscription.detachedNanos();
        if (detachedForNanos >= options.subscriptionExpiryNanos()) {
            remove(subscription, RemoveReason.EXPIRED);
            return;
        }
        long backlogBytes = subscription.backlogBytes();
        if (backlogBytes > options.detachedBacklogBytesMax()) {
            remove(subscription, RemoveReason.BACKLOG_TOO_LARGE);
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

    /**
     * Ends a detached subscription with all it holds.
     *
     * @return the command's number, or {@link Journal#BUSY} or {@link Journal#FULL}: then it stays
     */
    long remove(DurableSubscription subscription, RemoveReason reason) {
        if (!redelivery.pending().isEmpty()) {
            return Journal.BUSY; // a settlement that was accepted before must stand in the journal before
        }
        long sequence = journal.appendRemove(subscription.id(), reason);
        if (sequence < 0) {
            return sequence; // the next tick tries again
        }
        onRemoving(subscription, reason);
        return sequence;
    }

    /** Its removal is journalled: until that is stored nobody reads it. */
    void onRemoving(DurableSubscription subscription, RemoveReason reason) {
        subscription.markRemoving();
        switch (reason) {
            case EXPIRED -> {
                counters.increment(BrokerMetric.SUBSCRIPTIONS_EXPIRED);
                warn(subscription, "no connection for longer than subscription_expiry_ms");
            }
            case BACKLOG_TOO_LARGE -> {
                counters.increment(BrokerMetric.SUBSCRIPTIONS_OVERGROWN);
                warn(subscription, "its backlog exceeds detached_backlog_bytes");
            }
            case DELETED -> {
                counters.increment(BrokerMetric.SUBSCRIPTIONS_DELETED);
                log.info(
                        "removing subscription {} to {} with {} waiting messages: a client asked for it",
                        subscription.id(),
                        subscription.topic(),
                        subscription.backlog());
            }
            case DROPPED -> warn(subscription, "by the operator");
            case CONNECTION_ENDED -> {
                // What was made to end with its connection has ended: that is no news.
            }
        }
    }

    private static void warn(DurableSubscription subscription, String why) {
        log.warn(
                "removing detached subscription {} to {} with {} waiting messages ({} bytes): {}",
                subscription.id(),
                subscription.topic(),
                subscription.backlog(),
                subscription.backlogBytes(),
                why);
    }
}
