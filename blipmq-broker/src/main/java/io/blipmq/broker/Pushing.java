package io.blipmq.broker;

import io.blipmq.protocol.v2.EntryLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands messages to connections that do not ask for each: round after round, a bounded number to each subscription that is
 * ready. Owned by the core thread.
 *
 * <p>A subscription leaves the {@link ReadyList} when it has no message, no credit, as many unsettled deliveries as it may,
 * or no room in its connection's output; what changes that lists it again.
 */
final class Pushing {
    /** What {@link Subscription#pushNext} answers when it has stopped although there may be more. */
    static final int AGAIN = -1;
    /** What it answers when the journal has no room for what comes first: ask again in a later turn. */
    static final int STALLED = -2;

    /** Bounds what one subscription gets before the next one's turn. */
    private static final int QUANTUM = 4_096;
    /** Bounds the work of a turn, so that a burst does not starve the sockets. */
    private static final int MESSAGES_PER_TURN_MAX = 1 << 17;
    /** What serving a subscription is taken to cost beside its messages. */
    private static final int SERVE_COST = 16;
    /** So much of what {@link WorkMeter} counts is taken to cost what a message does. */
    private static final int WORK_PER_MESSAGE = 4;

    /** Bounds what is pushed as one piece of what was published as one, as a chunk of a topic's memory does. */
    private static final int BYTES_AT_ONCE_MAX = LiveMemory.LARGE_CHUNK_BYTES;

    private final ReadyList ready;
    private final Delivering delivering;
    private final BrokerCounters counters;
    /** Counts the expired messages that are passed over. */
    private final WorkMeter work;
    /** Those that are asked again in the next turn, whenever that is. */
    private final List<Attachment> stalled = new ArrayList<>(0);

    private boolean stopped;

    Pushing(ReadyList ready, Delivering delivering, BrokerCounters counters, WorkMeter work) {
        this.ready = ready;
        this.delivering = delivering;
        this.counters = counters;
        this.work = work;
    }

    /**
     * Pushes messages at QoS 0 that have just come, to a reader that has had all before them: they need not be kept then. A
     * topic of many thousands is out of the processor's caches, and so are its log and its place in the {@link ReadyList};
     * this touches neither.
     *
     * @param reader null: nobody
     * @param entries holds them at an absolute offset
     * @return false when it cannot take all of them now
     */
    boolean pushNow(Attachment reader, long publishedMillis, ByteBuffer entries, int offset, int end, int count) {
        boolean onePiece = count == 1 || end - offset <= BYTES_AT_ONCE_MAX;
        if (reader == null || !onePiece || !reader.isOpen() || reader.credit() < count) {
            return false;
        }
        if (reader.creditBytes() < end - offset && count > 1) {
            return false;
        }
        Client client = reader.client();
        if (client.hasQueue() || !client.pusher().hasRoom()) {
            return false;
        }
        client.pusher().pushEntries(reader.subscriptionId(), publishedMillis, entries, offset, end - offset, count);
        reader.spendCredit(count);
        if (reader.hasByteLimit()) {
            reader.spendBytes(EntryLayout.contentBytes(entries, offset, end));
        }
        counters.add(BrokerMetric.DELIVERED, count);
        return true;
    }

    /** @return how many messages were pushed */
    int push() {
        if (stopped) {
            return 0;
        }
        ready.spreadTopics();
        stalled.forEach(ready::add);
        stalled.clear();
        int pushed = 0;
        long budget = MESSAGES_PER_TURN_MAX;
        while (budget > 0) {
            Attachment next = ready.poll();
            if (next == null) {
                break;
            }
            long workBefore = work.items();
            int count = serve(next);
            pushed += count;
            budget -= count + SERVE_COST + (work.items() - workBefore) / WORK_PER_MESSAGE;
        }
        if (pushed > 0) {
            counters.add(BrokerMetric.DELIVERED, pushed);
        }
        return pushed;
    }

    private int serve(Attachment attachment) {
        Client client = attachment.client();
        int pushed = 0;
        int step = AGAIN;
        long workEnd = work.items() + QUANTUM * WORK_PER_MESSAGE;
        while (attachment.isOpen() && pushed < QUANTUM && work.items() < workEnd) {
            if (!client.pusher().hasRoom()) {
                client.waitForRoom();
                ready.add(attachment);
                return pushed;
            }
            step = attachment.subscription().pushNext(Math.min(QUANTUM - pushed, attachment.credit()), delivering);
            if (step <= 0) {
                break;
            }
            attachment.spendCredit(step);
            pushed += step;
        }
        if (step == STALLED) {
            stalled.add(attachment);
        } else if (step != 0) {
            ready.add(attachment);
        }
        return pushed;
    }

    boolean hasReady() {
        return !stopped && !ready.isEmpty();
    }

    /** Nothing is pushed any more. */
    void stop() {
        stopped = true;
    }
}
