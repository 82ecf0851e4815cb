package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.DueTimes;
import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.MessageKeys;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.UnscheduleReason;
import io.blipmq.broker.message.MessageView;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes scheduled messages when they are due, in the order of their due times, and of their numbers where those are
 * equal. Owned by the core thread.
 *
 * <p>In memory are those that are due before a bound, all of them, and no others. The bound moves on with time, by a bucket
 * of {@link Schedules} after the other, which are read from the journal in slices; and back when there are too many. It
 * moves on only when few are left, so that those who come in meanwhile do not move it back at once. A
 * message leaves its schedule by the command that publishes it, so a start finds it in one place or the other.
 */
final class DueMessages {
    private static final Logger logger = LoggerFactory.getLogger(DueMessages.class);

    /** What the log has no room for is tried again after this time at the latest. */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final BrokerOptions options;
    private final ScheduleLimits limits;
    private final BrokerState state;
    private final Schedules schedules;
    private final Journal journal;
    private final TurnClock clock;
    private final Refusals refusals;
    private final ScheduledRecord record;

    private DueQueue near = new DueQueue();
    /** What is due earlier is near, and so is what is due at that time with a lower number. */
    private long nearMillis;

    private long nearSequence;
    /** The bucket that is being read, or null. */
    private Loading loading;

    /** Of the bucket that was read last. */
    private DuePages pages = new DuePages();

    private DueBucket pagesOf;
    /** The bucket that has been read once more because it counts some that were not found. */
    private DueBucket doubted;

    private final UnappliedSchedules unapplied = new UnappliedSchedules();
    /** Numbers of those whose end is appended and not stored. */
    private final Set<Long> ending = new HashSet<>();
    /** Whether the next one that is due has to wait for the log. */
    private boolean waitsForLog;

    /** What has been found of a bucket so far: as many of the first ones as there is room for. */
    private final class Loading {
        private final DueWalk walk;
        private final int countMax;
        private DueQueue found = new DueQueue();
        private long endMillis;
        private long endSequence;

        Loading(DueBucket bucket) {
            this.walk = new DueWalk(
                    schedules,
                    journal.messages(),
                    state.work(),
                    options.limits(),
                    bucket,
                    pages(bucket),
                    this::isWithin);
            this.countMax = Math.max(1, limits.nearMax() / 2 - near.count());
            this.endMillis = DueTimes.beginOf(bucket.number() + 1);
        }

        void add(long dueMillis, long sequence, long position) {
            if (isBeforeEnd(dueMillis, sequence) && !isNear(dueMillis, sequence)) {
                found.add(dueMillis, sequence, position);
                if (found.count() > 2 * countMax) {
                    cut();
                }
            }
        }

        private boolean isBeforeEnd(long dueMillis, long sequence) {
            return dueMillis < endMillis || dueMillis == endMillis && sequence < endSequence;
        }

        private boolean isWithin(long earliestMillis, long firstSequence, long latestMillis, long lastSequence) {
            return isBeforeEnd(earliestMillis, firstSequence) && !isNear(latestMillis, lastSequence);
        }

        private void cut() {
            DueQueue first = found.takeFirst(countMax);
            endMillis = found.dueMillis();
            endSequence = found.sequence();
            found = first;
        }

        void end() {
            if (found.count() > countMax) {
                cut();
            }
            near.addAll(found);
            nearMillis = endMillis;
            nearSequence = endSequence;
        }
    }

    DueMessages(BrokerOptions options, BrokerState state, Journal journal, TurnClock clock, Refusals refusals) {
        this.options = options;
        this.limits = options.limits().schedules();
        this.state = state;
        this.schedules = state.schedules();
        this.journal = journal;
        this.clock = clock;
        this.refusals = refusals;
        this.record = new ScheduledRecord(journal.messages());
    }

    // --- what is asked for, and what comes of it ---

    /** @return the message's number, or a refusal of {@link CommandLog} */
    long schedule(OwnerId owner, MessageView message, long dueMillis) {
        long sequence = journal.log().appendSchedule(owner, message, dueMillis);
        if (sequence >= 0) {
            unapplied.onAppended(sequence, dueMillis);
        }
        return sequence;
    }

    /** @return the command's number, or a refusal of {@link CommandLog} */
    long cancel(long sequence, long dueMillis) {
        return end(sequence, dueMillis, UnscheduleReason.CANCELLED);
    }

    /** Whether nobody has ended it yet, stored or not. */
    boolean isScheduled(long sequence, long dueMillis) {
        return schedules.isScheduled(sequence, dueMillis) && !ending.contains(sequence);
    }

    void onScheduled(long sequence, long position, long dueMillis) {
        unapplied.onApplied(sequence);
        if (isNear(dueMillis, sequence)) {
            near.add(dueMillis, sequence, position);
            boundNear();
        }
    }

    void onEnded(long sequence) {
        ending.remove(sequence);
    }

    private boolean isNear(long dueMillis, long sequence) {
        return dueMillis < nearMillis || dueMillis == nearMillis && sequence < nearSequence;
    }

    private void boundNear() {
        if (near.count() > limits.nearMax()) {
            DueQueue all = near;
            near = all.takeFirst(limits.nearMax() / 2);
            nearMillis = all.dueMillis();
            nearSequence = all.sequence();
            loading = null; // it began where nothing was missing
        }
    }

    // --- the turn ---

    /**
     * Does a turn's part.
     *
     * @return how much was done
     */
    int advance() {
        if (refusals.isRefusing()) {
            return 0;
        }
        return load() + publishDue();
    }

    /** How long the core may wait for something to happen before there is something to do here. */
    long awaitNanosMax() {
        if (refusals.isRefusing()) {
            return Long.MAX_VALUE;
        }
        if (loading != null) {
            return 0;
        }
        if (near.count() == 0) {
            return Long.MAX_VALUE;
        }
        long leftMillis = near.dueMillis() - clock.nowMillis();
        if (leftMillis > 0) {
            return TimeUnit.MILLISECONDS.toNanos(leftMillis);
        }
        return waitsForLog ? AGAIN_NANOS : 0;
    }

    private int load() {
        int steps = 0;
        long workEnd = state.work().items() + limits.loadWorkPerTurn();
        while ((loading != null || beginLoading()) && state.work().items() < workEnd) {
            goOn(loading);
            steps++;
        }
        return steps;
    }

    private boolean beginLoading() {
        long end = DueTimes.bucketOf(clock.nowMillis() + limits.nearMillis()) + 1;
        if (nearMillis >= DueTimes.beginOf(end) || near.count() > limits.nearMax() / 4) {
            return false;
        }
        doubtWhatIsMissing();
        DueBucket next = schedules.bucketFrom(DueTimes.bucketOf(nearMillis));
        boolean isNext = next != null && next.number() < end;
        long begin = DueTimes.beginOf(isNext ? next.number() : end);
        if (begin > nearMillis) {
            nearMillis = begin;
            nearSequence = 0;
        }
        loading = isNext ? new Loading(next) : null;
        return isNext;
    }

    /**
     * Before a checkpoint of a daemon on its own: finds out from which number on the bucket that is being published is still
     * needed, so that the journal can drop what has been published of it. Of other buckets nothing has been.
     */
    void raiseFirst() {
        DueBucket first = near.count() == 0 ? null : schedules.bucketFrom(DueTimes.bucketOf(near.dueMillis()));
        if (first == null || nearMillis < DueTimes.beginOf(first.number() + 1)) {
            return; // some of it are not in memory
        }
        long needed = near.firstSequenceBefore(DueTimes.beginOf(first.number() + 1));
        for (long number : ending) {
            needed = Math.min(needed, number);
        }
        first.raiseFirst(needed);
    }

    private DuePages pages(DueBucket bucket) {
        if (pagesOf != bucket) {
            pagesOf = bucket;
            pages = new DuePages();
        }
        return pages;
    }

    /**
     * All that is due before the bound is in memory: if a bucket before the first of it still counts some, a salvaged log has
     * lost them. It is read once more before it is forgotten.
     */
    private void doubtWhatIsMissing() {
        long firstNear = near.count() == 0 ? nearMillis : near.dueMillis();
        DueBucket first = ending.isEmpty() ? schedules.bucketFrom(0) : null;
        if (first == null || first.number() >= DueTimes.bucketOf(firstNear)) {
            return;
        }
        if (first == doubted) {
            logger.warn(
                    "{} scheduled messages that were due at {} or within two minutes from then are not in the log any more",
                    first.count(),
                    Instant.ofEpochMilli(DueTimes.beginOf(first.number())));
            schedules.forget(first);
        } else {
            doubted = first;
            near = new DueQueue();
            nearMillis = DueTimes.beginOf(first.number());
            nearSequence = 0;
            pagesOf = null;
        }
    }

    private void goOn(Loading current) {
        DueWalk walk = current.walk;
        if (!walk.isValid()) {
            loading = null;
        } else if (!walk.next()) {
            loading = null;
            current.end();
            boundNear();
        } else if (walk.isScheduled()) {
            current.add(walk.dueMillis(), walk.message().sequence, walk.message().position);
        }
    }

    private int publishDue() {
        int done = 0;
        long bytes = 0;
        waitsForLog = false;
        while (near.count() > 0
                && near.dueMillis() <= clock.nowMillis()
                && done < limits.publishedPerTurn()
                && bytes < limits.publishedBytesPerTurn()) {
            if (isScheduled(near.sequence(), near.dueMillis())) {
                // An earlier one that is not stored yet must not come behind it.
                waitsForLog = unapplied.hasBefore(near.dueMillis()) || publish() < 0;
                if (waitsForLog) {
                    return done;
                }
                bytes += record.message().payloadLength;
            }
            near.remove();
            done++;
        }
        return done;
    }

    /** @return the command's number, or a refusal */
    private long publish() {
        long dueMillis = near.dueMillis();
        record.read(MessageKeys.ofScheduled(DueTimes.bucketOf(dueMillis)), near.sequence(), near.position());
        byte[] topic = record.topic();
        if (!state.subscriptions().isRead(topic)) {
            return end(near.sequence(), dueMillis, UnscheduleReason.NO_SUBSCRIPTION);
        }
        long expiresMillis = options.expiresMillis(dueMillis, record.ttlMillis());
        return ending(
                near.sequence(), journal.log().appendDue(record.message(), topic, clock.nowMillis(), expiresMillis));
    }

    private long end(long sequence, long dueMillis, UnscheduleReason reason) {
        return ending(sequence, journal.log().appendUnschedule(sequence, dueMillis, reason));
    }

    private long ending(long sequence, long answer) {
        if (answer >= 0) {
            ending.add(sequence);
        }
        return answer;
    }
}
