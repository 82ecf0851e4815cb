package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.DueTimes;
import io.blipmq.broker.message.MessageView;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;

/**
 * Takes messages in, one by one or in batches. Owned by the core thread. At QoS 0 they are in their subscriptions' memory
 * at once; at QoS 1 they are appended to the journal, and {@link BrokerState} takes them from there.
 */
public final class PublishService {
    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final SubscriptionTable subscriptions;
    private final CommandLog log;
    private final TurnClock clock;
    private final ReadyList ready;
    private final PushScheduler pushes;
    private final DueMessages due;
    private final Refusals refusals;
    /** Of the batch that is being journalled. */
    private final MessageView batched = new MessageView();

    PublishService(
            BrokerOptions options,
            BrokerCounters counters,
            SubscriptionTable subscriptions,
            CommandLog log,
            TurnClock clock,
            ReadyList ready,
            PushScheduler pushes,
            DueMessages due,
            Refusals refusals) {
        this.options = options;
        this.counters = counters;
        this.subscriptions = subscriptions;
        this.log = log;
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
        message.published(clock.nowMillis());
        if (topic != null && qos == 0) {
            topic.appendToMemory(message);
            ready.addTopic(topic);
        } else if (topic != null) {
            message.expires(expiresMillis(message.publishedMillis(), options.messageTtlMillis()));
            long sequence = log.appendPublish(message);
            if (sequence < 0) {
                return refusals.count(Outcome.ofAppend(sequence));
            }
            client.lastSequence(sequence);
        }
        counters.increment(BrokerMetric.PUBLISHED);
        return Outcome.DONE;
    }

    /**
     * Publishes messages to one topic (1 to 1,024 bytes of UTF-8, no leading '$').
     *
     * @param batch read during the call only
     * @param result says how many were accepted, and why the next one was not
     */
    public void publishBatch(Client client, PublishBatch batch, BatchResult result) {
        result.begin(batch.entriesOffset());
        if (refusals.isRefusing()) {
            result.outcome = refusals.count(refusals.reason());
            return;
        }
        Topic topic = subscriptions.topics().find(batch.buffer(), batch.topicOffset(), batch.topicLength());
        if (batch.schedules()) {
            result.subscriptions = topic == null ? 0 : topic.readerCount(1);
            journalEach(client, topic, batch, result);
            refusals.count(result.outcome);
        } else if (topic != null && batch.qos() == 1) {
            result.subscriptions = topic.readerCount(1);
            journalAll(client, batch, result);
            refusals.count(result.outcome);
        } else {
            if (topic != null) {
                result.subscriptions = topic.readerCount(0);
                handOver(topic, batch);
            }
            result.taken = batch.count();
            result.nextOffset = batch.entriesEnd();
        }
        counters.add(BrokerMetric.PUBLISHED, result.taken);
    }

    /** QoS 0: to the one reader that waits for them, or into the topic's memory. */
    private void handOver(Topic topic, PublishBatch batch) {
        long nowMillis = clock.nowMillis();
        if (!pushes.pushNow(topic.soleReader(), batch, nowMillis)) {
            topic.appendEntriesToMemory(batch, nowMillis);
            ready.addTopic(topic);
        }
    }

    /** The latest time at which a message may be due that is published in this turn. */
    public long dueMillisMax() {
        return clock.nowMillis() + DueTimes.AHEAD_MILLIS_MAX;
    }

    /**
     * As {@link #journalAll}, where some messages are to be published later, which are stored whoever subscribes now.
     *
     * @param topic null when the others reach nobody
     */
    private void journalEach(Client client, Topic topic, PublishBatch batch, BatchResult result) {
        ByteBuffer frame = batch.buffer();
        long nowMillis = clock.nowMillis();
        batched.in(frame).topic(batch.topicOffset(), batch.topicLength()).published(nowMillis);
        while (result.nextOffset < batch.entriesEnd()) {
            int entry = result.nextOffset;
            int payloadOffset = EntryLayout.bodyOffset(frame, entry);
            int payloadLength = EntryLayout.bodyLength(frame, entry);
            batched.payload(payloadOffset, payloadLength)
                    .properties(payloadOffset - entry - EntryLayout.HEADER_BYTES)
                    .expires(expiresMillis(nowMillis, ttlMillis(frame, entry)));
            long dueMillis = EntryLayout.deliverAtMillis(frame, entry);
            long sequence = 0;
            if (dueMillis > nowMillis) {
                sequence = due.schedule(client.owner(), batched, dueMillis);
            } else if (topic != null) {
                sequence = log.appendPublish(batched);
            }
            if (sequence < 0) {
                result.outcome = Outcome.ofAppend(sequence);
                return;
            }
            client.lastSequence(sequence);
            result.taken++;
            result.nextOffset = payloadOffset + payloadLength;
        }
    }

    private void journalAll(Client client, PublishBatch batch, BatchResult result) {
        ByteBuffer frame = batch.buffer();
        long nowMillis = clock.nowMillis();
        batched.in(frame).topic(batch.topicOffset(), batch.topicLength()).published(nowMillis);
        while (result.nextOffset < batch.entriesEnd()) {
            int entry = result.nextOffset;
            int payloadOffset = EntryLayout.bodyOffset(frame, entry);
            int payloadLength = EntryLayout.bodyLength(frame, entry);
            batched.payload(payloadOffset, payloadLength)
                    .properties(payloadOffset - entry - EntryLayout.HEADER_BYTES)
                    .expires(expiresMillis(nowMillis, ttlMillis(frame, entry)));
            long sequence = log.appendPublish(batched);
            if (sequence < 0) {
                result.outcome = Outcome.ofAppend(sequence);
                return;
            }
            client.lastSequence(sequence);
            result.taken++;
            result.nextOffset = payloadOffset + payloadLength;
        }
    }

    /** The entry's own, or else the daemon's. */
    private long ttlMillis(ByteBuffer frame, int entry) {
        long own = 0;
        if (EntryLayout.hasProperties(frame, entry)) {
            int properties = EntryLayout.propertiesOffset(entry);
            own = LetterProperties.ttlMillis(
                    frame, properties, properties + EntryLayout.propertiesLength(frame, entry));
        }
        return own == 0 ? options.messageTtlMillis() : own;
    }

    /** @return wall-clock time, 0 = never */
    static long expiresMillis(long nowMillis, long ttlMillis) {
        if (ttlMillis == 0) {
            return 0;
        }
        long expires = nowMillis + ttlMillis;
        return ttlMillis < 0 || expires < 0 ? Long.MAX_VALUE : expires;
    }
}
