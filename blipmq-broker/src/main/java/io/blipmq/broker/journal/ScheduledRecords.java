package io.blipmq.broker.journal;

import io.blipmq.broker.journal.CheckpointVisitor.ScheduleState;
import io.blipmq.wal.LiveRecordsOfKey;
import java.util.Arrays;

/**
 * Which scheduled messages are still wanted, as of a checkpoint. Owned by its caller. A bucket's are wanted from
 * the first number on that one of them has which is not published, except for those that are cancelled: which of them have
 * been published goes by their due times, which are in their records alone.
 */
final class ScheduledRecords {
    private static final int CAPACITY_MIN = 16;

    /** Sorted, as a checkpoint's are. */
    private long[] buckets = new long[CAPACITY_MIN];

    private long[] firstSequences = new long[CAPACITY_MIN];
    private long[][] cancelled = new long[CAPACITY_MIN][];
    private int count;

    void add(ScheduleState schedule) {
        if (count == buckets.length) {
            buckets = Arrays.copyOf(buckets, 2 * count);
            firstSequences = Arrays.copyOf(firstSequences, 2 * count);
            cancelled = Arrays.copyOf(cancelled, 2 * count);
        }
        buckets[count] = schedule.bucket();
        firstSequences[count] = schedule.firstSequence();
        cancelled[count++] = schedule.cancelled();
    }

    /** @return null when nothing of the bucket is wanted */
    LiveRecordsOfKey of(long bucket) {
        int at = Arrays.binarySearch(buckets, 0, count, bucket);
        return at < 0 ? null : new OfBucket(firstSequences[at], cancelled[at]);
    }

    private record OfBucket(long firstSequence, long[] cancelled) implements LiveRecordsOfKey {
        @Override
        public boolean isLive(long sequence) {
            return sequence >= firstSequence && Arrays.binarySearch(cancelled, sequence) < 0;
        }

        @Override
        public boolean areAllLive(long first, long last) {
            int at = Arrays.binarySearch(cancelled, first);
            int next = at < 0 ? -at - 1 : at;
            return first >= firstSequence && (next == cancelled.length || cancelled[next] > last);
        }
    }
}
