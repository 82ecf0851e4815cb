package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.DueTimes;
import io.blipmq.broker.journal.MessageKeys;
import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Shows and cancels scheduled messages of a client's key. Owned by the core thread. They are looked for in the journal, a part
 * in each turn.
 */
public final class ScheduleService {
    /** What reading a message's record costs, as {@link WorkMeter} counts it: it may be on disk. */
    private static final int READ_WORK = 128;
    /** What looking for a number among those of a bucket costs: one segment's index is asked. */
    private static final int BUCKET_WORK = 64;

    private final BrokerLimits limits;
    private final BrokerState state;
    private final Schedules schedules;
    private final MessageStore messages;
    private final DueMessages due;
    private final Refusals refusals;
    private final ScheduledRecord record;

    // Of the message that is looked for.
    private final long[] sequence = new long[1];
    private final long[] position = new long[1];
    private final StoredMessage found = new StoredMessage();
    private final ByteBuffer foundDue = ByteBuffer.allocate(Long.BYTES);

    ScheduleService(BrokerLimits limits, BrokerState state, MessageStore messages, DueMessages due, Refusals refusals) {
        this.limits = limits;
        this.state = state;
        this.schedules = state.schedules();
        this.messages = messages;
        this.due = due;
        this.refusals = refusals;
        this.record = new ScheduledRecord(messages);
    }

    // --- cancelling ---

    /**
     * Cancels a scheduled message of the client's key.
     *
     * @param progress the client's own; after {@link Outcome#BUSY} it says where the same request goes on in a later turn,
     *     after {@link Outcome#DONE} it has the answer
     * @return {@link Outcome#DONE}, also when there is no such message any more, {@link Outcome#BUSY},
     *     {@link Outcome#DISK_FULL}, {@link Outcome#SHUTTING_DOWN} or {@link Outcome#NOT_LEADER}
     */
    public Outcome cancel(Client client, long number, ScheduleProgress progress) {
        if (refusals.isRefusing()) {
            return refusals.count(progress.stop(refusals.reason()));
        }
        int place = schedules.recent().placeFrom(number);
        if (place < schedules.recent().end() && schedules.recent().sequence(place) == number) {
            long dueMillis = schedules.recent().dueMillis(place);
            return cancel(client, number, dueMillis, schedules.recent().position(place), progress);
        }
        long workEnd = state.work().items() + limits.schedules().searchWork();
        DueBucket bucket = schedules.bucketFrom(progress.isUnderWay() ? progress.bucket() : 0);
        while (bucket != null) {
            if (bucket.firstSequence() <= number && find(bucket, number)) {
                long dueMillis = DueWalk.readDue(found, messages, foundDue);
                return cancel(client, number, dueMillis, found.position, progress);
            }
            state.work().add(BUCKET_WORK);
            long next = bucket.number() + 1;
            bucket = schedules.bucketFrom(next);
            if (bucket != null && state.work().items() >= workEnd) {
                progress.goOnAt(next, 0);
                return Outcome.BUSY;
            }
        }
        return progress.cancelled(false);
    }

    private boolean find(DueBucket bucket, long number) {
        byte[] key = MessageKeys.ofScheduled(bucket.number());
        boolean there = messages.find(key, number, number, sequence, position) == 1;
        if (there) {
            found.at(key, null, number, position[0]);
        }
        return there;
    }

    private Outcome cancel(Client client, long number, long dueMillis, long at, ScheduleProgress progress) {
        if (!due.isScheduled(number, dueMillis) || !isOwn(client, number, dueMillis, at)) {
            return progress.cancelled(false);
        }
        long answer = due.cancel(number, dueMillis);
        if (answer == CommandLog.BUSY) {
            return Outcome.BUSY;
        }
        if (answer < 0) {
            return refusals.count(progress.stop(Outcome.ofAppend(answer)));
        }
        client.lastSequence(answer);
        return progress.cancelled(true);
    }

    private boolean isOwn(Client client, long number, long dueMillis, long at) {
        state.work().add(READ_WORK);
        record.read(MessageKeys.ofScheduled(DueTimes.bucketOf(dueMillis)), number, at);
        return record.owner().equals(client.owner());
    }

    // --- listing ---

    /**
     * Scheduled messages of the client's key, in the order of the buckets of time that they are due in, and in each by
     * number.
     *
     * @param after of the last message that was listed: its number, which {@link ScheduleProgress#next} gave; 0: from the
     *     beginning
     * @param afterMillis and its due time
     * @param progress the client's own, as for {@link #cancel}
     * @return {@link Outcome#DONE} or {@link Outcome#BUSY}: then nothing was listed yet
     */
    public Outcome list(
            Client client, long afterMillis, ListPage page, ScheduleProgress progress, Consumer<ScheduledInfo> sink) {
        if (!progress.isUnderWay()) {
            progress.goOnAt(page.after() == 0 ? 0 : DueTimes.bucketOf(afterMillis), page.after() + 1);
        }
        int left = Math.max(1, Math.min(page.limit(), limits.listItems()));
        long workEnd = state.work().items() + limits.schedules().searchWork();
        long last = 0;
        DueBucket bucket = schedules.bucketFrom(progress.bucket());
        while (bucket != null) {
            long from = bucket.number() == progress.bucket() ? progress.from() : 0;
            DueWalk walk = new DueWalk(schedules, messages, state.work(), limits, bucket, from);
            while (walk.next()) {
                long number = walk.message().sequence;
                if (walk.isScheduled() && isOwn(client, number, walk.dueMillis(), walk.message().position)) {
                    if (left-- == 0) {
                        return progress.listed(last);
                    }
                    sink.accept(info());
                    last = number;
                }
                if (state.work().items() >= workEnd) {
                    progress.goOnAt(bucket.number(), number + 1);
                    return last == 0 ? Outcome.BUSY : progress.listed(last);
                }
            }
            bucket = schedules.bucketFrom(bucket.number() + 1);
        }
        return progress.listed(0);
    }

    private ScheduledInfo info() {
        String topic = new String(record.topic(), StandardCharsets.UTF_8);
        return new ScheduledInfo(record.message().sequence, topic, record.dueMillis(), record.message().payloadLength);
    }
}
