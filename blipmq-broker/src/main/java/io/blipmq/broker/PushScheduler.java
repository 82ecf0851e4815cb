package io.blipmq.broker;

import io.blipmq.broker.message.PublishBatch;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Hands messages to connections that do not ask for each: round after round, a bounded number to each subscription that is
 * ready. Owned by the core thread.
 *
 * <p>A subscription leaves the {@link ReadyList} when it has no message, no credit, as many unsettled deliveries as it may,
 * or no room in its connection's output; what changes that lists it again.
 */
public final class PushScheduler {
    /** What serving a subscription is taken to cost beside its messages. */
    private static final int SERVE_COST = 16;
    /** Messages that go to one member of a group before another one has its turn. */
    private static final int GROUP_QUANTUM = 8;
    /** So much of what {@link WorkMeter} counts is taken to cost what a message does. */
    private static final int WORK_PER_MESSAGE = 4;

    private final BrokerLimits limits;
    private final ReadyList ready;
    private final Deliveries deliveries;
    private final BrokerCounters counters;
    /** Counts the expired messages that are passed over. */
    private final WorkMeter work;
    /** Those that are asked again in the next turn, whenever that is. */
    private final List<PushTarget> stalled = new ArrayList<>(0);

    /** Those that wait until deliveries of others have ended. */
    private final Set<PushTarget> shortOfMemory = new LinkedHashSet<>();

    private long released;
    private boolean stopped;

    PushScheduler(
            BrokerLimits limits, ReadyList ready, Deliveries deliveries, BrokerCounters counters, WorkMeter work) {
        this.limits = limits;
        this.ready = ready;
        this.deliveries = deliveries;
        this.counters = counters;
        this.work = work;
    }

    /**
     * Pushes messages at QoS 0 that have just come, to a reader that has had all before them: they need not be kept then. A
     * topic of many thousands is out of the processor's caches, and so are its log and its place in the {@link ReadyList};
     * this touches neither.
     *
     * @param reader null: nobody
     * @return false when it cannot take all of them now
     */
    boolean pushNow(Attachment reader, PublishBatch batch, long publishedMillis) {
        int offset = batch.entriesOffset();
        int end = batch.entriesEnd();
        int count = batch.count();
        // As a chunk of a topic's memory bounds what is pushed as one piece of what was published as one.
        boolean onePiece = count == 1 || end - offset <= limits.largeChunkBytes();
        if (reader == null || !onePiece || !reader.isOpen() || reader.credit() < count) {
            return false;
        }
        if (reader.creditBytes() < end - offset && count > 1) {
            return false;
        }
        Client client = reader.client();
        if (client.hasQueue() || !client.sink().hasRoom()) {
            return false;
        }
        if (reader.subscription().topic().filter() != null) {
            reader.ofTopic(batch.buffer(), batch.topicOffset(), batch.topicLength());
        }
        reader.takeEntries(publishedMillis, batch.buffer(), offset, end - offset, count);
        reader.spendCredit(count);
        counters.add(BrokerMetric.DELIVERED, count);
        return true;
    }

    /**
     * Pushes messages to the subscriptions that are ready for them, within a bound; between the turn's requests and
     * {@link Broker#endTurn}.
     *
     * @return how many messages were pushed
     */
    public int push() {
        if (stopped) {
            return 0;
        }
        ready.spreadStreams();
        stalled.forEach(ready::add);
        stalled.clear();
        takeUpShort();
        int pushed = 0;
        long budget = limits.pushesPerTurn();
        while (budget > 0) {
            PushTarget next = ready.poll();
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

    private void takeUpShort() {
        if (isShortOver()) {
            released = deliveries.memory().released();
            shortOfMemory.forEach(ready::add);
            shortOfMemory.clear();
        }
    }

    private boolean isShortOver() {
        return !shortOfMemory.isEmpty() && released != deliveries.memory().released();
    }

    private int serve(PushTarget target) {
        if (target instanceof ConsumerGroup group) {
            return serveGroup(group);
        }
        Attachment attachment = (Attachment) target;
        if (attachment.target() instanceof ConsumerGroup group) {
            group.offer(attachment); // it has room again, and its group decides who is next
            ready.add(group);
            return 0;
        }
        return serve(attachment, limits.pushesPerService());
    }

    /** Quantum by quantum, each to the member that takes most. */
    private int serveGroup(ConsumerGroup group) {
        int pushed = 0;
        int quantum = limits.pushesPerService();
        long workEnd = work.items() + (long) quantum * WORK_PER_MESSAGE;
        while (pushed < quantum && work.items() < workEnd) {
            Attachment member = group.next();
            if (member == null) {
                break; // whoever gets credit or room lists the group again
            }
            int count = serve(member, Math.min(GROUP_QUANTUM, quantum - pushed));
            group.onServed(member, count);
            if (count == 0 && !member.client().isWaitingForRoom()) {
                break;
            }
            pushed += count;
        }
        return pushed;
    }

    /** @param quantum how many messages at most */
    private int serve(Attachment attachment, int quantum) {
        Client client = attachment.client();
        PushTarget target = attachment.target();
        int pushed = 0;
        int step = Subscription.AGAIN;
        long workEnd = work.items() + (long) quantum * WORK_PER_MESSAGE;
        while (attachment.isOpen() && pushed < quantum && work.items() < workEnd) {
            if (!client.sink().hasRoom()) {
                client.waitForRoom();
                ready.add(attachment);
                return pushed;
            }
            step = attachment
                    .subscription()
                    .pushNext(attachment, Math.min(quantum - pushed, attachment.credit()), deliveries);
            if (step <= 0) {
                break;
            }
            attachment.spendCredit(step);
            pushed += step;
        }
        if (step == Subscription.STALLED) {
            stalled.add(target);
        } else if (step == Subscription.SHORT) {
            awaitMemory(target);
        } else if (step != 0) {
            ready.add(target);
        }
        return pushed;
    }

    private void awaitMemory(PushTarget target) {
        if (shortOfMemory.isEmpty()) {
            released = deliveries.memory().released();
        }
        shortOfMemory.add(target);
    }

    /** Whether {@link #push} has more to do, so that the core should not wait before its next turn. */
    public boolean hasReady() {
        return !stopped && (!ready.isEmpty() || isShortOver());
    }

    /** The output of a client that had no room for more has some again. */
    public void onRoom(Client client) {
        ready.onRoom(client);
    }

    /** Nothing is pushed any more. */
    void stop() {
        stopped = true;
    }
}
