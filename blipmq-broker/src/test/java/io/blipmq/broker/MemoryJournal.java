package io.blipmq.broker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A journal in memory whose test decides when commands become stored, and what survives a restart. */
final class MemoryJournal implements Journal {
    private record Entry(long sequence, int type, ByteBuffer body) {}

    private final List<Entry> entries = new ArrayList<>();
    private int stored;
    private int applied;
    private boolean full;
    private boolean busy;
    private boolean settlementsBusy;
    private boolean lettersBusy;

    /** Everything appended counts as stored from now on. */
    void storeAll() {
        stored = entries.size();
    }

    void full(boolean isFull) {
        full = isFull;
    }

    void busy(boolean isBusy) {
        busy = isBusy;
    }

    void settlementsBusy(boolean isBusy) {
        settlementsBusy = isBusy;
    }

    void lettersBusy(boolean isBusy) {
        lettersBusy = isBusy;
    }

    int size() {
        return entries.size();
    }

    /** A new process over what was stored; what was not is lost. */
    MemoryJournal restart(CommandHandler replay) {
        MemoryJournal next = new MemoryJournal();
        next.entries.addAll(entries.subList(0, stored));
        next.stored = stored;
        next.drainStored(replay, Integer.MAX_VALUE);
        return next;
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
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.publishBytes(topicLength, payloadLength));
        CommandCodec.encodePublish(
                body, 0, frame, topicOffset, topicLength, payloadOffset, payloadLength, publishedMillis, expiresMillis);
        return append(CommandCodec.PUBLISH, body);
    }

    @Override
    public long appendSubscribe(OwnerId owner, byte[] topic) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.subscribeBytes(topic.length));
        CommandCodec.encodeSubscribe(body, 0, owner, topic);
        return append(CommandCodec.SUBSCRIBE, body);
    }

    @Override
    public long appendSettle(long subscriptionId, long deliveryTag, SettleReason reason) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.SETTLE_BYTES);
        CommandCodec.encodeSettle(body, 0, subscriptionId, deliveryTag, reason);
        return append(CommandCodec.SETTLE, body);
    }

    @Override
    public long appendDeadLetter(
            long subscriptionId, long deliveryTag, int attempts, long movedMillis, long expiresMillis) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.DEAD_LETTER_BYTES);
        CommandCodec.encodeDeadLetter(body, 0, subscriptionId, deliveryTag, attempts, movedMillis, expiresMillis);
        return append(CommandCodec.DEAD_LETTER, body);
    }

    @Override
    public long appendRemove(long subscriptionId, RemoveReason reason) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.REMOVE_BYTES);
        CommandCodec.encodeRemove(body, 0, subscriptionId, reason);
        return append(CommandCodec.REMOVE, body);
    }

    private long append(int type, ByteBuffer body) {
        boolean kindBusy =
                type == CommandCodec.SETTLE && settlementsBusy || type == CommandCodec.DEAD_LETTER && lettersBusy;
        if (busy || kindBusy) {
            return BUSY;
        }
        if (full) {
            return FULL;
        }
        long sequence = entries.size() + 1;
        entries.add(new Entry(sequence, type, body));
        return sequence;
    }

    @Override
    public void submit(long nowNanos) {}

    @Override
    public void seal() {
        full = true;
    }

    @Override
    public int drainStored(CommandHandler handler, int commandsMax) {
        int count = 0;
        while (applied < stored && count < commandsMax) {
            Entry entry = entries.get(applied++);
            CommandCodec.decode(
                    entry.sequence, entry.type, entry.body, 0, entry.body.capacity(), entry.sequence << 32, handler);
            count++;
        }
        return count;
    }

    @Override
    public long appliedSequence() {
        return applied;
    }

    @Override
    public void read(long position, int length, ByteBuffer target) {
        ByteBuffer body = entries.get((int) (position >>> 32) - 1).body;
        target.put(target.position(), body, (int) position, length);
        target.position(target.position() + length);
    }
}
