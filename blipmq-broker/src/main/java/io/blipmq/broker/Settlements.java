package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.broker.journal.StoredMessage;

/**
 * How deliveries end: acknowledged, expired or purged. Owned by the core thread.
 *
 * <p>A settlement takes effect for clients at once, and for the log when its command is applied. Acknowledgements that the log
 * has no room for wait in {@link PendingSettlements}; nothing else ends before them.
 */
final class Settlements {
    private final BrokerCounters counters;
    private final CommandLog log;
    private final PendingSettlements pending;
    private final DeadlineWheel deadlines;
    private final ReadyList ready;

    Settlements(
            BrokerLimits limits, BrokerCounters counters, CommandLog log, DeadlineWheel deadlines, ReadyList ready) {
        this.counters = counters;
        this.log = log;
        this.pending = new PendingSettlements(log, limits.waitingSettlements());
        this.deadlines = deadlines;
        this.ready = ready;
    }

    /** Acknowledgements that wait for room in the log. */
    PendingSettlements pending() {
        return pending;
    }

    /**
     * A client acknowledges a delivery. It leaves the client's hands now, and its subscription when that is stored.
     *
     * @param awaitedBy the client that waits until it is stored, or null
     */
    void acknowledge(Delivery delivery, Client awaitedBy) {
        pending.append(
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
        pending.append(awaitedBy, letter.deadLetters().id(), letter.tag(), false, letter.payloadLength());
        settlingLetter(letter.deadLetters(), letter.tag(), letter.payloadLength());
        counters.increment(BrokerMetric.ACKNOWLEDGED);
    }

    /** A letter that came too late is settled by a command of its own, because only that names it after a restart. */
    void settleLetter(StoredSubscription deadLetters, long letterTag, int payloadLength) {
        pending.add(deadLetters.id(), letterTag, payloadLength);
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

    /**
     * A message leaves its subscription, delivered or not. Acknowledgements that wait for room go first.
     *
     * @return the command's number; or {@link CommandLog#BUSY} or {@link CommandLog#FULL}: then it stays
     */
    long settle(StoredSubscription subscription, StoredMessage message, SettleReason reason, BrokerMetric metric) {
        if (!pending.isEmpty()) {
            return pending.waitsForDisk() ? CommandLog.FULL : CommandLog.BUSY;
        }
        boolean redriven = subscription.isRedriven(message);
        long sequence = log.appendSettle(subscription.id(), message.sequence, redriven, message.payloadLength, reason);
        if (sequence >= 0) {
            Delivery delivery = subscription.unsettled().get(message.sequence);
            settling(delivery == null ? subscription.takeOut(message) : delivery);
            counters.increment(metric);
        }
        return sequence;
    }

    /** A delivery has left its subscription, which may have room for another one now. */
    void onSettled(Delivery delivery) {
        deadlines.cancel(delivery);
        delivery.leaveHand(ready);
        if (delivery.delivered) {
            counters.add(BrokerMetric.IN_FLIGHT, -1);
        }
        ready.add(delivery.subscription.target());
    }
}
