package io.blipmq.broker.simulation;

import io.blipmq.broker.CommandHandler;
import io.blipmq.broker.Journal;
import io.blipmq.broker.OwnerId;
import io.blipmq.broker.RemoveReason;
import io.blipmq.broker.SettleReason;
import java.nio.ByteBuffer;

/** Tells what goes through a journal and changes nothing. Owned by the simulation's thread. */
final class JournalTap implements Journal {
    private final Journal journal;
    private final Listener listener;

    /** Told of every command. */
    interface Listener {
        void onAppended(long sequence, Command command);

        void onRefused(Command command);

        /** Stored, handed back, and now in effect. */
        void onApplied(Command command);
    }

    JournalTap(Journal journal, Listener listener) {
        this.journal = journal;
        this.listener = listener;
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
        long sequence = journal.appendPublish(
                frame, topicOffset, topicLength, payloadOffset, payloadLength, publishedMillis, expiresMillis);
        String topic = Texts.of(frame, topicOffset, topicLength);
        String payload = Texts.of(frame, payloadOffset, payloadLength);
        return tell(sequence, Command.publish(sequence, topic, payload, publishedMillis, expiresMillis));
    }

    @Override
    public long appendSubscribe(OwnerId owner, byte[] topic) {
        long sequence = journal.appendSubscribe(owner, topic);
        return tell(sequence, Command.subscribe(sequence, owner, Texts.of(topic)));
    }

    @Override
    public long appendSettle(long subscriptionId, long deliveryTag, SettleReason reason) {
        long sequence = journal.appendSettle(subscriptionId, deliveryTag, reason);
        return tell(sequence, Command.settle(subscriptionId, deliveryTag, reason.ordinal()));
    }

    @Override
    public long appendDeadLetter(
            long subscriptionId, long deliveryTag, int attempts, long movedMillis, long expiresMillis) {
        long sequence = journal.appendDeadLetter(subscriptionId, deliveryTag, attempts, movedMillis, expiresMillis);
        return tell(
                sequence,
                Command.deadLetter(sequence, subscriptionId, deliveryTag, attempts, movedMillis, expiresMillis));
    }

    @Override
    public long appendRemove(long subscriptionId, RemoveReason reason) {
        long sequence = journal.appendRemove(subscriptionId, reason);
        return tell(sequence, Command.remove(subscriptionId, reason.ordinal()));
    }

    private long tell(long sequence, Command command) {
        if (sequence > 0) {
            listener.onAppended(sequence, command);
        } else {
            listener.onRefused(command);
        }
        return sequence;
    }

    @Override
    public void submit(long nowNanos) {
        journal.submit(nowNanos);
    }

    @Override
    public int drainStored(CommandHandler handler, int commandsMax) {
        return journal.drainStored(new CommandRecorder(handler, listener::onApplied), commandsMax);
    }

    @Override
    public long appliedSequence() {
        return journal.appliedSequence();
    }

    @Override
    public void seal() {
        journal.seal();
    }

    @Override
    public void read(long position, int length, ByteBuffer target) {
        journal.read(position, length, target);
    }
}
