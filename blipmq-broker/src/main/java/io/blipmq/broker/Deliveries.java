package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.broker.memory.MemoryCursor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What happens to QoS 1 deliveries over time: deadlines, retries, dead letters, expiry. Owned by the core thread.
 *
 * <p>A delivery that is not acknowledged by its deadline is due again at the next POLL; after its last delivery's
 * deadline it becomes a dead letter. Acknowledgements that the journal has no room for wait in {@link PendingSettlements};
 * nothing expires before them.
 */
final class Deliveries implements DeliveryContext {
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
    private final PendingDeadLetters moves;
    private final ReadyList ready;
    private final WorkMeter work;
    private final Consumer<Delivery> onDeadline = this::onDeadline;
    private final TurnClock clock;

    Deliveries(
            BrokerOptions options,
            BrokerCounters counters,
            BrokerState state,
            Journal journal,
            TurnClock clock,
            ReadyList ready,
            WorkMeter work) {
        this.options = options;
        this.counters = counters;
        this.state = state;
        this.journal = journal;
        this.clock = clock;
        this.deadlines = new DeadlineWheel(clock.nowNanos(), options.limits());
        this.pendingSettlements =
                new PendingSettlements(journal.log(), options.limits().waitingSettlements());
        this.moves = new PendingDeadLetters(options, counters, journal, deadlines, clock);
        this.ready = ready;
        this.work = work;
    }

    /** Meets the deadlines that passed. */
    int advance() {
        return deadlines.advance(clock.nowNanos(), onDeadline);
    }

    /** Appends what waits for room in the journal, as far as there is some. */
    void appendWaiting() {
        pendingSettlements.appendAll();
        moves.appendAll(clock.nowNanos(), nowMillis());
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

    @Override
    public long nowMillis() {
        return clock.nowMillis();
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

    // --- settled ---

    /**
     * A client acknowledges a delivery. It leaves the client's hands now, and its subscription when that is stored.
     *
     * @param awaitedBy the client that waits until it is stored, or null
     */
    void acknowledge(Delivery delivery, Client awaitedBy) {
        pendingSettlements.append(
                awaitedBy,
                delivery.subscription.id(),
                delivery.tag,
                delivery.isRedriven(),
                delivery.message.payloadLength);
        settling(delivery);
        counters.increment(BrokerMetric.ACKNOWLEDGED);
    }

    /** As {@link #acknowledge(Delivery, Client)}, when the message has become a dead letter meanwhile. */
    void acknowledge(RecentLetters.Letter letter, Client awaitedBy) {
        pendingSettlements.append(awaitedBy, letter.deadLetters().id(), letter.tag(), false, letter.payloadLength());
        settlingLetter(letter.deadLetters(), letter.tag(), letter.payloadLength());
        counters.increment(BrokerMetric.ACKNOWLEDGED);
    }

    /** A letter that came too late is settled by a command of its own, because only that names it after a restart. */
    void settleLetter(StoredSubscription deadLetters, long letterTag, int payloadLength) {
        pendingSettlements.add(deadLetters.id(), letterTag, payloadLength);
        settlingLetter(deadLetters, letterTag, payloadLength);
    }

    private void settlingLetter(StoredSubscription deadLetters, long letterTag, int payloadLength) {
        Delivery delivery = deadLetters.unsettled().get(letterTag);
        Delivery letter = delivery == null ? deadLetters.takeOut(letterTag) : delivery;
        if (letter != null) {
            settling(letter);
        } else {
            deadLetters.cursor().settleAhead(letterTag, payloadLength);
        }
    }

    /** For everybody but the log a delivery has left its subscription, which may have room for another one now. */
    private void settling(Delivery delivery) {
        delivery.transitionTo(Delivery.State.SETTLING);
        onSettled(delivery);
    }

    @Override
    public boolean tryExpire(StoredSubscription subscription, StoredMessage message) {
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
     * @return the command's number; or {@link CommandLog#BUSY} or {@link CommandLog#FULL}: then it stays
     */
    long settle(StoredSubscription subscription, StoredMessage message, SettleReason reason, BrokerMetric metric) {
        if (!pendingSettlements.isEmpty()) {
            return pendingSettlements.waitsForDisk() ? CommandLog.FULL : CommandLog.BUSY;
        }
        boolean redriven = subscription.isRedriven(message);
        long sequence = journal.log()
                .appendSettle(subscription.id(), message.sequence, redriven, message.payloadLength, reason);
        if (sequence >= 0) {
            Delivery delivery = subscription.unsettled().get(message.sequence);
            settling(delivery == null ? subscription.takeOut(message) : delivery);
            counters.increment(metric);
        }
        return sequence;
    }

    @Override
    public void expire(Delivery delivery) {
        if (!tryExpire(delivery.subscription, delivery.message)) {
            leaveHand(delivery);
            delay(delivery, AGAIN_NANOS);
        }
    }

    @Override
    public void dropExpired(MemoryCursor cursor) {
        if (options.messageTtlMillis() > 0) {
            long dropped = cursor.dropThrough(nowMillis() - options.messageTtlMillis());
            counters.add(BrokerMetric.DROPPED_TTL_EXPIRED, dropped);
        }
    }

    @Override
    public MessageStore messages() {
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

    /** A delivery has left its subscription, which may have room for another one now. */
    void onSettled(Delivery delivery) {
        deadlines.cancel(delivery);
        leaveHand(delivery);
        if (delivery.delivered) {
            counters.add(BrokerMetric.IN_FLIGHT, -1);
        }
        ready.add(delivery.subscription.attachment());
    }

    /** Nobody has this delivery in hand any more. */
    void leaveHand(Delivery delivery) {
        delivery.subscription.beforeChange(); // who has it in hand decides whether its attempt counts
        Attachment holder = delivery.holder;
        if (holder != null) {
            holder.onDeliveryEnded(delivery);
            ready.add(holder);
        } else if (delivery.inHand) {
            delivery.givenOutBy.remove(delivery);
        }
    }

    // --- not settled ---

    private void onDeadline(Delivery delivery) {
        if (delivery.subscription.isRemoving()) {
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
            case CONDEMNED -> moves.begin(delivery, null, false, clock.nowNanos(), nowMillis());
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
            leaveHand(delivery);
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
                    leaveHand(delivery);
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
        leaveHand(delivery);
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
        ready.add(delivery.subscription.attachment());
    }

    private void dueAgain(Delivery delivery) {
        delivery.subscription.unsettled().dueAgain(delivery);
        ready.add(delivery.subscription.attachment());
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
        leaveHand(delivery);
        delivery.transitionTo(Delivery.State.CONDEMNED);
        moves.begin(delivery, client, stored, clock.nowNanos(), nowMillis());
    }
}
