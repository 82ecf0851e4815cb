package io.blipmq.broker.memory;

import io.blipmq.broker.message.MessageView;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/**
 * Messages on their way to subscriptions that take them from memory: one copy each, and a {@link MemoryCursor} per
 * subscription. Owned by the core thread. A stream has two: its QoS 0 messages for durable subscriptions, and all its
 * messages for those at QoS 0.
 *
 * <p>Messages are numbered from 0. A chunk is given back when no cursor stands in it any more, and all of them as soon as
 * every cursor has read everything, so a quiet topic holds no memory. A cursor that falls more than
 * {@code messagesMax} behind loses the oldest, as does one whose chunk has to give way to the memory budget; the losses
 * are counted.
 */
public final class MemoryLog {
    private final MessageMemory memory;
    private final int messagesMax;
    private final boolean severalTopics;
    private final LongConsumer onLost;
    private final SwapRemoveList<MemoryCursor> cursors = new SwapRemoveList<>();
    /** Chunks' numbers; {@link MemoryChunk#NONE} in an empty log. */
    private int head = MemoryChunk.NONE;

    private int tail = MemoryChunk.NONE;
    private long endNumber;
    /** Cursors that have read everything; when all have, the chunks go back. */
    private int caughtUp;

    /**
     * @param severalTopics whether its messages are of several topics, which are kept with them
     * @param onLost is told how many messages a reader has lost
     */
    public MemoryLog(MessageMemory memory, int messagesMax, boolean severalTopics, LongConsumer onLost) {
        this.severalTopics = severalTopics;
        this.memory = memory;
        this.messagesMax = messagesMax;
        this.onLost = onLost;
    }

    /** A reader of all messages that arrive from now on. */
    public MemoryCursor open() {
        MemoryCursor cursor = new MemoryCursor(this, endNumber);
        if (tail != MemoryChunk.NONE) {
            MemoryChunk last = chunk(tail);
            last.closeRun();
            cursor.enter(last, last.used);
        }
        cursors.add(cursor);
        caughtUp++;
        return cursor;
    }

    public int readerCount() {
        return cursors.size();
    }

    boolean isOfSeveralTopics() {
        return severalTopics;
    }

    public int messagesMax() {
        return messagesMax;
    }

    // --- messages come ---

    /**
     * Takes a message in for all readers; nothing is kept when there are none.
     *
     * @param arrivedAfter the number of the topic's newest QoS 1 message, for readers that have to know
     */
    public void append(MessageView message, long arrivedAfter) {
        if (cursors.isEmpty()) {
            return;
        }
        long publishedMillis = message.publishedMillis();
        int contentBytes = message.contentBytes();
        int entryBytes = EntryLayout.HEADER_BYTES + contentBytes;
        int nameBytes = beginName(message.buffer(), message.topicOffset(), message.topicLength());
        MemoryChunk last = prepare(entryBytes, entryBytes, nameBytes, publishedMillis, arrivedAfter);
        int offset = last.extend(publishedMillis, arrivedAfter, nameBytes, 1, entryBytes);
        if (severalTopics) {
            last.name(message.buffer(), message.topicOffset(), message.topicLength());
        }
        last.putInt(offset, message.entryLength());
        last.put(offset + EntryLayout.HEADER_BYTES, message.buffer(), message.contentOffset(), contentBytes);
        endNumber++;
        caughtUp = 0;
    }

    /** Takes whole entries in for all readers, as {@link #append} does a message. */
    public void appendEntries(PublishBatch batch, long publishedMillis, long arrivedAfter) {
        if (cursors.isEmpty()) {
            return;
        }
        ByteBuffer source = batch.buffer();
        int end = batch.entriesEnd();
        int at = batch.entriesOffset();
        int left = batch.count();
        int nameBytes = beginName(source, batch.topicOffset(), batch.topicLength());
        while (at < end) {
            int entryBytes = EntryLayout.bytesAt(source, at);
            MemoryChunk last = prepare(entryBytes, end - at, nameBytes, publishedMillis, arrivedAfter);
            int room = last.room(publishedMillis, arrivedAfter, nameBytes);
            int taken = left;
            int takenEnd = end;
            if (end - at > room) {
                taken = 0;
                takenEnd = at;
                for (int next = at + EntryLayout.bytesAt(source, at);
                        next - at <= room;
                        next += EntryLayout.bytesAt(source, next)) {
                    takenEnd = next;
                    taken++;
                }
            }
            int to = last.extend(publishedMillis, arrivedAfter, nameBytes, taken, takenEnd - at);
            if (severalTopics) {
                last.name(source, batch.topicOffset(), batch.topicLength());
            }
            last.put(to, source, at, takenEnd - at);
            at = takenEnd;
            left -= taken;
            endNumber += taken;
            caughtUp = 0;
        }
    }

    /**
     * What comes next is of this topic: it begins a new run when the newest one is of another.
     *
     * @return what the name takes in a run
     */
    private int beginName(ByteBuffer name, int offset, int length) {
        if (!severalTopics) {
            return 0;
        }
        if (tail != MemoryChunk.NONE && !chunk(tail).isLastRunOf(name, offset, length)) {
            chunk(tail).closeRun();
        }
        return Short.BYTES + length;
    }

    /** @return the last chunk, which has room for an entry at least */
    private MemoryChunk prepare(
            int entryBytes, int bytesWanted, int nameBytes, long publishedMillis, long arrivedAfter) {
        boolean empty = tail == MemoryChunk.NONE;
        if (!empty) {
            MemoryChunk last = chunk(tail);
            if (last.room(publishedMillis, arrivedAfter, nameBytes) >= entryBytes) {
                return last;
            }
        }
        int header = MemoryChunk.RUN_HEADER_BYTES + nameBytes;
        MemoryChunk chunk = memory.take(this, header + entryBytes, header + bytesWanted, empty, endNumber);
        if (tail == MemoryChunk.NONE) {
            head = chunk.id;
            chunk.cursors = cursors.size();
        } else {
            chunk(tail).next = chunk.id;
            dropBeyondLimit();
        }
        tail = chunk.id;
        return chunk;
    }

    // --- and go ---

    /** Gives back chunks that hold nothing but messages beyond every reader's limit. */
    private void dropBeyondLimit() {
        for (int next = chunk(head).next;
                next != MemoryChunk.NONE && endNumber - chunk(next).firstNumber >= messagesMax;
                next = chunk(head).next) {
            dropOldestChunk();
        }
    }

    /** Drops the oldest chunk, with what its readers have not read. */
    public void dropOldestChunk() {
        MemoryChunk dropped = chunk(head);
        long end = dropped.firstNumber + dropped.count;
        long lost = 0;
        for (MemoryCursor cursor : cursors) {
            if (cursor.standsIn(head)) {
                long unread = cursor.leaveDropped(dropped.next, end);
                if (unread > 0 && end == endNumber) {
                    caughtUp++;
                }
                lost += unread;
            }
        }
        countLost(lost);
        head = dropped.next;
        if (head == MemoryChunk.NONE) {
            tail = MemoryChunk.NONE;
        }
        memory.giveBack(dropped);
    }

    public void countLost(long messages) {
        if (messages > 0) {
            onLost.accept(messages);
        }
    }

    // --- for the cursors ---

    public MemoryChunk chunk(int id) {
        return memory.at(id);
    }

    public int head() {
        return head;
    }

    public long endNumber() {
        return endNumber;
    }

    /** A cursor has just read the last message. */
    public void onCaughtUp() {
        caughtUp++;
        releaseIfAllRead();
    }

    /** A cursor has left a chunk. */
    public void releasePassedChunks() {
        while (head != tail && chunk(head).cursors == 0) {
            MemoryChunk passed = chunk(head);
            head = passed.next;
            memory.giveBack(passed);
        }
    }

    public void close(MemoryCursor cursor, boolean wasCaughtUp) {
        cursors.remove(cursor);
        if (wasCaughtUp) {
            caughtUp--;
        }
        if (head != MemoryChunk.NONE) {
            cursor.leave();
            releasePassedChunks();
            releaseIfAllRead();
        }
    }

    private void releaseIfAllRead() {
        if (caughtUp < cursors.size() || head == MemoryChunk.NONE) {
            return;
        }
        for (int id = head; id != MemoryChunk.NONE; ) {
            MemoryChunk read = chunk(id);
            id = read.next;
            memory.giveBack(read);
        }
        head = MemoryChunk.NONE;
        tail = MemoryChunk.NONE;
        for (MemoryCursor cursor : cursors) {
            cursor.onReleased();
        }
    }
}
