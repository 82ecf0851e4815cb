package io.blipmq.broker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages of a topic on their way to subscriptions that may lose them: one copy each, and a {@link Cursor} per
 * subscription. Owned by the core thread.
 *
 * <p>Messages are numbered from 0. A chunk is given back when no cursor stands in it any more, and all of them as soon as
 * every cursor has read everything, so a quiet topic holds no memory. A cursor that falls more than
 * {@code messagesMax} behind loses the oldest, as does one whose chunk has to give way to the memory budget; the losses
 * are counted.
 */
final class LiveLog {
    private final LiveMemory memory;
    private final int messagesMax;
    private final BrokerCounters counters;
    private final List<Cursor> cursors = new ArrayList<>(1);
    private LiveChunk head;
    private LiveChunk tail;
    private long endNumber;
    /** Cursors that have read everything; when all have, the chunks go back. */
    private int caughtUp;

    LiveLog(LiveMemory memory, int messagesMax, BrokerCounters counters) {
        this.memory = memory;
        this.messagesMax = messagesMax;
        this.counters = counters;
    }

    /** Where one subscription reads. A cursor without a chunk stands at the log's start, or at its end when empty. */
    final class Cursor {
        private LiveChunk chunk;
        private int offset;
        private long number;

        boolean hasNext() {
            return number < endNumber;
        }

        /** How many messages wait. */
        long backlog() {
            return endNumber - number;
        }

        /** The number of the topic's newest QoS 1 message when the next message arrived: what comes before it. */
        long nextArrivedAfter() {
            settleIn();
            return chunk.arrivedAfter(offset);
        }

        /** Delivers the next message. */
        void deliverNext(DeliverySink sink, byte[] topic) {
            settleIn();
            int length = chunk.payloadLength(offset);
            sink.deliver(0, 0, topic, length).put(chunk.bytes, offset + LiveChunk.ENTRY_HEADER_BYTES, length);
            advance();
        }

        /** Makes {@link #chunk} and {@link #offset} stand at the next message, dropping what is too far behind. */
        private void settleIn() {
            assert hasNext();
            resolve();
            long dropped = 0;
            while (endNumber - number > messagesMax) {
                advance();
                resolve();
                dropped++;
            }
            if (dropped > 0) {
                counters.add(BrokerMetric.DROPPED_QUEUE_FULL, dropped);
            }
        }

        private void resolve() {
            if (chunk == null) {
                chunk = head;
                offset = 0;
            }
            while (offset == chunk.used && chunk.next != null) {
                moveTo(chunk.next);
            }
        }

        private void advance() {
            offset = chunk.nextOffset(offset);
            number++;
            if (number == endNumber) {
                caughtUp++;
                releaseIfAllRead();
            }
        }

        private void moveTo(LiveChunk target) {
            LiveChunk left = chunk;
            chunk = target;
            offset = 0;
            number = Math.max(number, target.firstNumber);
            target.cursors++;
            left.cursors--;
            releasePassedChunks();
        }

        /** The subscription no longer reads. */
        void close() {
            cursors.remove(this);
            if (number == endNumber) {
                caughtUp--;
            }
            if (head != null) {
                (chunk == null ? head : chunk).cursors--;
                releasePassedChunks();
                releaseIfAllRead();
            }
        }
    }

    /** A reader of all messages that arrive from now on. */
    Cursor open() {
        Cursor cursor = new Cursor();
        cursor.number = endNumber;
        if (tail != null) {
            cursor.chunk = tail;
            cursor.offset = tail.used;
            tail.cursors++;
        }
        cursors.add(cursor);
        caughtUp++;
        return cursor;
    }

    boolean hasReaders() {
        return !cursors.isEmpty();
    }

    /** Takes a message in for all readers; nothing is kept when there are none. */
    void append(ByteBuffer source, int offset, int length, long arrivedAfter) {
        if (cursors.isEmpty()) {
            return;
        }
        if (tail == null || !tail.hasRoom(length)) {
            addChunk(length);
        }
        tail.append(source, offset, length, arrivedAfter);
        endNumber++;
        caughtUp = 0;
    }

    private void addChunk(int payloadLength) {
        LiveChunk chunk = memory.take(this, LiveChunk.ENTRY_HEADER_BYTES + payloadLength, endNumber);
        if (tail == null) {
            head = chunk;
            chunk.cursors = cursors.size();
        } else {
            tail.next = chunk;
            dropBeyondLimit();
        }
        tail = chunk;
    }

    /** Gives back chunks that hold nothing but messages beyond every reader's limit. */
    private void dropBeyondLimit() {
        while (head.next != null && endNumber - head.next.firstNumber >= messagesMax) {
            dropOldestChunk();
        }
    }

    /** Drops the oldest chunk, with what its readers have not read. */
    void dropOldestChunk() {
        LiveChunk dropped = head;
        long end = dropped.firstNumber + dropped.count;
        long lost = 0;
        for (Cursor cursor : cursors) {
            if (cursor.chunk == null || cursor.chunk == dropped) {
                lost += end - cursor.number;
                if (cursor.number < end && end == endNumber) {
                    caughtUp++;
                }
                cursor.number = end;
                cursor.chunk = dropped.next;
                cursor.offset = 0;
                if (dropped.next != null) {
                    dropped.next.cursors++;
                }
            }
        }
        counters.add(BrokerMetric.DROPPED_QUEUE_FULL, lost);
        head = dropped.next;
        if (head == null) {
            tail = null;
        }
        memory.giveBack(dropped);
    }

    private void releasePassedChunks() {
        while (head != tail && head.cursors == 0) {
            LiveChunk passed = head;
            head = passed.next;
            memory.giveBack(passed);
        }
    }

    private void releaseIfAllRead() {
        if (caughtUp < cursors.size() || head == null) {
            return;
        }
        for (LiveChunk chunk = head; chunk != null; ) {
            LiveChunk next = chunk.next;
            memory.giveBack(chunk);
            chunk = next;
        }
        head = null;
        tail = null;
        for (Cursor cursor : cursors) {
            cursor.chunk = null;
        }
    }
}
