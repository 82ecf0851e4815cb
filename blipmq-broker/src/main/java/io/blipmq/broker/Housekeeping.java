package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.RemoveReason;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The maintenance tick's work: messages past their TTL, subscriptions that stayed detached for too long or collected too
 * much. Owned by the core thread.
 */
final class Housekeeping {
    private static final Logger logger = LoggerFactory.getLogger(Housekeeping.class);

    /** What looking at a subscription costs, as {@link WorkMeter} counts it. */
    static final int LOOK_WORK = 8;
    /** Each tick that finds the last one's work undone doubles what a turn does of it, so often. */
    private static final int DOUBLINGS_MAX = 3;

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final SubscriptionTable subscriptions;
    private final CommandLog log;
    private final Deliveries deliveries;
    private final PendingSettlements pendingSettlements;
    private final TurnClock clock;
    private final ReadyList ready;
    private final WorkMeter work;
    /** Through the subscriptions that nobody has looked after in this tick; null when there is none. */
    private StoredWalk walk;
    /** Those that have more expired messages than one look passes over. */
    private final ArrayDeque<StoredSubscription> unfinished = new ArrayDeque<>();
    /** Those whose backlogs are looked through before they are removed for them. */
    private final ArrayDeque<BacklogSweep> sweeps = new ArrayDeque<>();

    private int doublings;

    Housekeeping(
            BrokerOptions options,
            BrokerCounters counters,
            SubscriptionTable subscriptions,
            CommandLog log,
            Deliveries deliveries,
            PendingSettlements pendingSettlements,
            TurnClock clock,
            ReadyList ready,
            WorkMeter work) {
        this.options = options;
        this.counters = counters;
        this.subscriptions = subscriptions;
        this.log = log;
        this.deliveries = deliveries;
        this.pendingSettlements = pendingSettlements;
        this.clock = clock;
        this.ready = ready;
        this.work = work;
    }

    /** Begins to look after all subscriptions, unless that is still going on. */
    void onTick() {
        if (isUnderWay()) {
            doublings = Math.min(doublings + 1, DOUBLINGS_MAX);
            return;
        }
        doublings = 0;
        walk = new StoredWalk(subscriptions);
        goOn();
    }

    /** Whether there is more to do in the next turn. */
    boolean isUnderWay() {
        return walk != null || !unfinished.isEmpty() || !sweeps.isEmpty();
    }

    /**
     * Does a turn's part of it.
     *
     * @return how much was done
     */
    int goOn() {
        int steps = 0;
        long workEnd = work.items() + ((long) options.limits().tickWorkPerTurn() << doublings);
        while (isUnderWay() && work.items() < workEnd) {
            step();
            steps++;
        }
        return steps;
    }

    private void step() {
        work.add(LOOK_WORK);
        if (walk != null) {
            StoredSubscription next = walk.next();
            if (next == null) {
                walk = null;
            } else {
                visit(next);
            }
        } else if (!unfinished.isEmpty()) {
            StoredSubscription next = unfinished.remove();
            if (subscriptions.stored(next.id()) == next) {
                visit(next);
            }
        } else {
            goOn(sweeps.remove());
        }
    }

    private void visit(StoredSubscription subscription) {
        boolean more = subscription.dropExpired(deliveries);
        ready.add(subscription.target());
        if (more) {
            unfinished.add(subscription);
        } else if (isToBeChecked(subscription)) {
            checkDetached(subscription);
        }
    }

    private static boolean isToBeChecked(StoredSubscription subscription) {
        return !subscription.life().isAttached()
                && !subscription.isDeadLetters()
                && !subscription.life().isRemoving();
    }

    private void goOn(BacklogSweep sweep) {
        StoredSubscription subscription = sweep.subscription();
        if (subscriptions.stored(subscription.id()) != subscription || !isToBeChecked(subscription)) {
            return;
        }
        if (sweep.step(deliveries)) {
            sweeps.add(sweep);
        } else if (sweep.isComplete() && isTooLarge(subscription)) {
            remove(subscription, RemoveReason.BACKLOG_TOO_LARGE);
        }
    }

    private boolean isTooLarge(StoredSubscription subscription) {
        return subscription.backlogBytes() > options.detachedBacklogBytesMax();
    }

    private void checkDetached(StoredSubscription subscription) {
        if (subscription.endsWithConnection()) {
            remove(subscription, RemoveReason.CONNECTION_ENDED);
            return;
        }
        long detachedForNanos = clock.nowNanos() - subscription.life().detachedNanos();
        boolean mayBeBack = clock.runningNanos() < options.limits().startGraceNanos();
        if (detachedForNanos >= options.subscriptionExpiryNanos() && !mayBeBack) {
            remove(subscription, RemoveReason.EXPIRED);
            return;
        }
        long backlogBytes = subscription.backlogBytes();
        if (isTooLarge(subscription)) {
            sweeps.add(new BacklogSweep(subscription, options)); // what has expired does not count
        } else if (backlogBytes > options.detachedBacklogBytesMax() / 2
                && subscription.life().warnOfBacklogOnce()) {
            logger.warn(
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
     * @return the command's number, or {@link CommandLog#BUSY} or {@link CommandLog#FULL}: then it stays
     */
    long remove(StoredSubscription subscription, RemoveReason reason) {
        if (!pendingSettlements.isEmpty()) {
            return CommandLog.BUSY; // a settlement that was accepted before must stand in the journal before
        }
        long sequence = log.appendRemove(subscription.id(), reason);
        if (sequence < 0) {
            return sequence; // the next tick tries again
        }
        onRemoving(subscription, reason);
        return sequence;
    }

    /** Its removal is journalled: until that is stored nobody reads it. */
    void onRemoving(StoredSubscription subscription, RemoveReason reason) {
        subscription.life().markRemoving();
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
                logger.info(
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

    private static void warn(StoredSubscription subscription, String why) {
        logger.warn(
                "removing detached subscription {} to {} with {} waiting messages ({} bytes): {}",
                subscription.id(),
                subscription.topic(),
                subscription.backlog(),
                subscription.backlogBytes(),
                why);
    }
}
