package io.blipmq.broker;

import io.blipmq.protocol.v2.EntryLayout;

/**
 * Where one subscription reads a {@link LiveLog}. Owned by the core thread. Without a chunk it stands at the log's start,
 * or at its end when the log is empty.
 */
final class LiveCursor extends Bag.Item {
    private final LiveLog log;
    private LiveChunk chunk;
    /** Where the run begins that it stands in, and how many of its messages have been read. */
    private int run;

    private int runRead;
    /** Of the next entry, unless the run has been read. */
    private int offset;

    private long number;

    LiveCursor(LiveLog log, long number) {
        this.log = log;
        this.number = number;
    }

    boolean hasNext() {
        return number < log.endNumber();
    }

    /** How many messages wait. */
    long backlog() {
        return log.endNumber() - number;
    }

    /** The number of the topic's newest QoS 1 message when the next message arrived: what comes before it. */
    long nextArrivedAfter() {
        settleIn();
        return chunk.arrivedAfter(run);
    }

    /** Delivers the next message without its properties. */
    void deliverNext(DeliverySink sink, byte[] topic) {
        settleIn();
        int length = chunk.getInt(offset) & EntryLayout.BODY_LENGTH_MASK;
        int end = offset + EntryLayout.bytesAt(chunk.bytes, offset);
        sink.deliver(0, 0, topic, length).put(chunk.bytes, end - length, length);
        advance(1, end);
    }

    /**
     * Pushes messages that were published together, as one piece.
     *
     * @param countMax at least 1
     * @return how many, at least 1
     */
    int push(long subscriptionId, Pusher pusher, long countMax) {
        settleIn();
        int left = chunk.count(run) - runRead;
        int count = left <= countMax ? left : (int) countMax;
        int end = count == left ? chunk.end(run) : walk(count);
        pusher.pushEntries(subscriptionId, chunk.publishedMillis(run), chunk.bytes, offset, end - offset, count);
        advance(count, end);
        return count;
    }

    /** The subscription no longer reads. */
    void close() {
        log.close(this, number == log.endNumber());
    }

    // --- its place ---

    /** Makes it stand at the next message, dropping what is too far behind. */
    private void settleIn() {
        assert hasNext();
        resolve();
        long tooMany = backlog() - log.messagesMax();
        if (tooMany > 0) {
            drop(tooMany);
        }
    }

    private void drop(long count) {
        long left = count;
        while (left > 0) {
            int inRun = chunk.count(run) - runRead;
            if (inRun <= left) {
                left -= inRun;
                advance(inRun, chunk.end(run));
            } else {
                advance((int) left, walk((int) left));
                left = 0;
            }
            resolve();
        }
        log.countLost(count);
    }

    /** Where so many entries, fewer than the run still has, end. */
    private int walk(int count) {
        int end = offset;
        for (int i = 0; i < count; i++) {
            end += EntryLayout.bytesAt(chunk.bytes, end);
        }
        return end;
    }

    private void resolve() {
        if (chunk == null) {
            chunk = log.head();
            enterRun(0);
        }
        while (chunk.used == run || runRead == chunk.count(run)) {
            if (run < chunk.used && chunk.end(run) < chunk.used) {
                enterRun(chunk.end(run));
            } else if (chunk.next != null) {
                moveTo(chunk.next);
            } else {
                return;
            }
        }
    }

    private void enterRun(int newRun) {
        run = newRun;
        runRead = 0;
        offset = newRun + LiveChunk.RUN_HEADER_BYTES;
    }

    private void advance(int count, int end) {
        offset = end;
        runRead += count;
        number += count;
        if (number == log.endNumber()) {
            log.onCaughtUp();
        }
    }

    private void moveTo(LiveChunk target) {
        LiveChunk left = chunk;
        chunk = target;
        enterRun(0);
        number = Math.max(number, target.firstNumber);
        target.cursors++;
        left.cursors--;
        log.releasePassedChunks();
    }

    // --- called by the log ---

    /** Stands at the end of a chunk, where the next run begins or the newest one goes on. */
    void enter(LiveChunk newChunk, int newRun) {
        chunk = newChunk;
        enterRun(newRun);
        newChunk.cursors++;
    }

    boolean standsIn(LiveChunk oldest) {
        return chunk == null || chunk == oldest;
    }

    /**
     * The oldest chunk is dropped, and this stood in it.
     *
     * @return how many messages are lost
     */
    long leaveDropped(LiveChunk next, long firstNumber) {
        long lost = firstNumber - number;
        number = firstNumber;
        chunk = next;
        enterRun(0);
        if (next != null) {
            next.cursors++;
        }
        return lost;
    }

    void leave(LiveChunk head) {
        (chunk == null ? head : chunk).cursors--;
    }

    void onReleased() {
        chunk = null;
        enterRun(0);
    }
}
