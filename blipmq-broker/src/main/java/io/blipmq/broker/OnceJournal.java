package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Journals messages with publish ids, each once. Owned by the core thread. {@link PublishIds} knows those that are
 * stored; here are those that are appended and not stored yet. They are local state: a duplicate is answered when its
 * first message is stored, and where a leadership ends before that, both are forgotten.
 */
final class OnceJournal {
    /** Of the memory for ids, those that are not stored yet may take this share: the log is not far behind. */
    private static final int APPENDED_SHARE = 4;

    private final BrokerState state;
    private final CommandLog log;
    private final long appendedBytesMax;
    /** The newest under each id. */
    private final Map<PublishId, PublishId> appended = new HashMap<>();
    /** Oldest first. */
    private final Deque<PublishId> inOrder = new ArrayDeque<>();

    private long appendedBytes;

    OnceJournal(BrokerState state, CommandLog log, DeduplicationOptions options) {
        this.state = state;
        this.log = log;
        this.appendedBytesMax = options.bytesMax() / APPENDED_SHARE;
    }

    /**
     * The message that one published now is a duplicate of.
     *
     * @return its number, which may not be stored yet; 0: there is none
     */
    long firstOf(PublishId id) {
        forgetStored();
        PublishId first = appended.get(id);
        if (first == null) {
            first = state.publishIds().find(id);
        }
        long windowMillis = state.settings().deduplicationMillis();
        return first != null && first.isRemembered(id.publishedMillis, windowMillis) ? first.sequence : 0;
    }

    /**
     * @param append what appends the message, and answers as {@link CommandLog} does
     * @return the message's number (positive), or a refusal
     */
    long append(PublishId id, LongSupplier append) {
        if (appendedBytes > appendedBytesMax) {
            return CommandLog.BUSY;
        }
        long sequence = append.getAsLong();
        if (sequence > 0) {
            id.sequence = sequence;
            appended.put(id, id);
            inOrder.add(id);
            appendedBytes += id.bytes();
        }
        return sequence;
    }

    private void forgetStored() {
        while (!inOrder.isEmpty() && inOrder.peek().sequence <= log.appliedSequence()) {
            PublishId id = inOrder.remove();
            appendedBytes -= id.bytes();
            if (appended.get(id) == id) {
                appended.remove(id);
            }
        }
    }
}
