package io.blipmq.broker.backlog;

import io.blipmq.broker.journal.CheckpointVisitor.LogState;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.protocol.name.TopicFilter;
import java.util.Arrays;

/**
 * Where a topic's QoS 1 messages stand in the journal, shared by its subscriptions: each reads with a cursor of its
 * own, so a fan-out to a hundred is one entry. Owned by the core thread.
 *
 * <p>The newest positions are in memory, in pages; older ones, which {@link PositionMemory} had no room for, are found
 * again in the journal by the topic's key, or by the filter. Pages that every cursor has passed are dropped. Page sizes
 * double from small to large, so that a hundred thousand quiet topics cost little and a long backlog has few pages.
 */
public final class MessageLog {
    private final byte[] key;
    private final TopicFilter filter;
    private final PositionMemory memory;
    private Page head;
    private Page tail;
    private long lastSequence;
    /** Messages up to this number are not in {@link #head} and behind it: they have to be found in the journal. */
    private long forgottenThrough;

    private long count;
    private long bytes;
    /** No message beyond this number ever expires. */
    private long expiringThrough;
    /** Where looking for a page has to go on, because it has its limits; 0: it has come to its end. */
    private long searchFrom;

    /** A run of entries. */
    static final class Page {
        /** The log that this page is in memory for; null when it was found in the journal, or has been dropped. */
        private MessageLog owner;

        private final long[] sequences;
        private final long[] positions;
        private int count;
        private Page next;
        /** Neighbours by age among all logs' pages; owned by {@link PositionMemory}. */
        Page older;

        Page newer;

        Page(int capacity) {
            this.sequences = new long[capacity];
            this.positions = new long[capacity];
        }

        int count() {
            return count;
        }

        int capacity() {
            return sequences.length;
        }

        long sequence(int slot) {
            return sequences[slot];
        }

        long position(int slot) {
            return positions[slot];
        }

        long lastSequence() {
            return sequences[count - 1];
        }

        MessageLog owner() {
            return owner;
        }

        /** The first slot at or beyond a sequence number; {@link #count} when there is none. */
        int slotFrom(long sequence) {
            int slot = Arrays.binarySearch(sequences, 0, count, sequence);
            return slot < 0 ? -slot - 1 : slot;
        }
    }

    /**
     * @param key what the journal lists this log's messages under, or a filter's text
     * @param filter of the topics that the messages are of; null: they have the key
     */
    public MessageLog(byte[] key, TopicFilter filter, PositionMemory memory) {
        this.key = key;
        this.filter = filter;
        this.memory = memory;
    }

    public byte[] key() {
        return key;
    }

    /** Of the topics that its messages are of; null: they have the key. */
    public TopicFilter filter() {
        return filter;
    }

    public void append(long sequence, long position, int payloadLength, boolean expires) {
        if (tail == null || tail.count == tail.sequences.length) {
            addPage();
        }
        tail.sequences[tail.count] = sequence;
        tail.positions[tail.count++] = position;
        lastSequence = sequence;
        expiringThrough = expires ? sequence : expiringThrough;
        count++;
        bytes += payloadLength;
    }

    /** After a start: what was appended before the checkpoint, all of which the journal can find. */
    public void restore(
            long restoredLastSequence, long restoredCount, long restoredBytes, long restoredExpiringThrough) {
        lastSequence = restoredLastSequence;
        forgottenThrough = restoredLastSequence;
        count = restoredCount;
        bytes = restoredBytes;
        expiringThrough = restoredExpiringThrough;
    }

    /** Takes the pages of a log that this one replaces, for what the journal cannot find again. */
    public void takeOver(MessageLog replaced) {
        forgottenThrough = replaced.forgottenThrough;
        head = replaced.head;
        tail = replaced.tail;
        replaced.head = null;
        replaced.tail = null;
        Page next;
        for (Page page = head; page != null; page = next) {
            next = page.next;
            replaced.memory.remove(page);
            page.owner = this;
            memory.add(page);
        }
    }

    /** Nobody reads it any more: who does later begins anew. */
    public void clear() {
        while (head != null) {
            dropHead();
        }
        restore(0, 0, 0, 0);
    }

    /** For a checkpoint. */
    public LogState state() {
        return new LogState(lastSequence, count, bytes, expiringThrough);
    }

    /** The number of the newest message, 0 before any. */
    public long lastSequence() {
        return lastSequence;
    }

    /** Messages up to this number may expire, none beyond it ever does. */
    public long expiringThrough() {
        return expiringThrough;
    }

    /** How many messages there have been. */
    public long count() {
        return count;
    }

    /** Payload bytes of all messages there have been. */
    public long bytes() {
        return bytes;
    }

    /**
     * The page that holds the first message at or beyond a sequence number; null when there is no such message, or it
     * has not been found yet: {@link #searchFrom}.
     */
    Page pageFrom(long sequence) {
        searchFrom = 0;
        if (sequence > lastSequence) {
            return null;
        }
        Page found = sequence > forgottenThrough ? null : findPage(sequence, forgottenThrough);
        return found == null && searchFrom == 0 ? pageInMemory(sequence) : found;
    }

    /** When no page was found: there is none before this number, from which the search has to go on; 0: there is none at all. */
    long searchFrom() {
        return searchFrom;
    }

    /** The page behind one that has been read to its end; {@code sequence} is beyond it. As {@link #pageFrom}. */
    Page pageAfter(Page page, long sequence) {
        boolean isNextKnown = page.owner == this && page.next != null && page.next.lastSequence() >= sequence;
        return isNextKnown ? page.next : pageFrom(sequence);
    }

    /** The message of this number; null when the journal does not hold it any more. */
    public StoredMessage find(long sequence) {
        Page page = pageFrom(sequence);
        while (page == null && searchFrom > 0 && searchFrom <= sequence) {
            page = pageFrom(searchFrom);
        }
        int slot = page == null ? 0 : page.slotFrom(sequence);
        if (page == null || slot == page.count || page.sequences[slot] != sequence) {
            return null;
        }
        StoredMessage message = new StoredMessage();
        message.at(key, filter, sequence, page.positions[slot]);
        read(message);
        return message;
    }

    public void read(StoredMessage message) {
        memory.read(message);
    }

    private Page pageInMemory(long sequence) {
        Page page = tail == null || sequence <= tail.sequences[0] ? head : tail;
        while (page != null && page.lastSequence() < sequence) {
            page = page.next;
        }
        return page;
    }

    private Page findPage(long from, long through) {
        Page page = new Page(memory.pageEntriesMax());
        page.count = memory.find(key, filter, from, through, page.sequences, page.positions);
        if (page.count == 0 && filter != null && memory.searchedThrough() < through) {
            searchFrom = memory.searchedThrough() + 1;
        }
        return page.count == 0 ? null : page;
    }

    /** Forgets pages below a sequence number that every cursor has reached. */
    public void trimBefore(long sequence) {
        long end = memory.forgettableBefore(sequence);
        while (head != null && head.lastSequence() < end) {
            dropHead();
        }
    }

    /** Forgets the oldest page; who still needs it finds its entries in the journal. */
    public void dropHead() {
        Page dropped = head;
        forgottenThrough = dropped.lastSequence();
        head = dropped.next;
        if (head == null) {
            tail = null;
        }
        dropped.next = null;
        dropped.owner = null;
        memory.remove(dropped);
    }

    private void addPage() {
        int capacity =
                tail == null ? memory.pageEntriesMin() : Math.min(tail.sequences.length * 2, memory.pageEntriesMax());
        Page page = new Page(capacity);
        page.owner = this;
        memory.add(page);
        if (tail == null) {
            head = page;
        } else {
            tail.next = page;
        }
        tail = page;
    }
}
