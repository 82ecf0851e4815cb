package io.blipmq.broker;

import io.blipmq.broker.journal.CheckpointCodec;
import io.blipmq.broker.journal.CheckpointVisitor.ScheduleState;
import io.blipmq.broker.journal.DueTimes;
import io.blipmq.broker.journal.Journal;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which messages are scheduled, as the journal's commands have it. Owned by the core thread. What is known of each is in the
 * journal; here is how many each bucket of time has, and which of those have ended.
 */
final class Schedules {
    private final BrokerCounters counters;
    private final TreeMap<Long, DueBucket> buckets = new TreeMap<>();
    private RecentSchedules recent = new RecentSchedules();
    private Journal journal;

    Schedules(BrokerCounters counters) {
        this.counters = counters;
    }

    void journal(Journal newJournal) {
        journal = newJournal;
    }

    /** Up to this number the journal finds what is here. It may find more, which is stored and has not taken effect. */
    long findableThrough() {
        return Math.min(journal.messages().findableThrough(), journal.log().appliedSequence());
    }

    // --- commands ---

    void schedule(long sequence, long position, long dueMillis) {
        buckets.computeIfAbsent(DueTimes.bucketOf(dueMillis), number -> new DueBucket(number, sequence))
                .schedule(dueMillis, sequence);
        recent.add(sequence, dueMillis, position);
        counters.add(BrokerMetric.SCHEDULED, 1);
    }

    /** A message's turn has come; nothing happens when it is not scheduled. */
    void publish(long sequence, long dueMillis) {
        DueBucket bucket = bucketWith(sequence, dueMillis);
        if (bucket != null) {
            bucket.publish(dueMillis, sequence);
            onEnded(bucket);
        }
    }

    /** A message is not to be published; nothing happens when it is not scheduled. */
    void cancel(long sequence, long dueMillis) {
        DueBucket bucket = bucketWith(sequence, dueMillis);
        if (bucket != null) {
            bucket.cancel(dueMillis, sequence);
            onEnded(bucket);
        }
    }

    private void onEnded(DueBucket bucket) {
        counters.add(BrokerMetric.SCHEDULED, -1);
        if (bucket.count() == 0) {
            buckets.remove(bucket.number());
        }
    }

    /** The bucket that a scheduled message is in; null when it is not scheduled. */
    private DueBucket bucketWith(long sequence, long dueMillis) {
        DueBucket bucket = buckets.get(DueTimes.bucketOf(dueMillis));
        return bucket != null && bucket.isScheduled(dueMillis, sequence) ? bucket : null;
    }

    // --- what there is ---

    boolean isScheduled(long sequence, long dueMillis) {
        return sequence <= journal.log().appliedSequence() && bucketWith(sequence, dueMillis) != null;
    }

    /** Whether a bucket is still what it was. */
    boolean holds(DueBucket bucket) {
        return buckets.get(bucket.number()) == bucket;
    }

    /** The first bucket with this number or a higher one that has scheduled messages; null when there is none. */
    DueBucket bucketFrom(long number) {
        Map.Entry<Long, DueBucket> found = buckets.ceilingEntry(number);
        return found == null ? null : found.getValue();
    }

    /** How many buckets there are. */
    int bucketCount() {
        return buckets.size();
    }

    RecentSchedules recent() {
        return recent;
    }

    /** What the journal has lost cannot be published; without this it would be waited for. */
    void forget(DueBucket bucket) {
        buckets.remove(bucket.number());
        counters.add(BrokerMetric.SCHEDULED, -bucket.count());
    }

    /** Once a turn: forgets places that the journal finds. */
    void trim() {
        recent.forgetThrough(findableThrough());
    }

    // --- checkpoints ---

    void write(CheckpointCodec out) {
        buckets.values().forEach(bucket -> out.schedule(bucket.state()));
    }

    /** @param replaced what these take the place of, whose places in the journal are taken over; or null */
    void restore(ScheduleState state, Schedules replaced) {
        DueBucket bucket = DueBucket.restored(state);
        buckets.put(bucket.number(), bucket);
        counters.add(BrokerMetric.SCHEDULED, bucket.count());
        if (replaced != null) {
            bucket.lastSequence(replaced.buckets.get(bucket.number()).lastSequence());
            recent = replaced.recent;
        }
    }
}
