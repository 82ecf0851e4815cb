package io.blipmq.broker;

import io.blipmq.broker.journal.CommandCodec;
import io.blipmq.broker.journal.DueTimes;
import io.blipmq.broker.journal.MessageKeys;
import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.StoredMessage;
import java.nio.ByteBuffer;

/**
 * Goes through a bucket of scheduled messages in the order of their numbers, those that have ended too. Owned by the core
 * thread. Between two steps the bucket may change.
 */
final class DueWalk {
    /** What reading when a message is due costs, as {@link WorkMeter} counts it. */
    private static final int READ_WORK = 32;

    private final Schedules schedules;
    private final MessageStore messages;
    private final WorkMeter work;
    private final DueBucket bucket;
    private final byte[] key;
    private final StoredMessage message = new StoredMessage();
    private final ByteBuffer due = ByteBuffer.allocate(Long.BYTES);

    // What has been found and not been passed.
    private final long[] sequences;
    private final long[] positions;
    private int found;
    private int passed;

    private long from;
    private long dueMillis;

    private final DuePages pages;
    private final Wanted wanted;
    /** The page that is read now or next. */
    private int page;
    /** Whether a message was passed that is on no page: those behind it must not be on one either. */
    private boolean hasPassedRecent;

    private long earliestMillis;
    private long latestMillis;

    /** Whether a page may hold something that is looked for. */
    interface Wanted {
        boolean isWithin(long earliestMillis, long firstSequence, long latestMillis, long lastSequence);
    }

    /** Goes through all from a number on. */
    DueWalk(
            Schedules schedules,
            MessageStore messages,
            WorkMeter work,
            BrokerLimits limits,
            DueBucket bucket,
            long fromSequence) {
        this(schedules, messages, work, limits, bucket, fromSequence, null, null);
    }

    /**
     * Leaves out pages that are known and not wanted.
     *
     * @param pages of earlier walks through the bucket from its begin
     */
    DueWalk(
            Schedules schedules,
            MessageStore messages,
            WorkMeter work,
            BrokerLimits limits,
            DueBucket bucket,
            DuePages pages,
            Wanted wanted) {
        this(schedules, messages, work, limits, bucket, 0, pages, wanted);
    }

    private DueWalk(
            Schedules schedules,
            MessageStore messages,
            WorkMeter work,
            BrokerLimits limits,
            DueBucket bucket,
            long fromSequence,
            DuePages pages,
            Wanted wanted) {
        this.schedules = schedules;
        this.messages = messages;
        this.work = work;
        this.bucket = bucket;
        this.key = MessageKeys.ofScheduled(bucket.number());
        this.from = Math.max(fromSequence, bucket.firstSequence());
        this.pages = pages;
        this.wanted = wanted;
        this.sequences = new long[limits.pageEntriesMax()];
        this.positions = new long[limits.pageEntriesMax()];
    }

    DueBucket bucket() {
        return bucket;
    }

    /** Whether what it goes through is still there. */
    boolean isValid() {
        return schedules.holds(bucket);
    }

    /** @return false at the end: there is nothing more in this turn */
    boolean next() {
        if (passed == found) {
            endPage();
            find();
            if (found == 0) {
                return nextRecent();
            }
        }
        message.at(key, null, sequences[passed], positions[passed]);
        passed++;
        from = message.sequence + 1;
        dueMillis = readDue(message, messages, due);
        earliestMillis = Math.min(earliestMillis, dueMillis);
        latestMillis = Math.max(latestMillis, dueMillis);
        work.add(READ_WORK);
        return true;
    }

    private void find() {
        earliestMillis = Long.MAX_VALUE;
        latestMillis = 0;
        while (pages != null && page < pages.count() && found == 0) {
            if (isWanted(page)) {
                found = find(pages.lastSequence(page));
            }
            if (found == 0) {
                from = pages.lastSequence(page) + 1;
                page++;
            }
        }
        if (found == 0) {
            found = find(schedules.findableThrough());
        }
    }

    private boolean isWanted(int known) {
        return wanted.isWithin(
                pages.earliestMillis(known),
                pages.firstSequence(known),
                pages.latestMillis(known),
                pages.lastSequence(known));
    }

    private int find(long through) {
        if (from > through) {
            return 0;
        }
        work.add(messages.findWork());
        return messages.find(key, from, through, sequences, positions);
    }

    /** What was found has been passed. */
    private void endPage() {
        if (found > 0 && pages != null && (page < pages.count() || !hasPassedRecent)) {
            if (page == pages.count()) {
                pages.add(sequences[0], sequences[found - 1], earliestMillis, latestMillis);
            }
            from = pages.lastSequence(page) + 1;
            page++;
        }
        passed = 0;
        found = 0;
    }

    /** The newest are not found by their key yet. */
    private boolean nextRecent() {
        if (bucket.lastSequence() < from) {
            return false;
        }
        RecentSchedules recent = schedules.recent();
        for (int place = recent.placeFrom(from); place < recent.end(); place++) {
            work.add(1);
            if (DueTimes.bucketOf(recent.dueMillis(place)) == bucket.number()) {
                message.at(key, null, recent.sequence(place), recent.position(place));
                from = message.sequence + 1;
                dueMillis = recent.dueMillis(place);
                hasPassedRecent = true;
                return true;
            }
        }
        return false;
    }

    /** When a message is due that is at its place. */
    static long readDue(StoredMessage message, MessageStore messages, ByteBuffer due) {
        message.payloadOffset = 0;
        messages.read(message, CommandCodec.DUE_AT, Long.BYTES, due.clear());
        return due.getLong(0);
    }

    /** Of the message that was passed last; valid until the next step. */
    StoredMessage message() {
        return message;
    }

    long dueMillis() {
        return dueMillis;
    }

    /** Whether that message is still to be published. */
    boolean isScheduled() {
        return bucket.isScheduled(dueMillis, message.sequence);
    }
}
