package io.blipmq.broker;

import io.blipmq.broker.journal.CheckpointVisitor.ScheduleState;

/**
 * Which messages of one bucket of time are scheduled. Owned by the core thread.
 *
 * <p>They are published in the order of their due times, and of their numbers where those are equal. So most of what has
 * been published is known by the last one of it in that order. Only those that came to be scheduled behind that time, because
 * the clock was set back over a restart, are remembered one by one, and so are those that were cancelled.
 */
final class DueBucket {
    private final long number;
    private long firstSequence;
    /** The newest number that has come since the start. */
    private long lastSequence;

    private long count;
    private long throughMillis;
    private long throughSequence;
    private SequenceSet late = new SequenceSet();
    private SequenceSet cancelled = new SequenceSet();

    DueBucket(long number, long firstSequence) {
        this.number = number;
        this.firstSequence = firstSequence;
    }

    static DueBucket restored(ScheduleState from) {
        DueBucket bucket = new DueBucket(from.bucket(), from.firstSequence());
        bucket.count = from.count();
        bucket.throughMillis = from.throughMillis();
        bucket.throughSequence = from.throughSequence();
        bucket.late = SequenceSet.of(from.late());
        bucket.cancelled = SequenceSet.of(from.cancelled());
        return bucket;
    }

    ScheduleState state() {
        return new ScheduleState(
                number, firstSequence, count, throughMillis, throughSequence, late.toArray(), cancelled.toArray());
    }

    long number() {
        return number;
    }

    /** None with a lower number is scheduled. */
    long firstSequence() {
        return firstSequence;
    }

    /** No earlier one is scheduled any more: the journal need not keep them. */
    void raiseFirst(long sequence) {
        firstSequence = Math.max(firstSequence, sequence);
    }

    long lastSequence() {
        return lastSequence;
    }

    void lastSequence(long sequence) {
        lastSequence = sequence;
    }

    /** How many are scheduled. */
    long count() {
        return count;
    }

    boolean isScheduled(long dueMillis, long sequence) {
        return sequence >= firstSequence
                && (isAhead(dueMillis, sequence) ? !cancelled.contains(sequence) : late.contains(sequence));
    }

    void schedule(long dueMillis, long sequence) {
        count++;
        lastSequence = sequence;
        if (!isAhead(dueMillis, sequence)) {
            late.add(sequence);
        }
    }

    /** One that is scheduled is published, or would be if anybody wanted it. */
    void publish(long dueMillis, long sequence) {
        count--;
        if (isAhead(dueMillis, sequence)) {
            throughMillis = dueMillis;
            throughSequence = sequence;
        } else {
            late.remove(sequence);
        }
    }

    /** One that is scheduled is not to be published. */
    void cancel(long dueMillis, long sequence) {
        count--;
        if (isAhead(dueMillis, sequence)) {
            cancelled.add(sequence);
        } else {
            late.remove(sequence);
        }
    }

    /** Whether its turn comes after that of the last one that was published. */
    private boolean isAhead(long dueMillis, long sequence) {
        return dueMillis > throughMillis || dueMillis == throughMillis && sequence > throughSequence;
    }
}
