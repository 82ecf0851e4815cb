package io.blipmq.net;

import io.blipmq.broker.CommandHandler;
import io.blipmq.broker.Journal;
import io.blipmq.broker.OwnerId;
import io.blipmq.broker.RemoveReason;
import io.blipmq.broker.SettleReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A journal in memory whose test decides when commands are stored, and when there is room for more. */
final class TestJournal implements Journal {
    private interface Entry {
        void replay(CommandHandler handler, long sequence);
    }

    private final List<Entry> entries = new ArrayList<>();
    private final List<byte[]> payloads = new ArrayList<>();
    private boolean holding;
    private boolean busy;
    private boolean full;
    private int stored;
    private int applied;

    /** From now on nothing counts as stored, until {@link #release}. */
    void hold() {
        holding = true;
    }

    void release() {
        holding = false;
        stored = entries.size();
    }

    void busy(boolean isBusy) {
        busy = isBusy;
    }

    void full(boolean isFull) {
        full = isFull;
    }

    int size() {
        return entries.size();
    }

    @Override
    public long appendPublish(
            ByteBuffer frame,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength,
            long publishedMillis,
            long expiresMillis) {
        byte[] body = new byte[topicLength + payloadLength];
        frame.get(topicOffset, body, 0, topicLength);
        frame.get(payloadOffset, body, topicLength, payloadLength);
        Entry entry = (handler, sequence) -> {
            payloads.add(body);
            long position = ((long) payloads.size() << 32) + topicLength;
            handler.onPublish(
                    sequence,
                    ByteBuffer.wrap(body),
                    0,
                    topicLength,
                    topicLength,
                    payloadLength,
                    position,
                    publishedMillis,
                    expiresMillis);
        };
        return append(entry);
    }

    @Override
    public long appendSubscribe(OwnerId owner, byte[] topic) {
        return append((handler, sequence) -> handler.onSubscribe(sequence, owner, topic));
    }

    @Override
    public long appendSettle(long subscriptionId, long deliveryTag, SettleReason reason) {
        return append((handler, sequence) -> handler.onSettle(subscriptionId, deliveryTag, reason));
    }

    @Override
    public long appendDeadLetter(
            long subscriptionId, long deliveryTag, int attempts, long movedMillis, long expiresMillis) {
        return append((handler, sequence) ->
                handler.onDeadLetter(sequence, subscriptionId, deliveryTag, attempts, movedMillis, expiresMillis));
    }

    @Override
    public long appendRemove(long subscriptionId, RemoveReason reason) {
        return append((handler, sequence) -> handler.onRemove(subscriptionId, reason));
    }

    @Override
    public void submit(long nowNanos) {
        if (!holding) {
            stored = entries.size();
        }
    }

    @Override
    public int drainStored(CommandHandler handler, int commandsMax) {
        int count = 0;
        while (applied < stored && count < commandsMax) {
            Entry entry = entries.get(applied);
            applied++;
            entry.replay(handler, applied);
            count++;
        }
        return count;
    }

    @Override
    public long appliedSequence() {
        return applied;
    }

    @Override
    public void seal() {}

    @Override
    public void read(long position, int length, ByteBuffer target) {
        target.put(payloads.get((int) (position >>> 32) - 1), (int) position, length);
    }

    private long append(Entry entry) {
        if (busy) {
            return BUSY;
        }
        if (full) {
            return FULL;
        }
        entries.add(entry);
        return entries.size();
    }
}
