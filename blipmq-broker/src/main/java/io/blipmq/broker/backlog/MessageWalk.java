package io.blipmq.broker.backlog;

import io.blipmq.broker.journal.StoredMessage;

/**
 * Goes through the messages of a {@link MessageLog} from a number on, settled or not. Owned by the core thread. Between two
 * steps the log may change.
 */
public final class MessageWalk {
    /** The answer of {@link #next} at the end. */
    public static final long NONE = 0;
    /** The answer of {@link #next} while it is still looking for the message: it is to be asked again. */
    public static final long SEARCHING = -1;

    private final MessageLog messages;
    private long from;
    private MessageLog.Page page;
    private int slot;

    public MessageWalk(MessageLog messages, long from) {
        this.messages = messages;
        this.from = from;
    }

    /** Where it goes on: the messages that come next have this number or a higher one. */
    public long from() {
        return from;
    }

    /** Leaves out what is before a number. */
    public void skipTo(long sequence) {
        from = Math.max(from, sequence);
    }

    /** @return the number of the next message, which it passes; or {@link #NONE}, or {@link #SEARCHING} */
    public long next() {
        if (page == null || page.count() == 0 || page.lastSequence() < from) {
            page = messages.pageFrom(from);
            if (page == null && messages.searchFrom() > 0) {
                from = messages.searchFrom();
                return SEARCHING;
            }
        }
        slot = page == null ? 0 : page.slotFrom(from);
        if (page == null || slot == page.count()) {
            return NONE;
        }
        from = page.sequence(slot) + 1;
        return from - 1;
    }

    /** Reads the message that {@link #next} has just passed. */
    public StoredMessage read() {
        StoredMessage message = new StoredMessage();
        message.at(messages.key(), messages.filter(), from - 1, page.position(slot));
        messages.read(message);
        return message;
    }
}
