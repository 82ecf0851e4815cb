package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.DueTimes;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.PublishIdKey;
import io.blipmq.broker.message.MessageView;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertyLayout;
import java.nio.ByteBuffer;

/**
 * Takes messages in, one by one or in batches. Owned by the core thread. At QoS 0 they are in their subscriptions' memory
 * at once; at QoS 1 they are appended to the journal, and {@link BrokerState} takes them from there.
 */
public final class PublishService {
    /** Instead of a number: what has been taken of the batch is to be answered before this message. */
    private static final long ANOTHER_RUN = 0;
    /** Instead of the number of a message that nobody reads. */
    private static final long NOT_STORED = Long.MAX_VALUE;

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final SubscriptionTable subscriptions;
    private final CommandLog log;
    private final OnceJournal once;
    private final TurnClock clock;
    private final ReadyList ready;
    private final PushScheduler pushes;
    private final DueMessages due;
    private final Refusals refusals;
    /** Of the batch that is being journalled. */
    private final MessageView batched = new MessageView();
    /** When that one is to be delivered; 0: now. */
    private long deliverAtMillis;

    PublishService(
            BrokerOptions options,
            BrokerCounters counters,
            SubscriptionTable subscriptions,
            CommandLog log,
            OnceJournal once,
            TurnClock clock,
            ReadyList ready,
            PushScheduler pushes,
            DueMessages due,
            Refusals refusals) {
        this.options = options;
        this.counters = counters;
        this.subscriptions = subscriptions;
        this.log = log;
        this.once = once;
        this.clock = clock;
        this.ready = ready;
        this.pushes = pushes;
        this.due = due;
        this.refusals = refusals;
    }

    /**
     * Publishes a message whose topic has been validated (1 to 1,024 bytes of UTF-8, no leading '$').
     *
     * @param message read during the call only; the broker gives it its times
     * @return {@link Outcome#DONE}, {@link Outcome#BUSY}, {@link Outcome#DISK_FULL}, {@link Outcome#SHUTTING_DOWN} or
     *     {@link Outcome#NOT_LEADER}
     */
    public Outcome publish(Client client, int qos, MessageView message) {
        if (refusals.isRefusing()) {
            return refusals.count(refusals.reason());
        }
        Topic topic = subscriptions.topics().find(message);
        Route route = subscriptions.route(topic, message);
        message.published(clock.nowMillis());
        if (qos == 0) {
            if (topic != null) {
                append(topic, message);
            }
            for (FilterStream stream : route.streams()) {
                append(stream, message);
            }
        } else if (topic != null || !route.isEmpty()) {
            message.expires(options.expiresMillis(message.publishedMillis(), 0));
            long sequence = log.appendPublish(message);
            if (sequence < 0) {
                return refusals.count(Outcome.ofAppend(sequence));
            }
            client.lastSequence(sequence);
        }
        counters.increment(BrokerMetric.PUBLISHED);
        return Outcome.DONE;
    }

    private void append(MessageStream stream, MessageView message) {
        stream.appendToMemory(message);
        ready.addStream(stream);
    }

    /**
     * Publishes messages to one topic (1 to 1,024 bytes of UTF-8, no leading '$').
     *
     * @param batch read during the call only
     * @param result says how many were accepted, and why the next one was not; new messages and duplicates are accepted by
     *     different calls
     */
    public void publishBatch(Client client, PublishBatch batch, BatchResult result) {
        result.begin(batch.entriesOffset());
        if (refusals.isRefusing()) {
            result.outcome = refusals.count(refusals.reason());
            return;
        }
        Topic topic = subscriptions.topics().find(batch.buffer(), batch.topicOffset(), batch.topicLength());
        Route route = subscriptions.route(topic, batch.buffer(), batch.topicOffset(), batch.topicLength());
        boolean read = topic != null || !route.isEmpty();
        int qos = batch.qos();
        if (read) {
            result.subscriptions = (topic == null ? 0 : topic.readerCount(qos)) + route.readerCount(qos);
        }
        if (qos == 1 && (read || batch.schedules())) {
            journalAll(client, read, batch, result);
            refusals.count(result.outcome);
        } else {
            if (topic != null) {
                handOver(topic, batch);
            }
            for (FilterStream stream : route.streams()) {
                handOver(stream, batch);
            }
            result.taken = batch.count();
            result.nextOffset = batch.entriesEnd();
        }
        counters.add(result.duplicates ? BrokerMetric.DUPLICATES : BrokerMetric.PUBLISHED, result.taken);
    }

    /** QoS 0: to the one reader that waits for them, or into memory. */
    private void handOver(MessageStream stream, PublishBatch batch) {
        long nowMillis = clock.nowMillis();
        if (!pushes.pushNow(stream.soleReader(), batch, nowMillis)) {
            stream.appendEntriesToMemory(batch, nowMillis);
            ready.addStream(stream);
        }
    }

    /** The latest time at which a message may be due that is published in this turn. */
    public long dueMillisMax() {
        return clock.nowMillis() + DueTimes.AHEAD_MILLIS_MAX;
    }

    /** @param read whether anybody reads the topic; what is to be published later is stored anyway */
    private void journalAll(Client client, boolean read, PublishBatch batch, BatchResult result) {
        ByteBuffer frame = batch.buffer();
        long nowMillis = clock.nowMillis();
        batched.in(frame).topic(batch.topicOffset(), batch.topicLength()).published(nowMillis);
        while (result.nextOffset < batch.entriesEnd()) {
            describe(frame, result.nextOffset);
            boolean stored = read || isForLater();
            long sequence = stored ? journal(client.owner(), result) : NOT_STORED;
            if (sequence == ANOTHER_RUN || !stored && result.duplicates) {
                return;
            }
            if (sequence < 0) {
                result.outcome = Outcome.ofAppend(sequence);
                return;
            }
            if (stored) {
                client.lastSequence(sequence);
            }
            result.taken++;
            result.nextOffset = batched.payloadOffset() + batched.payloadLength();
        }
    }

    private boolean isForLater() {
        return deliverAtMillis > batched.publishedMillis();
    }

    /** @return its number, a refusal, or {@link #ANOTHER_RUN} */
    private long journal(OwnerId owner, BatchResult result) {
        if (batched.hasPublishId()) {
            return journalOnce(owner, result);
        }
        if (result.duplicates) {
            return ANOTHER_RUN;
        }
        return append(owner);
    }

    /** As {@link #journal}, for a message with a publish id; a duplicate has its first message's number. */
    private long journalOnce(OwnerId owner, BatchResult result) {
        PublishId id = new PublishId(PublishIdKey.of(owner, batched), 0, batched.publishedMillis());
        long first = once.firstOf(id);
        boolean duplicate = first > 0;
        if (result.taken > 0 && duplicate != result.duplicates) {
            return ANOTHER_RUN;
        }
        result.duplicates = duplicate;
        return duplicate ? first : once.append(id, () -> append(owner));
    }

    private long append(OwnerId owner) {
        if (isForLater()) {
            return due.schedule(owner, batched, deliverAtMillis);
        }
        return batched.hasPublishId() ? log.appendPublishOnce(owner, batched) : log.appendPublish(batched);
    }

    /** Describes an entry of the batch, with what its properties ask for. */
    private void describe(ByteBuffer frame, int entry) {
        int payloadOffset = EntryLayout.bodyOffset(frame, entry);
        batched.payload(payloadOffset, EntryLayout.bodyLength(frame, entry))
                .properties(payloadOffset - entry - EntryLayout.HEADER_BYTES)
                .publishId(0, 0);
        deliverAtMillis = 0;
        long ttlMillis = EntryLayout.hasProperties(frame, entry)
                ? readWishes(frame, EntryLayout.propertiesOffset(entry), payloadOffset)
                : 0;
        batched.expires(options.expiresMillis(batched.publishedMillis(), ttlMillis));
    }

    /** @return the time to live that the properties ask for, or 0 */
    private long readWishes(ByteBuffer frame, int from, int to) {
        long ttlMillis = 0;
        for (int at = from; at < to; at = PropertyLayout.next(frame, at)) {
            int value = PropertyLayout.valueOffset(at);
            switch (PropertyLayout.key(frame, at)) {
                case PropertyLayout.TTL_KEY -> ttlMillis = frame.getLong(value);
                case PropertyLayout.DELIVER_AT_KEY -> deliverAtMillis = frame.getLong(value);
                case PropertyLayout.PUBLISH_ID_KEY -> batched.publishId(value, PropertyLayout.valueLength(frame, at));
                default -> {}
            }
        }
        return ttlMillis;
    }
}
