package io.blipmq.broker;

import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.broker.memory.MemoryCursor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What happens to QoS 1 deliveries until they end: deadlines, retries, the way to the dead letters, expiry. Owned by the core
 * thread.
 *
 * <p>A delivery that is not acknowledged by its deadline is due again; after its last attempt's deadline it becomes a dead
 * letter. How deliveries end is in {@link Settlements}.
 */
final class Deliveries {
    /** An expiry that the journal had no room for is tried again after this time. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** What dropping an expired message is taken to cost: it is read, and its end is written. */
    private static final int EXPIRED_WORK = 32;

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final BrokerState state;
    private final Journal journal;
    private final DeadlineWheel deadlines;
    private final Settlements settlements;
    private final PendingDeadLetters pendingDeadLetters;
    private final ReadyList ready;
    private final Consumer<Delivery> onDeadline = this::onDeadline;
    private final TurnClock clock;

    Deliveries(
            BrokerOptions options,
            BrokerCounters counters,
            BrokerState state,
            Journal journal,
            TurnClock clock,
            DeadlineWheel deadlines,
            Settlements settlements,
            ReadyList ready) {
        this.options = options;
        this.counters = counters;
        this.state = state;
        this.journal = journal;
        this.clock = clock;
        this.deadlines = deadlines;
        this.settlements = settlements;
        this.pendingDeadLetters = new PendingDeadLetters(options, counters, journal, deadlines, clock);
        this.ready = ready;
    }

    /** Meets the deadlines that passed. */
    int advance() {
        return deadlines.advance(clock.nowNanos(), onDeadline);
    }

    /** Appends what waits for room in the journal, as far as there is some. */
    void appendWaiting() {
        settlements.pending().appendAll();
        pendingDeadLetters.appendAll();
    }

    /** Whether something has to be done in time although nothing comes in. */
    boolean isTimed() {
        return !deadlines.isEmpty() || pendingDeadLetters.isWaiting();
    }

    long nowMillis() {
        return clock.nowMillis();
    }

    /** How much may be unsettled, of all subscriptions together. */
    StateMemory memory() {
        return state.subscriptions().memory();
    }

    /** Counts what handing out costs. */
    WorkMeter work() {
        return state.work();
    }

    BrokerLimits limits() {
        return options.limits();
    }

    int inFlightMax() {
        return options.inFlightMax();
    }

    /** A delivery is handed out: its deadline starts. */
    void delivered(Delivery delivery) {
        if (delivery.delivered) {
            counters.increment(BrokerMetric.REDELIVERED);
        } else {
            delivery.delivered = true;
            counters.increment(BrokerMetric.IN_FLIGHT);
        }
        delivery.transitionTo(Delivery.State.IN_FLIGHT);
        long timeoutNanos = delivery.holder == null
                ? options.ackTimeoutNanos(delivery.attempts)
                : delivery.holder.ackTimeoutNanos(options);
        deadlines.schedule(delivery, clock.nowNanos() + timeoutNanos);
    }

    /**
     * A message whose time is over leaves its subscription, unless the journal has no room for that or acknowledgements
     * wait for some: then it stays where it is, and is to be tried again.
     *
     * @return whether it has left
     */
    boolean tryExpire(StoredSubscription subscription, StoredMessage message) {
        long sequence = subscription.isDeadLetters()
                ? settlements.settle(
                        subscription,
                        message,
                        SettleReason.DEAD_LETTER_EXPIRED,
                        BrokerMetric.DROPPED_DEAD_LETTER_EXPIRED)
                : settlements.settle(subscription, message, SettleReason.TTL_EXPIRED, BrokerMetric.DROPPED_TTL_EXPIRED);
        state.work().add(EXPIRED_WORK);
        return sequence >= 0;
    }

    /** A delivered message whose time is over leaves its subscription, now or when the journal has room. */
    void expire(Delivery delivery) {
        if (!tryExpire(delivery.subscription, delivery.message)) {
            delivery.leaveHand(ready);
            delay(delivery, AGAIN_NANOS);
        }
    }

    /** Drops what has waited for its time at QoS 0. */
    void dropExpired(MemoryCursor cursor) {
        if (options.messageTtlMillis() > 0) {
            long dropped = cursor.dropThrough(nowMillis() - options.messageTtlMillis());
            counters.add(BrokerMetric.DROPPED_TTL_EXPIRED, dropped);
        }
    }

    /** Where messages are read from. */
    MessageStore messages() {
        return journal.messages();
    }

    /**
     * After a start and all of replay: what had its last attempt before is decided by its deadline, which has passed, and
     * what was put off still is.
     */
    void onRestored(StoredSubscription subscription) {
        counters.add(BrokerMetric.IN_FLIGHT, subscription.unsettled().deliveredCount());
        for (Delivery delivery : subscription.unsettled().values()) {
            state.time().moveRestored(delivery.message);
            long leftMillis = delivery.restoredDueMillis + state.time().restoredMillis() - nowMillis();
            if (isLastAttempt(delivery)) {
                delivery.transitionTo(Delivery.State.LAST_ATTEMPT_OVER);
                deadlines.schedule(delivery, clock.nowNanos());
            } else if (delivery.restoredDueMillis != 0 && leftMillis > 0) {
                delivery.transitionTo(Delivery.State.DELAYED);
                deadlines.schedule(delivery, clock.nowNanos() + TimeUnit.MILLISECONDS.toNanos(leftMillis));
            }
        }
    }

    // --- not settled ---

    private void onDeadline(Delivery delivery) {
        if (delivery.subscription.life().isRemoving()) {
            return; // it ends with its subscription
        }
        if (delivery.message.isExpired(nowMillis())) {
            expire(delivery);
            return;
        }
        switch (delivery.state()) {
            case DELAYED -> dueAgain(delivery);
            case IN_FLIGHT -> onTimeout(delivery);
            case LAST_ATTEMPT_OVER -> condemn(delivery, null, false);
            case CONDEMNED -> pendingDeadLetters.begin(delivery, null, false);
            case DUE, MOVING, SETTLING, SETTLED ->
                throw new IllegalStateException("nothing is timed that is " + delivery.state());
        }
    }

    private void onTimeout(Delivery delivery) {
        if (!delivery.isWritten()) {
            delivery.uncountAttempt(); // nobody has seen it
        }
        if (isLastAttempt(delivery)) {
            condemn(delivery, null, false);
        } else {
            Attachment holder = delivery.holder;
            delivery.leaveHand(ready);
            dueAfter(delivery, holder == null ? 0 : holder.retryBackoffNanos(delivery.attempts));
        }
    }

    /**
     * A client does not want a delivery now.
     *
     * @param delayNanos until it is due again
     * @param stored whether the client waits until what becomes of it is stored
     * @return whether it is one that this can happen to
     */
    boolean nack(Client client, Delivery delivery, long delayNanos, boolean stored) {
        switch (delivery.state()) {
            case DUE, DELAYED -> putOff(delivery, delayNanos);
            case IN_FLIGHT -> {
                counters.increment(BrokerMetric.NACKED);
                if (isLastAttempt(delivery)) {
                    condemn(delivery, client, stored);
                } else {
                    deadlines.cancel(delivery);
                    delivery.leaveHand(ready);
                    dueAfter(delivery, delayNanos);
                }
            }
            case LAST_ATTEMPT_OVER, CONDEMNED, MOVING, SETTLING, SETTLED -> {
                return false;
            }
        }
        return true;
    }

    /** What has timed out, or was not wanted before, is due later, never sooner. */
    private void putOff(Delivery delivery, long delayNanos) {
        long dueNanos = delivery.is(Delivery.State.DELAYED) ? delivery.deadlineNanos : clock.nowNanos();
        if (clock.nowNanos() + delayNanos - dueNanos > 0) {
            counters.increment(BrokerMetric.NACKED);
            deadlines.cancel(delivery);
            dueAfter(delivery, delayNanos);
        }
    }

    /**
     * A client wants a delivery to become a dead letter. What is one already is only put off.
     *
     * @param stored whether the client waits until that is stored
     * @return whether it is one that this can happen to
     */
    boolean reject(Client client, Delivery delivery, byte[] reason, boolean stored) {
        if (delivery.subscription.isDeadLetters()) {
            return nack(client, delivery, BrokerOptions.BACKOFF_NANOS_MAX, stored);
        }
        switch (delivery.state()) {
            case DUE, DELAYED, IN_FLIGHT -> {
                delivery.rejectReason = reason;
                counters.increment(BrokerMetric.REJECTED);
                condemn(delivery, client, stored);
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    /** @return whether it is in flight, so that it has a new deadline now */
    boolean extend(Delivery delivery, long timeoutNanos) {
        if (!delivery.is(Delivery.State.IN_FLIGHT)) {
            return false;
        }
        deadlines.cancel(delivery);
        deadlines.schedule(delivery, clock.nowNanos() + timeoutNanos);
        return true;
    }

    /**
     * A client gives a delivery back that it has not looked at.
     *
     * @return whether it was in flight
     */
    boolean release(Delivery delivery) {
        if (!delivery.is(Delivery.State.IN_FLIGHT)) {
            return false;
        }
        deadlines.cancel(delivery);
        delivery.uncountAttempt();
        delivery.leaveHand(ready);
        dueAgain(delivery);
        return true;
    }

    /**
     * A client begins with a delivery, so that the attempt counts.
     *
     * @return whether it is in flight
     */
    boolean begin(Delivery delivery) {
        if (!delivery.is(Delivery.State.IN_FLIGHT)) {
            return false;
        }
        delivery.markBegun();
        return true;
    }

    /**
     * A connection is gone: what it had in hand is due again, except a last attempt that was made, whose deadline decides.
     */
    void takeBack(InFlight from) {
        for (Delivery delivery = from.first(); delivery != null; delivery = from.first()) {
            delivery.subscription.beforeChange();
            delivery.attempts = delivery.attemptsMade();
            delivery.holder = null;
            from.remove(delivery);
            if (isLastAttempt(delivery)) {
                delivery.transitionTo(Delivery.State.LAST_ATTEMPT_OVER);
            } else {
                deadlines.cancel(delivery);
                dueAgain(delivery);
            }
        }
    }

    /** A dead letter's way back to its subscription is journalled: until that is stored nobody gets it. */
    void goBack(Delivery letter) {
        deadlines.cancel(letter);
        letter.leaveHand(ready);
        letter.transitionTo(Delivery.State.MOVING);
    }

    private void dueAfter(Delivery delivery, long delayNanos) {
        if (delayNanos == 0) {
            dueAgain(delivery);
        } else {
            delay(delivery, delayNanos);
        }
    }

    /** What waits for a delay leaves room for another one. */
    private void delay(Delivery delivery, long nanos) {
        delivery.transitionTo(Delivery.State.DELAYED);
        deadlines.schedule(delivery, clock.nowNanos() + nanos);
        ready.add(delivery.subscription.target());
    }

    private void dueAgain(Delivery delivery) {
        delivery.subscription.unsettled().dueAgain(delivery);
        ready.add(delivery.subscription.target());
    }

    private boolean isLastAttempt(Delivery delivery) {
        return !delivery.subscription.isDeadLetters() && options.isLastDelivery(delivery.attempts);
    }

    /**
     * A delivery is to become a dead letter.
     *
     * @param client who asked for it; null: its time is over
     * @param stored whether that one waits until it is stored
     */
    private void condemn(Delivery delivery, Client client, boolean stored) {
        deadlines.cancel(delivery);
        delivery.leaveHand(ready);
        delivery.transitionTo(Delivery.State.CONDEMNED);
        pendingDeadLetters.begin(delivery, client, stored);
    }
}
