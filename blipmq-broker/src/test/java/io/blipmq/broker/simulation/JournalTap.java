package io.blipmq.broker.simulation;

import io.blipmq.broker.CommandHandler;
import io.blipmq.broker.Journal;
import io.blipmq.broker.MessageView;
import io.blipmq.broker.OwnerId;
import io.blipmq.broker.RemoveReason;
import io.blipmq.broker.SettleReason;
import io.blipmq.broker.StoredMessage;
import io.blipmq.wal.Liveness;
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

        /** The broker's state of this moment is going to be kept. */
        void onCheckpointBegun(long sequence);

        /** That is what is kept of it. */
        void onCheckpoint(ByteBuffer state);
    }

    JournalTap(Journal journal, Listener listener) {
        this.journal = journal;
        this.listener = listener;
    }

    @Override
    public long appendPublish(MessageView message) {
        long sequence = journal.appendPublish(message);
        return tell(sequence, Command.publish(sequence, message));
    }

    @Override
    public long appendSubscribe(OwnerId owner, byte[] topic, byte[] name, boolean passing) {
        long sequence = journal.appendSubscribe(owner, topic, name, passing);
        return tell(sequence, Command.subscribe(sequence, owner, Texts.of(topic), Texts.of(name), passing));
    }

    @Override
    public long appendSettle(
            long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason) {
        long sequence = journal.appendSettle(subscriptionId, deliveryTag, redriven, payloadLength, reason);
        return tell(sequence, Command.settle(subscriptionId, deliveryTag, redriven, payloadLength, reason.ordinal()));
    }

    @Override
    public long appendDeadLetter(
            long subscriptionId,
            boolean redriven,
            int attempts,
            byte[] key,
            StoredMessage message,
            byte[] properties,
            long expiresMillis) {
        long deliveryTag = message.sequence();
        long sequence =
                journal.appendDeadLetter(subscriptionId, redriven, attempts, key, message, properties, expiresMillis);
        String text = Texts.hex(ByteBuffer.wrap(properties), 0, properties.length);
        return tell(
                sequence,
                Command.deadLetter(sequence, subscriptionId, deliveryTag, text, redriven, attempts, expiresMillis));
    }

    @Override
    public long appendRedrive(
            long subscriptionId,
            long deadLettersId,
            byte[] key,
            StoredMessage letter,
            byte[] properties,
            long expiresMillis) {
        long letterTag = letter.sequence();
        long sequence = journal.appendRedrive(subscriptionId, deadLettersId, key, letter, properties, expiresMillis);
        return tell(sequence, Command.redrive(sequence, subscriptionId, deadLettersId, letterTag, expiresMillis));
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
    public void requestForce() {
        journal.requestForce();
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
    public boolean hasWaitingSettlements() {
        return journal.hasWaitingSettlements();
    }

    @Override
    public long findableThrough() {
        return journal.findableThrough();
    }

    @Override
    public int find(byte[] key, long fromSequence, long throughSequence, long[] sequences, long[] positions) {
        return journal.find(key, fromSequence, throughSequence, sequences, positions);
    }

    @Override
    public int findWork() {
        return journal.findWork();
    }

    @Override
    public void readMessage(StoredMessage message) {
        journal.readMessage(message);
    }

    @Override
    public void read(StoredMessage message, int offset, int length, ByteBuffer target) {
        journal.read(message, offset, length, target);
    }

    @Override
    public boolean isCheckpointDue(long nowNanos, boolean unlogged) {
        return journal.isCheckpointDue(nowNanos, unlogged);
    }

    @Override
    public boolean isCheckpointing() {
        return journal.isCheckpointing();
    }

    @Override
    public long beginCheckpoint() {
        long sequence = journal.beginCheckpoint();
        listener.onCheckpointBegun(sequence);
        return sequence;
    }

    @Override
    public void hurryCheckpoint() {
        journal.hurryCheckpoint();
    }

    @Override
    public void checkpoint(ByteBuffer state, Liveness liveness) {
        listener.onCheckpoint(state);
        journal.checkpoint(state, liveness);
    }
}
