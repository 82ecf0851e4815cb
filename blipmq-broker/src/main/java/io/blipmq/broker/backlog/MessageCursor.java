package io.blipmq.broker.backlog;

import io.blipmq.broker.journal.StoredMessage;

/**
 * Where one subscription reads a {@link MessageLog}: everything before it has been passed, everything from it on waits.
 * Owned by the core thread.
 *
 * <p>It stands at a sequence number, not at an index, so it can be kept in a checkpoint and does not care which messages
 * before or behind it are still in the journal.
 */
public final class MessageCursor {
    private final MessageLog messages;
    private final Runnable beforeChange;
    private final SettledAhead settledAhead = new SettledAhead();

    /** The next message is the first one at or beyond this number. */
    private long nextSequence;

    private long passedCount;
    private long passedBytes;
    /** The newest message of this log that is settled; before any, the one before the first. Readers do not move it. */
    private long settledThrough;

    /** The message at the cursor as {@link #isAtEnd} found it. */
    private MessageLog.Page page;

    private int slot;
    /** Whether the message at the cursor is still being looked for. */
    private boolean searching;
    /** Its record, once it has been read. */
    private final StoredMessage head = new StoredMessage();

    /** @param beforeChange is told before it moves, or a message is settled ahead of it */
    public MessageCursor(MessageLog messages, Runnable beforeChange) {
        this.messages = messages;
        this.beforeChange = beforeChange;
    }

    /** Stands at the end of the messages that there are; the next one will have {@code firstSequence} or a higher number. */
    public void start(long firstSequence) {
        restore(firstSequence, messages.count(), messages.bytes());
    }

    /** After a start: where the last checkpoint saw it. */
    public void restore(long restoredNextSequence, long restoredPassedCount, long restoredPassedBytes) {
        nextSequence = restoredNextSequence;
        settledThrough = restoredNextSequence - 1;
        passedCount = restoredPassedCount;
        passedBytes = restoredPassedBytes;
    }

    /**
     * Whether no message waits, or it has not been found yet: {@link #isSearching}. Unless it says so, the methods below tell
     * about the message at the cursor.
     */
    public boolean isAtEnd() {
        searching = false;
        if (nextSequence > messages.lastSequence()) {
            return true;
        }
        if (page == null || slot == page.count()) {
            page = page == null ? messages.pageFrom(nextSequence) : messages.pageAfter(page, nextSequence);
            if (page == null) {
                searching = messages.searchFrom() > 0;
                if (searching) {
                    skipTo(messages.searchFrom());
                } else {
                    reachEnd();
                }
                return true;
            }
            slot = page.slotFrom(nextSequence);
        }
        return false;
    }

    /** Whether {@link #isAtEnd} has just said so although there may be a message: asking again goes on looking for it. */
    public boolean isSearching() {
        return searching;
    }

    /** There is no message before this number. */
    private void skipTo(long sequence) {
        beforeChange.run();
        passSettledBelow(sequence);
        nextSequence = sequence;
    }

    /** Whether a message from here on may expire. Where none does, nobody need look. */
    public boolean mayExpire() {
        return nextSequence <= messages.expiringThrough();
    }

    /** The number of the message at the cursor. */
    public long sequence() {
        return page.sequence(slot);
    }

    /** What its record says; valid until the cursor moves. */
    public StoredMessage message() {
        if (head.sequence != sequence()) {
            head.at(messages.key(), messages.filter(), sequence(), page.position(slot));
            messages.read(head);
        }
        return head;
    }

    /** Moves behind the message at the cursor. */
    public void pass() {
        beforeChange.run();
        long sequence = sequence();
        if (!isSettled()) {
            assert head.sequence == sequence : "message " + sequence + " is passed without having been read";
            passedBytes += head.payloadLength;
            passedCount++;
        }
        passSettledBelow(sequence + 1);
        nextSequence = sequence + 1;
        slot++;
        if (nextSequence > messages.lastSequence()) {
            reachEnd();
        }
    }

    /** Whether the cursor has just moved off a page, so that the page may not be needed any more. */
    public boolean hasLeftPage() {
        return page != null && slot == page.count();
    }

    /** Settled messages are passed without being read, those that are not in the journal any more with the others. */
    private void passSettledBelow(long sequence) {
        int count = settledAhead.count();
        if (count == 0) {
            return;
        }
        long bytes = settledAhead.bytes();
        settledAhead.passBelow(sequence);
        passedBytes += bytes - settledAhead.bytes();
        passedCount += count - settledAhead.count();
    }

    /** Here the counts are known exactly, whatever was passed without being read or has left the journal. */
    private void reachEnd() {
        beforeChange.run();
        nextSequence = Math.max(nextSequence, messages.lastSequence() + 1);
        settledAhead.passBelow(nextSequence);
        passedCount = messages.count();
        passedBytes = messages.bytes();
    }

    /** Replay: a message that was settled before the restart does not come back. */
    public void settleAhead(long tag, int payloadLength) {
        if (tag >= nextSequence) {
            beforeChange.run();
            settledAhead.add(tag, payloadLength);
        }
    }

    /** A message of this log is settled by a command. */
    public void onSettled(long tag) {
        settledThrough = Math.max(settledThrough, tag);
    }

    public long settledThrough() {
        return settledThrough;
    }

    /** Whether a message is beyond the cursor and not settled. */
    public boolean isWaitingFor(long tag) {
        return tag >= nextSequence && !settledAhead.contains(tag);
    }

    /** Whether the message at the cursor is settled already. */
    public boolean isSettled() {
        return settledAhead.contains(sequence());
    }

    public long nextSequence() {
        return nextSequence;
    }

    public long passedCount() {
        return passedCount;
    }

    public long passedBytes() {
        return passedBytes;
    }

    public SettledAhead settledAhead() {
        return settledAhead;
    }

    /** Messages that wait and are not settled. */
    public long waitingCount() {
        return messages.count() - passedCount - settledAhead.count();
    }

    /** Bytes of their payloads. */
    public long waitingBytes() {
        return messages.bytes() - passedBytes - settledAhead.bytes();
    }
}
