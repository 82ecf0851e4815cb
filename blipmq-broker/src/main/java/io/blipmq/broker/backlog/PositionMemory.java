package io.blipmq.broker.backlog;

import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.protocol.name.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The memory of all {@link MessageLog}s' pages, within one budget. Owned by the core thread.
 *
 * <p>When the budget is exceeded the oldest page of all gives way, provided that the journal can find its entries again;
 * that is so for everything but the log's newest segment, so the budget is exceeded by a segment's entries at most.
 */
public final class PositionMemory {
    private final long entriesMax;
    private final int pageEntriesMin;
    private final int pageEntriesMax;
    private final LongConsumer work;
    private final Consumer<StoredMessage> moveTimes;
    /** Those with positions that may be passed by all who read them. */
    private final List<Trimmable> toTrim = new ArrayList<>();

    private MessageStore messages;
    private boolean keepsForRebuild;
    private MessageLog.Page oldest;
    private MessageLog.Page newest;
    private long entries;

    /** What holds positions that its readers pass. */
    public abstract static class Trimmable {
        private boolean trimming;

        /** Forgets positions that every reader has passed. */
        public abstract void trimNow();
    }

    /**
     * @param entriesMax positions of 16 bytes each
     * @param pageEntriesMin positions in a log's first page
     * @param pageEntriesMax positions in the pages of a long one
     * @param work counts what finding positions costs
     * @param moveTimes makes of the times that a record has what they are to be understood as now
     */
    public PositionMemory(
            long entriesMax,
            int pageEntriesMin,
            int pageEntriesMax,
            LongConsumer work,
            Consumer<StoredMessage> moveTimes) {
        this.entriesMax = entriesMax;
        this.pageEntriesMin = pageEntriesMin;
        this.pageEntriesMax = pageEntriesMax;
        this.work = work;
        this.moveTimes = moveTimes;
    }

    public int pageEntriesMin() {
        return pageEntriesMin;
    }

    public int pageEntriesMax() {
        return pageEntriesMax;
    }

    public void messages(MessageStore newMessages) {
        messages = newMessages;
    }

    /** From now on cursors may go back, to before what was delivered and is not settled. */
    public void keepForRebuild() {
        keepsForRebuild = true;
    }

    /** Positions below this number need not be kept when all cursors have reached one. */
    public long forgettableBefore(long sequence) {
        return keepsForRebuild ? Math.min(sequence, messages.findableThrough() + 1) : sequence;
    }

    /** Finds positions that are not in memory, as {@link MessageStore#find}. */
    public int find(byte[] key, TopicFilter filter, long from, long through, long[] sequences, long[] positions) {
        work.accept(messages.findWork());
        return filter == null
                ? messages.find(key, from, through, sequences, positions)
                : messages.find(filter, from, through, sequences, positions);
    }

    /** As {@link MessageStore#searchedThrough}. */
    public long searchedThrough() {
        return messages.searchedThrough();
    }

    /** Reads what a message's record says, as {@link MessageStore#readMessage}; its times as they are to be understood now. */
    public void read(StoredMessage message) {
        messages.readMessage(message);
        moveTimes.accept(message);
    }

    public void add(MessageLog.Page page) {
        entries += page.capacity();
        page.older = newest;
        if (newest == null) {
            oldest = page;
        } else {
            newest.newer = page;
        }
        newest = page;
        shrink();
    }

    public void remove(MessageLog.Page page) {
        entries -= page.capacity();
        if (page.older == null) {
            oldest = page.newer;
        } else {
            page.older.newer = page.newer;
        }
        if (page.newer == null) {
            newest = page.older;
        } else {
            page.newer.older = page.older;
        }
        page.older = null;
        page.newer = null;
    }

    /** Lets the next {@link #trim} look at one. */
    public void trimLater(Trimmable holder) {
        if (!holder.trimming) {
            holder.trimming = true;
            toTrim.add(holder);
        }
    }

    /** Once a turn: forgets what everybody has passed. */
    public void trim() {
        for (Trimmable holder : toTrim) {
            holder.trimming = false;
            holder.trimNow();
        }
        toTrim.clear();
    }

    private void shrink() {
        while (entries > entriesMax
                && oldest != newest
                && messages != null
                && oldest.lastSequence() <= messages.findableThrough()) {
            oldest.owner().dropHead();
        }
    }
}
