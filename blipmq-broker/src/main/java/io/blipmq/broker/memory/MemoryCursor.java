package io.blipmq.broker.memory;

import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;

/**
 * Where one subscription reads a {@link MemoryLog}. Owned by the core thread. Without a chunk it stands at the log's start,
 * or at its end when the log is empty.
 */
public final class MemoryCursor extends SwapRemoveList.Item {
    private final MemoryLog log;
    /** A number, or {@link MemoryChunk#NONE}. */
    private int chunk = MemoryChunk.NONE;
    /** Where the run begins that it stands in, and how many of its messages have been read. */
    private int run;

    private int runRead;
    /** Of the next entry, unless the run has been read. */
    private int offset;

    private long number;

    public MemoryCursor(MemoryLog log, long number) {
        this.log = log;
        this.number = number;
    }

    public boolean hasNext() {
        return number < log.endNumber();
    }

    /** How many messages wait; what is too far behind does not any more. */
    public long backlog() {
        return Math.min(unread(), log.messagesMax());
    }

    private long unread() {
        return log.endNumber() - number;
    }

    /** When the next message was published. */
    public long nextPublishedMillis() {
        return settleIn().publishedMillis(run);
    }

    /**
     * Drops what was published at a time or before.
     *
     * @return how many messages
     */
    public long dropThrough(long millis) {
        long dropped = 0;
        while (hasNext()) {
            MemoryChunk at = settleIn();
            if (at.publishedMillis(run) > millis) {
                break;
            }
            int left = at.count(run) - runRead;
            dropped += left;
            advance(left, at.end(run));
        }
        return dropped;
    }

    /** The number of the topic's newest QoS 1 message when the next message arrived: what comes before it. */
    public long nextArrivedAfter() {
        return settleIn().arrivedAfter(run);
    }

    /** Bytes of the next message without its properties. */
    public int nextPayloadBytes() {
        return settleIn().getInt(offset) & EntryLayout.BODY_LENGTH_MASK;
    }

    /** Copies the next message without its properties to a buffer's position. */
    public void takeNext(ByteBuffer target) {
        MemoryChunk at = settleIn();
        int length = at.getInt(offset) & EntryLayout.BODY_LENGTH_MASK;
        int end = offset + EntryLayout.bytesAt(at.bytes, offset);
        target.put(at.bytes, end - length, length);
        advance(1, end);
    }

    /**
     * Pushes messages that were published together, as one piece.
     *
     * @param to takes one message at least
     * @param countMax at least 1
     * @return how many, at least 1
     */
    public int push(EntrySink to, long countMax) {
        MemoryChunk at = settleIn();
        int left = at.count(run) - runRead;
        int count = left <= countMax ? left : (int) countMax;
        if (to.creditBytes() != Long.MAX_VALUE) {
            count = countWithin(at, count, to.creditBytes());
        }
        int end = count == left ? at.end(run) : walk(at, count);
        if (at.isNamed()) {
            to.ofTopic(at.buffer, at.nameOffset(run), at.nameLength(run));
        }
        to.takeEntries(at.publishedMillis(run), at.buffer, offset, end - offset, count);
        advance(count, end);
        return count;
    }

    /** How many of the next entries begin before so many bytes of bodies and properties are spent. */
    private int countWithin(MemoryChunk at, int countMax, long bytes) {
        int count = 0;
        int next = offset;
        long left = bytes;
        while (count < countMax && left > 0) {
            int end = next + EntryLayout.bytesAt(at.bytes, next);
            left -= EntryLayout.contentBytes(at.buffer, next, end);
            next = end;
            count++;
        }
        return count;
    }

    /** The subscription no longer reads. */
    public void close() {
        log.close(this, number == log.endNumber());
    }

    // --- its place ---

    /** Makes it stand at the next message, dropping what is too far behind. */
    private MemoryChunk settleIn() {
        assert hasNext();
        MemoryChunk at = resolve();
        long tooMany = unread() - log.messagesMax();
        return tooMany > 0 ? drop(at, tooMany) : at;
    }

    private MemoryChunk drop(MemoryChunk first, long count) {
        MemoryChunk at = first;
        long left = count;
        while (left > 0) {
            int inRun = at.count(run) - runRead;
            if (inRun <= left) {
                left -= inRun;
                advance(inRun, at.end(run));
            } else {
                advance((int) left, walk(at, (int) left));
                left = 0;
            }
            at = resolve();
        }
        log.countLost(count);
        return at;
    }

    /** Where so many entries, fewer than the run still has, end. */
    private int walk(MemoryChunk at, int count) {
        int end = offset;
        for (int i = 0; i < count; i++) {
            end += EntryLayout.bytesAt(at.bytes, end);
        }
        return end;
    }

    /** @return the chunk that it stands in, at its next message if there is one */
    private MemoryChunk resolve() {
        if (chunk == MemoryChunk.NONE) {
            chunk = log.head();
            enterRun(0);
        }
        MemoryChunk at = log.chunk(chunk);
        while (at.used == run || runRead == at.count(run)) {
            if (run < at.used && at.end(run) < at.used) {
                enterRun(at.end(run));
            } else if (at.next != MemoryChunk.NONE) {
                at = moveTo(at, log.chunk(at.next));
            } else {
                break;
            }
        }
        if (runRead == 0 && at.isNamed() && run < at.used) {
            offset = at.entries(run);
        }
        return at;
    }

    private void enterRun(int newRun) {
        run = newRun;
        runRead = 0;
        offset = newRun + MemoryChunk.RUN_HEADER_BYTES;
    }

    private void advance(int count, int end) {
        offset = end;
        runRead += count;
        number += count;
        if (number == log.endNumber()) {
            log.onCaughtUp();
        }
    }

    private MemoryChunk moveTo(MemoryChunk left, MemoryChunk target) {
        chunk = target.id;
        enterRun(0);
        number = Math.max(number, target.firstNumber);
        target.cursors++;
        left.cursors--;
        log.releasePassedChunks();
        return target;
    }

    // --- called by the log ---

    /** Stands at the end of a chunk, where the next run begins or the newest one goes on. */
    public void enter(MemoryChunk newChunk, int newRun) {
        chunk = newChunk.id;
        enterRun(newRun);
        newChunk.cursors++;
    }

    public boolean standsIn(int oldest) {
        return chunk == MemoryChunk.NONE || chunk == oldest;
    }

    /**
     * The oldest chunk is dropped, and this stood in it.
     *
     * @return how many messages are lost
     */
    public long leaveDropped(int next, long firstNumber) {
        long lost = firstNumber - number;
        number = firstNumber;
        chunk = next;
        enterRun(0);
        if (next != MemoryChunk.NONE) {
            log.chunk(next).cursors++;
        }
        return lost;
    }

    public void leave() {
        log.chunk(chunk == MemoryChunk.NONE ? log.head() : chunk).cursors--;
    }

    public void onReleased() {
        chunk = MemoryChunk.NONE;
        enterRun(0);
    }
}
