package io.blipmq.broker;

/**
 * Where one subscription reads a {@link MessageLog}: everything before it has been passed, everything from it on waits.
 * Owned by the core thread.
 *
 * <p>It stands at a sequence number, not at an index, so it can be kept in a checkpoint and does not care which messages
 * before or behind it are still in the journal.
 */
final class MessageCursor {
    private final MessageLog messages;
    private final SettledAhead settledAhead = new SettledAhead();

    /** The next message is the first one at or beyond this number. */
    private long nextSequence;

    private long passedCount;
    private long passedBytes;

    /** The message at the cursor as {@link #isAtEnd} found it. */
    private MessageLog.Page page;

    private int slot;
    /** Its record, once it has been read. */
    private final StoredMessage head = new StoredMessage();

    /** Stands at the end of {@code messages}, whose next one will have {@code firstSequence} or a higher number. */
    MessageCursor(MessageLog messages, long firstSequence) {
        this.messages = messages;
        this.nextSequence = firstSequence;
        this.passedCount = messages.count();
        this.passedBytes = messages.bytes();
    }

    /** After a start: where the last checkpoint saw it. */
    void restore(long restoredNextSequence, long restoredPassedCount, long restoredPassedBytes) {
        nextSequence = restoredNextSequence;
        passedCount = restoredPassedCount;
        passedBytes = restoredPassedBytes;
    }

    /** Whether no message waits. Unless it says so, the methods below tell about the message at the cursor. */
    boolean isAtEnd() {
        if (nextSequence > messages.lastSequence()) {
            return true;
        }
        if (page == null || slot == page.count()) {
            page = messages.pageFrom(nextSequence);
            if (page == null) {
                reachEnd();
                return true;
            }
            slot = page.slotFrom(nextSequence);
        }
        return false;
    }

    /** The number of the message at the cursor. */
    long sequence() {
        return page.sequence(slot);
    }

    /** What its record says; valid until the cursor moves. */
    StoredMessage message(Journal journal) {
        if (head.sequence != sequence()) {
            head.at(messages.key(), sequence(), page.position(slot));
            journal.readMessage(head);
        }
        return head;
    }

    /** Moves behind the message at the cursor. */
    void pass() {
        long sequence = sequence();
        passGone(sequence);
        settledAhead.passBelow(sequence + 1);
        passedBytes += head.sequence == sequence ? head.payloadLength : averageBytes();
        passedCount++;
        nextSequence = sequence + 1;
        slot++;
        if (nextSequence > messages.lastSequence()) {
            reachEnd();
        }
    }

    /** Whether the cursor has just moved off a page, so that the page may not be needed any more. */
    boolean hasLeftPage() {
        return page != null && slot == page.count();
    }

    /** What a message that is passed without being read is taken to have. */
    private long averageBytes() {
        long count = messages.count() - passedCount;
        return count == 0 ? 0 : (messages.bytes() - passedBytes) / count;
    }

    /** Settled messages on the way to this one that are not in the journal any more have been passed, too. */
    private void passGone(long sequence) {
        int gone = settledAhead.passBelow(sequence);
        passedBytes += gone * averageBytes();
        passedCount += gone;
    }

    /** Here the counts are known exactly, whatever was passed without being read or has left the journal. */
    private void reachEnd() {
        nextSequence = Math.max(nextSequence, messages.lastSequence() + 1);
        settledAhead.passBelow(nextSequence);
        passedCount = messages.count();
        passedBytes = messages.bytes();
    }

    /** Replay: a message that was settled before the restart does not come back. */
    void settleAhead(long tag) {
        if (tag >= nextSequence) {
            settledAhead.add(tag);
        }
    }

    /** Whether a message is beyond the cursor and not settled. */
    boolean isWaitingFor(long tag) {
        return tag >= nextSequence && !settledAhead.contains(tag);
    }

    /** Whether the message at the cursor is settled already. */
    boolean isSettled() {
        return settledAhead.contains(sequence());
    }

    long nextSequence() {
        return nextSequence;
    }

    long passedCount() {
        return passedCount;
    }

    long passedBytes() {
        return passedBytes;
    }

    SettledAhead settledAhead() {
        return settledAhead;
    }

    /** Messages that wait and are not settled. */
    long waitingCount() {
        return messages.count() - passedCount - settledAhead.count();
    }

    /** Bytes of their payloads; settled ones among them are taken to have the average. */
    long waitingBytes() {
        return messages.bytes() - passedBytes - settledAhead.count() * averageBytes();
    }
}
