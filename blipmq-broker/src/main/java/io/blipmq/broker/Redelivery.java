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
    /** An expiry that the journal had no room for is tried again after this time. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** What dropping an expired message is taken to cost: it is read, and its end is written. */
    private static final int EXPIRED_WORK = 32;

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final BrokerState state;
    private final Journal journal;
    private final DeadlineWheel deadlines;
    private final PendingSettlements pendingSettlements;
    private final Moves moves;
    private final ReadyList ready;
    private final WorkMeter work;
    private final Consumer<Delivery> onDeadline = this::onDeadline;
    private final long startNanos;
    private final WallTime time;
    private long nowNanos;

    Redelivery(
            BrokerOptions options,
            BrokerCounters counters,
            BrokerState state,
            Journal journal,
            BrokerClock clock,
            ReadyList ready,
            WorkMeter work) {
        this.options = options;
        this.counters = counters;
        this.state = state;
        this.journal = journal;
        this.nowNanos = clock.nanoTime();
        this.startNanos = nowNanos;
        this.time = state.time();
        time.start(nowNanos, clock.epochMillis(), journal.appliedSequence());
        this.deadlines = new DeadlineWheel(nowNanos, options.limits());
        this.pendingSettlements =
                new PendingSettlements(journal, options.limits().waitingSettlements());
        this.moves = new Moves(options, counters, journal, deadlines);
        this.ready = ready;
        this.work = work;
    }

    /** Sets the time of this turn and meets the deadlines that passed. */
    int advance(long newNowNanos, long clockMillis) {
        nowNanos = newNowNanos;
        time.advance(newNowNanos, clockMillis);
        return deadlines.advance(newNowNanos, onDeadline);
    }

    /** Appends what waits for room in the journal, as far as there is some. */
    void appendWaiting() {
        pendingSettlements.appendAll();
        moves.appendAll(nowNanos, nowMillis());
    }

    /** Whether something has to be done in time although nothing comes in. */
    boolean isTimed() {
        return !deadlines.isEmpty() || moves.isWaiting();
    }

    /** Acknowledgements that wait for room in the journal. */
    PendingSettlements pending() {
        return pendingSettlements;
    }

    DeadlineWheel deadlines() {
        return deadlines;
    }

    /** How long this process has been running. */
    long runningNanos() {
        return nowNanos - startNanos;
    }

    long nowNanos() {
        return nowNanos;
    }

    @Override
    public long nowMillis() {
        return time.nowMillis();
    }

    @Override
    public StateMemory memory() {
        return state.memory();
    }

    @Override
    public WorkMeter work() {
        return work;
    }

    @Override
    public BrokerLimits limits() {
        return options.limits();
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
        delivery.transitionTo(Delivery.State.IN_FLIGHT);
        long timeoutNanos = delivery.holder == null
                ? options.ackTimeoutNanos(delivery.attempts)
                : delivery.holder.ackTimeoutNanos(options);
        deadlines.schedule(delivery, nowNanos + timeoutNanos);
    }

    // --- settled ---

    /** Settles a delivery that the subscription holds, or the dead letter that it has become. */
    void acknowledge(DurableSubscription subscription, long deliveryTag) {
        Delivery delivery = subscription.unsettled().get(deliveryTag);
        if (delivery != null) {
            acknowledge(subscription, deliveryTag, delivery.isRedriven(), delivery.message.payloadLength);
        } else {
            RecentLetters.Letter letter = subscription.recentLetters().find(deliveryTag);
            acknowledge(letter.deadLetters(), letter.tag(), false, letter.payloadLength());
        }
    }

    private void acknowledge(DurableSubscription subscription, long deliveryTag, boolean redriven, int payloadLength) {
        pendingSettlements.append(subscription.id(), deliveryTag, redriven, payloadLength);
        state.settle(subscription, deliveryTag, redriven, payloadLength);
        counters.increment(BrokerMetric.ACKNOWLEDGED);
    }

    @Override
    public boolean tryExpire(DurableSubscription subscription, StoredMessage message) {
        long sequence = subscription.isDeadLetters()
                ? settle(
                        subscription,
                        message,
                        SettleReason.DEAD_LETTER_EXPIRED,
                        BrokerMetric.DROPPED_DEAD_LETTER_EXPIRED)
                : settle(subscription, message, SettleReason.TTL_EXPIRED, BrokerMetric.DROPPED_TTL_EXPIRED);
        work.add(EXPIRED_WORK);
        return sequence >= 0;
    }

    /**
     * A message leaves its subscription, delivered or not. Acknowledgements that wait for room go first.
     *
     * @return the command's number; or {@link Journal#BUSY} or {@link Journal#FULL}: then it stays
     */
    long settle(DurableSubscription subscription, StoredMessage message, SettleReason reason, BrokerMetric metric) {
        if (!pendingSettlements.isEmpty()) {
            return pendingSettlements.waitsForDisk() ? Journal.FULL : Journal.BUSY;
        }
        boolean redriven = subscription.isRedriven(message);
        long sequence =
                journal.appendSettle(subscription.id(), message.sequence, redriven, message.payloadLength, reason);
        if (sequence >= 0) {
            state.settle(subscription, message.sequence, redriven, message.payloadLength);
            counters.increment(metric);
        }
        return sequence;
    }

    @Override
    public void expire(Delivery delivery) {
        if (!tryExpire(delivery.subscription, delivery.message)) {
            delivery.transitionTo(Delivery.State.IN_FLIGHT);
            deadlines.schedule(delivery, nowNanos + AGAIN_NANOS);
        }
    }

    @Override
    public void dropExpired(LiveCursor cursor) {
        if (options.messageTtlMillis() > 0) {
            long dropped = cursor.dropThrough(nowMillis() - options.messageTtlMillis());
            counters.add(BrokerMetric.DROPPED_TTL_EXPIRED, dropped);
        }
    }

    @Override
    public Journal journal() {
        return journal;
    }

    /**
     * After a start and all of replay: what had its last delivery before is decided by its deadline, which has passed, and
     * what was put off still is.
     */
    void onRestored(DurableSubscription subscription) {
        counters.add(BrokerMetric.IN_FLIGHT, subscription.unsettled().deliveredCount());
        for (Delivery delivery : subscription.unsettled().values()) {
            time.moveRestored(delivery.message);
            long leftMillis = delivery.restoredDueMillis + time.restoredMillis() - nowMillis();
            if (isLastDelivery(delivery)) {
                delivery.transitionTo(Delivery.State.IN_FLIGHT);
                deadlines.schedule(delivery, nowNanos);
            } else if (delivery.restoredDueMillis != 0 && leftMillis > 0) {
                delivery.transitionTo(Delivery.State.DELAYED);
                deadlines.schedule(delivery, nowNanos + TimeUnit.MILLISECONDS.toNanos(leftMillis));
            }
        }
    }

    /** A delivery has left its subscription, which may have room for another one now. */
    void onSettled(Delivery delivery) {
        deadlines.cancel(delivery);
        leaveHolder(delivery);
        if (delivery.attempts > 0) {
            counters.add(BrokerMetric.IN_FLIGHT, -1);
        }
        ready.add(delivery.subscription.attachment());
    }

    /** Nobody has this delivery in hand any more. */
    void leaveHolder(Delivery delivery) {
        Attachment holder = delivery.holder;
        if (holder != null) {
            delivery.holder = null;
            holder.onDeliveryEnded();
            ready.add(holder);
        }
    }

    // --- not settled ---

    private void onDeadline(Delivery delivery) {
        DurableSubscription subscription = delivery.subscription;
        if (subscription.isRemoving()) {
            return; // it ends with its subscription
        }
        if (delivery.message.isExpired(nowMillis())) {
            expire(delivery);
        } else if (delivery.state == Delivery.State.DELAYED) {
            dueAgain(delivery);
        } else if (delivery.rejectReason != null || isLastDelivery(delivery)) {
            moveToDeadLetters(delivery, null);
        } else {
            Attachment holder = delivery.holder;
            leaveHolder(delivery);
            dueAfter(delivery, holder == null ? 0 : holder.retryBackoffNanos(delivery.attempts));
        }
    }

    /**
     * A client does not want a delivery now.
     *
     * @param delayNanos until it is due again
     */
    void nack(Client client, Delivery delivery, long delayNanos) {
        if (delivery.state == Delivery.State.DUE || delivery.state == Delivery.State.DELAYED) {
            putOff(delivery, delayNanos);
            return;
        }
        if (delivery.state != Delivery.State.IN_FLIGHT || delivery.rejectReason != null) {
            return; // it is on its way already
        }
        counters.increment(BrokerMetric.NACKED);
        deadlines.cancel(delivery);
        if (isLastDelivery(delivery)) {
            moveToDeadLetters(delivery, client);
        } else {
            leaveHolder(delivery);
            dueAfter(delivery, delayNanos);
        }
    }

    /** What has timed out, or was not wanted before, is due later, never sooner. */
    private void putOff(Delivery delivery, long delayNanos) {
        boolean delayed = delivery.state == Delivery.State.DELAYED;
        long dueNanos = delayed ? delivery.deadlineNanos : nowNanos;
        if (nowNanos + delayNanos - dueNanos > 0) {
            counters.increment(BrokerMetric.NACKED);
            deadlines.cancel(delivery);
            dueAfter(delivery, delayNanos);
        }
    }

    /** A client wants a delivery to become a dead letter. What is one already is only put off. */
    void reject(Client client, Delivery delivery, byte[] reason) {
        if (delivery.subscription.isDeadLetters()) {
            nack(client, delivery, BrokerOptions.BACKOFF_NANOS_MAX);
        } else if (delivery.state != Delivery.State.MOVING && delivery.rejectReason == null) {
            deadlines.cancel(delivery);
            delivery.transitionTo(Delivery.State.IN_FLIGHT);
            delivery.rejectReason = reason;
            counters.increment(BrokerMetric.REJECTED);
            moveToDeadLetters(delivery, client);
        }
    }

    /** @return whether the delivery had not timed out, so that it has a new deadline now */
    boolean extend(Delivery delivery, long timeoutNanos) {
        if (delivery.state != Delivery.State.IN_FLIGHT || delivery.rejectReason != null) {
            return false;
        }
        deadlines.cancel(delivery);
        deadlines.schedule(delivery, nowNanos + timeoutNanos);
        return true;
    }

    private void dueAfter(Delivery delivery, long delayNanos) {
        if (delayNanos == 0) {
            dueAgain(delivery);
        } else {
            delivery.subscription.beforeChange();
            delivery.transitionTo(Delivery.State.DELAYED);
            deadlines.schedule(delivery, nowNanos + delayNanos);
            ready.add(delivery.subscription.attachment()); // there may be room for another one now
        }
    }

    private void dueAgain(Delivery delivery) {
        delivery.subscription.beforeChange();
        delivery.subscription.unsettled().dueAgain(delivery);
        ready.add(delivery.subscription.attachment());
    }

    private boolean isLastDelivery(Delivery delivery) {
        return !delivery.subscription.isDeadLetters() && options.isLastDelivery(delivery.attempts);
    }

    /** @param client who asked for it; null: its time is over */
    private void moveToDeadLetters(Delivery delivery, Client client) {
        leaveHolder(delivery);
        moves.begin(delivery, client, nowNanos, nowMillis());
    }
}
