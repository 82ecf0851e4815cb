package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
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
            Refusals refusals) {
        this.options = options;
        this.counters = counters;
        this.subscriptions = subscriptions;
        this.log = log;
        this.clock = clock;
        this.ready = ready;
        this.pushes = pushes;
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

    private void append(MessageStream stream, MessageView message) {
        stream.appendToMemory(message);
        ready.addStream(stream);
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
        Route route = subscriptions.route(topic, batch.buffer(), batch.topicOffset(), batch.topicLength());
        int qos = batch.qos();
        if (topic != null || !route.isEmpty()) {
            result.subscriptions = (topic == null ? 0 : topic.readerCount(qos)) + route.readerCount(qos);
        }
        if (qos == 1 && (topic != null || !route.isEmpty())) {
            journalAll(client, batch, result);
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
        counters.add(BrokerMetric.PUBLISHED, result.taken);
    }

    /** QoS 0: to the one reader that waits for them, or into memory. */
    private void handOver(MessageStream stream, PublishBatch batch) {
        long nowMillis = clock.nowMillis();
        if (!pushes.pushNow(stream.soleReader(), batch, nowMillis)) {
            stream.appendEntriesToMemory(batch, nowMillis);
            ready.addStream(stream);
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
