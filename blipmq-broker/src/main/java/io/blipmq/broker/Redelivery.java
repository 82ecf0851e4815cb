package io.blipmq.broker;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What happens to QoS 1 deliveries over time: deadlines, retries, dead letters, expiry. Owned by the core thread.
 *
 * <p>A delivery that is not acknowledged by its deadline is due again at the next POLL; after its last delivery's
 * deadline it becomes a dead letter. Acknowledgements that the journal has no room for wait in {@link PendingSettlements};
 * nothing expires before them.
 */
final class Redelivery implements Delivering {
    /** A dead letter or an expiry that the journal had no room for is tried again after this time. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

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

    /** Acknowledgements that wait for room in the journal. */
    PendingSettlements pending() {
        return pendingSettlements;
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

    /**
     * Settles a delivery that the subscription holds.
     *
     * @return whether it took effect; not when too many acknowledgements wait for room already
     */
    boolean acknowledge(DurableSubscription subscription, long deliveryTag) {
        int payloadLength = subscription.heldPayloadLength(deliveryTag);
        if (!pendingSettlements.append(subscription.id(), deliveryTag, payloadLength)) {
            return false;
        }
        state.settle(subscription, deliveryTag, payloadLength);
        counters.increment(BrokerMetric.ACKNOWLEDGED);
        return true;
    }

    @Override
    public boolean tryExpire(DurableSubscription subscription, long deliveryTag, int payloadLength) {
        SettleReason reason =
                subscription.isDeadLetters() ? SettleReason.DEAD_LETTER_EXPIRED : SettleReason.TTL_EXPIRED;
        if (!pendingSettlements.isEmpty()
                || journal.appendSettle(subscription.id(), deliveryTag, payloadLength, reason) < 0) {
            return false;
        }
        state.settle(subscription, deliveryTag, payloadLength);
        counters.increment(
                subscription.isDeadLetters()
                        ? BrokerMetric.DROPPED_DEAD_LETTER_EXPIRED
                        : BrokerMetric.DROPPED_TTL_EXPIRED);
        return true;
    }

    @Override
    public void expire(Delivery delivery) {
        if (!tryExpire(delivery.subscription, delivery.tag, delivery.message.payloadLength)) {
            delivery.state = Delivery.State.IN_FLIGHT;
            deadlines.schedule(delivery, nowNanos + AGAIN_NANOS);
        }
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
            expire(delivery);
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
            deadlines.schedule(delivery, nowNanos + AGAIN_NANOS);
            return;
        }
        delivery.subscription.onMoving(delivery, letter);
        counters.increment(BrokerMetric.DEAD_LETTERED);
    }
}
