package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.SettleReason;
import java.util.ArrayDeque;

/**
 * Acknowledgements on their way to the journal, those it has no room for just now included. Owned by the core thread.
 *
 * <p>An acknowledgement takes effect at once; what finds no room waits here and goes first when there is some, before any
 * frame of the next turn is handled. When as many wait as may, no further request is taken: the client's frame stays in
 * its connection, which is not read meanwhile. Nothing but acknowledgements waits here: what expires can be left where it
 * is until there is room.
 */
final class PendingSettlements {
    private final CommandLog log;
    private final int waitingMax;
    private final ArrayDeque<Settlement> waiting = new ArrayDeque<>();
    /** The journal's answer to the last attempt: why the first of them waits. */
    private long answer;

    private long waitedCount;
    /** How many had begun to wait when the last checkpoint was taken. */
    private long waitedAtCheckpoint;

    /** @param awaitedBy the client that waits until it is stored, or null */
    private record Settlement(
            Client awaitedBy, long subscriptionId, long deliveryTag, boolean redriven, int payloadLength) {}

    PendingSettlements(CommandLog log, int waitingMax) {
        this.log = log;
        this.waitingMax = waitingMax;
    }

    /** Whether no further request to acknowledge may be taken. */
    boolean isFull() {
        return waiting.size() >= waitingMax;
    }

    /**
     * Goes to the journal, or waits for room.
     *
     * @param awaitedBy the client that waits until it is stored, or null
     */
    void append(Client awaitedBy, long subscriptionId, long deliveryTag, boolean redriven, int payloadLength) {
        if (!waiting.isEmpty() || !isAppended(subscriptionId, deliveryTag, redriven, payloadLength)) {
            waiting.add(new Settlement(awaitedBy, subscriptionId, deliveryTag, redriven, payloadLength));
            waitedCount++;
            if (awaitedBy != null) {
                awaitedBy.awaitJournal();
            }
        } else if (awaitedBy != null) {
            awaitedBy.lastSequence(answer);
            log.requestForce();
        }
    }

    /** Waits for the next {@link #appendAll}; nobody waits until it is stored. */
    void add(long subscriptionId, long deliveryTag, int payloadLength) {
        waiting.add(new Settlement(null, subscriptionId, deliveryTag, false, payloadLength));
        waitedCount++;
    }

    /** Appends as many as there is room for. */
    void appendAll() {
        for (Settlement next = waiting.peek(); next != null; next = waiting.peek()) {
            if (!isAppended(next.subscriptionId, next.deliveryTag, next.redriven, next.payloadLength)) {
                return;
            }
            waiting.remove();
            if (next.awaitedBy != null) {
                next.awaitedBy.endAwaitJournal(answer);
                log.requestForce();
            }
        }
    }

    private boolean isAppended(long subscriptionId, long deliveryTag, boolean redriven, int payloadLength) {
        answer = log.appendSettle(subscriptionId, deliveryTag, redriven, payloadLength, SettleReason.ACKNOWLEDGED);
        return answer >= 0;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int count() {
        return waiting.size();
    }

    /** Whether some wait because the disk is full, and not just for the log to catch up. */
    boolean waitsForDisk() {
        return !waiting.isEmpty() && answer == CommandLog.FULL;
    }

    /** A checkpoint is being taken: it holds the effects of all that have been taken. */
    void onCheckpoint() {
        waitedAtCheckpoint = waitedCount;
    }

    /** How many of those that wait have come since the last checkpoint was taken. */
    int countSinceCheckpoint() {
        return (int) Math.min(waiting.size(), waitedCount - waitedAtCheckpoint);
    }
}
