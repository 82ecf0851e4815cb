package io.blipmq.broker;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What happens to QoS 1 deliveries over time: deadlines, retries, dead letters, expiry. Owned by the core thread.
 *
 * <p>A delivery that is not acknowledged by its deadline is due again at the next POLL; after its last delivery's
 * deadline it becomes a dead letter. Settlements that the journal has no room for wait here and go first when it has.
 */
final class Redelivery implements Delivering {
    /** A dead letter that the journal had no room for is tried again after this time. */
    private static final long MOVE_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final BrokerState state;
    private final Journal journal;
    private final DeadlineWheel deadlines;
    private final PendingSettlements pendingSettlements;
    private final Consumer<Delivery> onDeadline = this::onDeadline;
    private long nowNanos;
    private long nowMillis;

    Redelivery(BrokerOptions options, BrokerCounters counters, BrokerState state, Journal journal, BrokerClock clock) {
        this.options = options;
        this.counters = counters;
        this.state = state;
        this.journal = journal;
        this.nowNanos = clock.nanoTime();
        this.nowMillis = clock.epochMillis();
        this.deadlines = new DeadlineWheel(nowNanos);
        this.pendingSettlements = new PendingSettlements(journal);
    }

    /** Sets the time of this turn and meets the deadlines that passed. */
    int advance(long newNowNanos, long newNowMillis) {
        nowNanos = newNowNanos;
        nowMillis = newNowMillis;
        return deadlines.advance(newNowNanos, onDeadline);
    }

    /**
     * Appends settlements that found no room before.
     *
     * @return whether none waits any more
     */
    boolean appendPending() {
        return pendingSettlements.appendAll();
    }

    /** Whether settlements wait for room in the journal. */
    boolean hasPending() {
        return !pendingSettlements.isEmpty();
    }

    DeadlineWheel deadlines() {
        return deadlines;
    }

    long nowNanos() {
        return nowNanos;
    }

    @Override
    public long nowMillis() {
        return nowMillis;
    }

    @Override
    public int inFlightMax() {
        return options.inFlightMax();
    }

    @Override
    public void delivered(Delivery delivery) {
        if (delivery.attempts == 1) {
            counters.increment(BrokerMetric.IN_FLIGHT);
        } else {
            counters.increment(BrokerMetric.REDELIVERED);
        }
        delivery.state = Delivery.State.IN_FLIGHT;
        deadlines.schedule(delivery, nowNanos + options.ackTimeoutNanos(delivery.attempts));
    }

    @Override
    public void settle(long subscriptionId, long deliveryTag, SettleReason reason) {
        pendingSettlements.append(subscriptionId, deliveryTag, reason);
        if (state.subscription(subscriptionId) instanceof DurableSubscription subscription) {
            state.settle(subscription, deliveryTag);
        }
        counters.increment(
                switch (reason) {
                    case ACKNOWLEDGED -> BrokerMetric.ACKNOWLEDGED;
                    case TTL_EXPIRED -> BrokerMetric.DROPPED_TTL_EXPIRED;
                    case DEAD_LETTER_EXPIRED -> BrokerMetric.DROPPED_DEAD_LETTER_EXPIRED;
                });
    }

    @Override
    public Journal journal() {
        return journal;
    }

    /** After a start and all of replay: what had its last delivery before is decided by its deadline, which has passed. */
    void onRestored(DurableSubscription subscription) {
        counters.add(BrokerMetric.IN_FLIGHT, subscription.unsettled().size());
        for (Delivery delivery : subscription.unsettled().values()) {
            if (!subscription.isDeadLetters() && options.isLastDelivery(delivery.attempts)) {
                delivery.state = Delivery.State.IN_FLIGHT;
                deadlines.schedule(delivery, nowNanos);
            }
        }
    }

    /** A delivery has left its subscription. */
    void onSettled(Delivery delivery) {
        deadlines.cancel(delivery);
        counters.add(BrokerMetric.IN_FLIGHT, -1);
    }

    private void onDeadline(Delivery delivery) {
        DurableSubscription subscription = delivery.subscription;
        if (subscription.isRemoving()) {
            return; // it ends with its subscription
        }
        if (delivery.message.isExpired(nowMillis)) {
            settle(subscription.id(), delivery.tag, subscription.expiryReason());
        } else if (!subscription.isDeadLetters() && options.isLastDelivery(delivery.attempts)) {
            moveToDeadLetters(delivery);
        } else {
            subscription.dueAgain(delivery);
        }
    }

    private void moveToDeadLetters(Delivery delivery) {
        long expiresMillis = nowMillis + options.deadLetterRetentionMillis();
        DurableSubscription subscription = delivery.subscription;
        byte[] key = DurableSubscription.letterKey(
                subscription.owner(), subscription.topic().deadLetterName());
        long letter =
                journal.appendDeadLetter(subscription.id(), delivery.attempts, key, delivery.message, expiresMillis);
        if (letter < 0) {
            deadlines.schedule(delivery, nowNanos + MOVE_AGAIN_NANOS);
            return;
        }
        delivery.subscription.onMoving(delivery, letter);
        counters.increment(BrokerMetric.DEAD_LETTERED);
    }
}
