package io.blipmq.broker;

import io.blipmq.protocol.v2.EntryLayout;
import java.nio.ByteBuffer;

/**
 * Takes messages in, one by one or in batches. Owned by the core thread. At QoS 0 they are in their subscriptions' memory
 * at once; at QoS 1 they are appended to the journal, and {@link BrokerState} takes them from there.
 */
final class Publishing {
    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final BrokerState state;
    private final Journal journal;
    private final Redelivery redelivery;
    private final ReadyList ready;
    private final Pushing pushing;

    Publishing(
            BrokerOptions options,
            BrokerCounters counters,
            BrokerState state,
            Journal journal,
            Redelivery redelivery,
            ReadyList ready,
            Pushing pushing) {
        this.options = options;
        this.counters = counters;
        this.state = state;
        this.journal = journal;
        this.redelivery = redelivery;
        this.ready = ready;
        this.pushing = pushing;
    }

    /** @return 0 or the journal's sequence number when accepted, or a refusal of {@link Journal#appendPublish} */
    long publish(
            Client client,
            int qos,
            ByteBuffer frame,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength) {
        Topic topic = state.topics().find(frame, topicOffset, topicLength);
        long sequence = 0;
        if (topic != null && qos == 0) {
            topic.appendLive(frame, payloadOffset, payloadLength, redelivery.nowMillis());
            ready.addTopic(topic);
        } else if (topic != null) {
            long nowMillis = redelivery.nowMillis();
            sequence = journal.appendPublish(
                    frame,
                    topicOffset,
                    topicLength,
                    payloadOffset,
                    payloadLength,
                    0,
                    nowMillis,
                    expiresMillis(nowMillis, options.messageTtlMillis()));
            if (sequence < 0) {
                return sequence;
            }
            client.lastSequence(sequence);
        }
        counters.increment(BrokerMetric.PUBLISHED);
        return sequence;
    }

    /** As {@link PushBroker#publishBatch}. */
    void publishBatch(
            Client client,
            int qos,
            ByteBuffer frame,
            int topicOffset,
            int topicLength,
            int entriesOffset,
            int entriesEnd,
            int count,
            BatchResult result) {
        Topic topic = state.topics().find(frame, topicOffset, topicLength);
        if (topic != null && qos == 1) {
            journalAll(client, topic, frame, topicOffset, topicLength, entriesEnd, result);
        } else {
            if (topic != null) {
                result.subscriptions = topic.readerCount(0);
                handOver(topic, frame, entriesOffset, entriesEnd, count);
            }
            result.taken = count;
            result.nextOffset = entriesEnd;
        }
        counters.add(BrokerMetric.PUBLISHED, result.taken);
    }

    /** QoS 0: to the one reader that waits for them, or into the topic's memory. */
    private void handOver(Topic topic, ByteBuffer frame, int offset, int end, int count) {
        long nowMillis = redelivery.nowMillis();
        if (!pushing.pushNow(topic.soleReader(), nowMillis, frame, offset, end, count)) {
            topic.appendLiveEntries(frame, offset, end, count, nowMillis);
            ready.addTopic(topic);
        }
    }

    private void journalAll(
            Client client,
            Topic topic,
            ByteBuffer frame,
            int topicOffset,
            int topicLength,
            int entriesEnd,
            BatchResult result) {
        result.subscriptions = topic.readerCount(1);
        long nowMillis = redelivery.nowMillis();
        long sequence = 0;
        while (result.nextOffset < entriesEnd) {
            int entry = result.nextOffset;
            int payloadOffset = EntryLayout.bodyOffset(frame, entry);
            int payloadLength = EntryLayout.bodyLength(frame, entry);
            sequence = journal.appendPublish(
                    frame,
                    topicOffset,
                    topicLength,
                    payloadOffset,
                    payloadLength,
                    payloadOffset - entry - EntryLayout.HEADER_BYTES,
                    nowMillis,
                    expiresMillis(nowMillis, ttlMillis(frame, entry)));
            if (sequence < 0) {
                result.refusal = sequence;
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
