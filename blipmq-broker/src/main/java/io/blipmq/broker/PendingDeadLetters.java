package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.MessageKeys;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Messages on their way to the dead letters. Owned by the core thread.
 *
 * <p>What a client asked for and the log has no room for just now goes first in the next turn, and the client's further
 * requests wait for it, because a later answer says that it has taken effect. What the disk has no room for is tried again
 * after a while, and nobody waits.
 */
final class PendingDeadLetters {
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final Journal journal;
    private final DeadlineWheel deadlines;
    private final TurnClock clock;
    private final ArrayDeque<Move> waiting = new ArrayDeque<>(0);

    /** @param stored whether the client waits for it even while the disk has no room */
    private record Move(Delivery delivery, Client client, boolean stored) {}

    PendingDeadLetters(
            BrokerOptions options, BrokerCounters counters, Journal journal, DeadlineWheel deadlines, TurnClock clock) {
        this.options = options;
        this.counters = counters;
        this.journal = journal;
        this.deadlines = deadlines;
        this.clock = clock;
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /**
     * @param client who asked for it; null: the delivery's time is over
     * @param stored whether the client waits for it even while the disk has no room
     */
    void begin(Delivery delivery, Client client, boolean stored) {
        long letter = client != null && isWaiting() ? CommandLog.BUSY : append(delivery);
        if (client != null && (letter == CommandLog.BUSY || letter == CommandLog.FULL && stored)) {
            client.awaitJournal();
            waiting.add(new Move(delivery, client, stored));
        } else if (letter < 0) {
            deadlines.schedule(delivery, clock.nowNanos() + AGAIN_NANOS);
        }
    }

    /** Appends as many of those that wait as there is room for. */
    void appendAll() {
        for (Move next = waiting.peek(); next != null; next = waiting.peek()) {
            long letter = isStillWanted(next.delivery) ? append(next.delivery) : 0;
            if (letter == CommandLog.BUSY || letter == CommandLog.FULL && next.stored) {
                return;
            }
            deadlines.cancel(next.delivery); // another connection may have extended it
            if (letter == CommandLog.FULL) {
                deadlines.schedule(next.delivery, clock.nowNanos() + AGAIN_NANOS);
            }
            waiting.remove();
            next.client.endAwaitJournal(letter);
        }
    }

    /** Whether nobody has settled it meanwhile. */
    private static boolean isStillWanted(Delivery delivery) {
        return delivery.is(Delivery.State.CONDEMNED)
                && !delivery.subscription.life().isRemoving();
    }

    private long append(Delivery delivery) {
        long nowMillis = clock.nowMillis();
        StoredSubscription subscription = delivery.subscription;
        byte[] reason = delivery.rejectReason == null ? LetterProperties.RETRIES_EXHAUSTED : delivery.rejectReason;
        clock.tell(journal.log());
        long letter = journal.log()
                .appendDeadLetter(
                        subscription.id(),
                        delivery.isRedriven(),
                        delivery.attempts,
                        MessageKeys.ofLetters(
                                subscription.owner(), subscription.topic().deadLetterName()),
                        delivery.message,
                        LetterProperties.of(delivery, reason, nowMillis, journal.messages()),
                        nowMillis + options.deadLetterRetentionMillis());
        if (letter >= 0) {
            subscription.onMoving(delivery, letter);
            counters.increment(BrokerMetric.DEAD_LETTERED);
        }
        return letter;
    }
}
