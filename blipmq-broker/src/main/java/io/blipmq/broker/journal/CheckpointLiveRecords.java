package io.blipmq.broker.journal;

import io.blipmq.protocol.name.FilterTree;
import io.blipmq.protocol.name.TopicFilter;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Which messages somebody still wants, as of a checkpoint. Owned by the log's background thread once it is handed over:
 * what it is asked is worked out there from the checkpoint's bytes, not on the core thread.
 */
public final class CheckpointLiveRecords implements LiveRecords {
    private ByteBuffer content;
    private Index index;

    /** What is worked out. */
    private static final class Index implements CheckpointVisitor {
        private final Map<ByteBuffer, Readers> byKey = new HashMap<>();
        private final FilterTree<Readers> byFilter = new FilterTree<>();
        private long firstLive = Long.MAX_VALUE;
        private byte[] topicName;
        private boolean filter;
        private LogState topicLog;
        private SubscriptionState subscription;
        private long[] unsettled = new long[16];
        private int unsettledCount;
        private boolean anyRedriven;
        private final ScheduledRecords scheduled = new ScheduledRecords();

        @Override
        public void onSchedule(ScheduleState schedule) {
            scheduled.add(schedule);
            firstLive = Math.min(firstLive, schedule.firstSequence());
        }

        @Override
        public void onTopic(byte[] name, boolean isFilter, LogState log) {
            endSubscription();
            topicName = name;
            filter = isFilter;
            topicLog = log;
        }

        @Override
        public void onSubscription(SubscriptionState next) {
            endSubscription();
            subscription = next;
        }

        @Override
        public void onDelivery(DeliveryState delivery) {
            if (unsettledCount == unsettled.length) {
                unsettled = Arrays.copyOf(unsettled, 2 * unsettledCount);
            }
            unsettled[unsettledCount++] = delivery.tag();
            anyRedriven |= delivery.redriven();
        }

        @Override
        public void onLetter(LetterState letter) {
            // A letter is wanted by its subscription, as any message.
        }

        private void endSubscription() {
            if (subscription == null) {
                return;
            }
            boolean letters = subscription.letters() != null;
            Reader reader = new Reader(subscription.nextSequence(), tags(), subscription.settledAhead());
            if (filter) {
                addToFilter(reader);
            } else {
                byte[] key = letters ? MessageKeys.ofLetters(subscription.owner(), topicName) : topicName;
                byKey.merge(ByteBuffer.wrap(key), Readers.of(reader), Readers::and);
            }
            if (anyRedriven) {
                byKey.put(ByteBuffer.wrap(MessageKeys.ofRedriven(subscription.id())), Readers.of(reader));
            }
            long last = (letters ? subscription.letters() : topicLog).lastSequence();
            firstLive = Math.min(firstLive, reader.first(last));
            subscription = null;
            unsettledCount = 0;
            anyRedriven = false;
        }

        private void addToFilter(Reader reader) {
            Readers others = byFilter.find(topicName);
            if (others == null) {
                byFilter.add(TopicFilter.of(topicName), Readers.of(reader));
            } else {
                others.and(Readers.of(reader));
            }
        }

        /** Those that read what is listed under a key; null when there is none. */
        private Readers of(byte[] key) {
            Readers own = byKey.get(ByteBuffer.wrap(key));
            if (byFilter.isEmpty() || !MessageKeys.isTopic(key)) {
                return own;
            }
            Readers all = new Readers();
            if (own != null) {
                all.and(own);
            }
            byFilter.match(ByteBuffer.wrap(key), 0, key.length, all::and);
            return all.count == 0 ? null : all;
        }

        private long[] tags() {
            long[] tags = Arrays.copyOf(unsettled, unsettledCount);
            Arrays.sort(tags);
            return tags;
        }
    }

    /** What one subscription still wants. */
    private record Reader(long nextSequence, long[] unsettled, long[] settledAhead) {
        boolean wants(long sequence) {
            return Arrays.binarySearch(unsettled, sequence) >= 0
                    || sequence >= nextSequence && Arrays.binarySearch(settledAhead, sequence) < 0;
        }

        boolean wantsAll(long first, long last) {
            if (nextSequence > first) {
                return false;
            }
            int ahead = Arrays.binarySearch(settledAhead, first);
            int next = ahead < 0 ? -ahead - 1 : ahead;
            return next == settledAhead.length || settledAhead[next] > last;
        }

        /** @param lastSequence of the log that is read: what is beyond it is not there yet */
        long first(long lastSequence) {
            long waiting = nextSequence > lastSequence ? Long.MAX_VALUE : nextSequence;
            return unsettled.length == 0 ? waiting : Math.min(waiting, unsettled[0]);
        }
    }

    /** All subscriptions that read what is listed under one key. */
    private static final class Readers implements LiveRecordsOfKey {
        private Reader[] readers = {null};
        private int count;

        static Readers of(Reader reader) {
            Readers one = new Readers();
            one.readers[one.count++] = reader;
            return one;
        }

        Readers and(Readers others) {
            if (count + others.count > readers.length) {
                readers = Arrays.copyOf(readers, Math.max(2 * readers.length, count + others.count));
            }
            System.arraycopy(others.readers, 0, readers, count, others.count);
            count += others.count;
            return this;
        }

        @Override
        public boolean isLive(long sequence) {
            for (int i = 0; i < count; i++) {
                if (readers[i].wants(sequence)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean areAllLive(long first, long last) {
            for (int i = 0; i < count; i++) {
                if (readers[i].wantsAll(first, last)) {
                    return true;
                }
            }
            return false;
        }
    }

    public CheckpointLiveRecords(ByteBuffer content) {
        this.content = content;
    }

    @Override
    public long firstLive() {
        return index().firstLive;
    }

    @Override
    public LiveRecordsOfKey of(byte[] key) {
        long bucket = MessageKeys.scheduledBucket(key);
        return bucket < 0 ? index().of(key) : index().scheduled.of(bucket);
    }

    private Index index() {
        if (index == null) {
            index = new Index();
            CheckpointDecoder.decode(content, index);
            index.endSubscription();
            content = null;
        }
        return index;
    }
}
