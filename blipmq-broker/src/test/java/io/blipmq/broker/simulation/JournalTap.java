package io.blipmq.broker.simulation;

import io.blipmq.broker.journal.CommandHandler;
import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.RemoveReason;
import io.blipmq.broker.journal.ReplicatedSettings;
import io.blipmq.broker.journal.RoleHandler;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.broker.journal.Snapshots;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.broker.journal.UnscheduleReason;
import io.blipmq.broker.message.MessageView;
import io.blipmq.wal.LiveRecords;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** Tells what goes through a journal and changes nothing. Owned by the simulation's thread. */
final class JournalTap implements CommandLog, Snapshots {
    private final Journal journal;
    private final CommandLog log;
    private final Snapshots snapshots;
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

        /** It leads. */
        default void onLeading() {}

        /** It leads no more. */
        default void onLost(long fromNumber) {}

        /** It has got another node's state. */
        default void onImage(long throughNumber) {}
    }

    JournalTap(Journal journal, Listener listener) {
        this.journal = journal;
        this.log = journal.log();
        this.snapshots = journal.snapshots();
        this.listener = listener;
    }

    /** The journal with this in it. */
    Journal journal() {
        return new Journal(this, journal.messages(), this);
    }

    @Override
    public boolean isReplicated() {
        return log.isReplicated();
    }

    @Override
    public long appendPublish(MessageView message) {
        long sequence = log.appendPublish(message);
        return tell(sequence, Command.publish(sequence, message));
    }

    @Override
    public long appendPublishOnce(OwnerId owner, MessageView message) {
        long sequence = log.appendPublishOnce(owner, message);
        return tell(sequence, Command.publishOnce(sequence, owner, message));
    }

    @Override
    public long appendSubscribe(OwnerId owner, byte[] topic, boolean filter, byte[] name, boolean endsWithConnection) {
        long sequence = log.appendSubscribe(owner, topic, filter, name, endsWithConnection);
        return tell(
                sequence,
                Command.subscribe(sequence, owner, Subscribed.of(topic, filter), Texts.of(name), endsWithConnection));
    }

    @Override
    public long appendSettle(
            long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason) {
        long sequence = log.appendSettle(subscriptionId, deliveryTag, redriven, payloadLength, reason);
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
                log.appendDeadLetter(subscriptionId, redriven, attempts, key, message, properties, expiresMillis);
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
        long sequence = log.appendRedrive(subscriptionId, deadLettersId, key, letter, properties, expiresMillis);
        return tell(sequence, Command.redrive(sequence, subscriptionId, deadLettersId, letterTag, expiresMillis));
    }

    @Override
    public long appendRemove(long subscriptionId, RemoveReason reason) {
        long sequence = log.appendRemove(subscriptionId, reason);
        return tell(sequence, Command.remove(subscriptionId, reason.ordinal()));
    }

    @Override
    public long appendSettings(ReplicatedSettings settings) {
        long sequence = log.appendSettings(settings);
        return tell(sequence, Command.settings(settings.toString()));
    }

    @Override
    public long appendClock(long millis) {
        long sequence = log.appendClock(millis);
        return tell(sequence, Command.clock(sequence, millis));
    }

    @Override
    public long appendSchedule(OwnerId owner, MessageView message, long dueMillis) {
        long sequence = log.appendSchedule(owner, message, dueMillis);
        return tell(sequence, Command.schedule(sequence, owner, message, dueMillis));
    }

    @Override
    public long appendDue(StoredMessage scheduled, byte[] topic, long publishedMillis, long expiresMillis) {
        long number = scheduled.sequence();
        long dueMillis = scheduled.expiresMillis;
        long sequence = log.appendDue(scheduled, topic, publishedMillis, expiresMillis);
        return tell(
                sequence, Command.due(sequence, number, Texts.of(topic), publishedMillis, expiresMillis, dueMillis));
    }

    @Override
    public long appendUnschedule(long number, long dueMillis, UnscheduleReason reason) {
        long sequence = log.appendUnschedule(number, dueMillis, reason);
        return tell(sequence, Command.unschedule(number, dueMillis, reason.ordinal()));
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
        log.requestForce();
    }

    @Override
    public void submit(long nowNanos) {
        log.submit(nowNanos);
    }

    @Override
    public int drain(Supplier<? extends CommandHandler> state, RoleHandler roles, int commandsMax) {
        return log.drain(() -> new CommandRecorder(state.get(), listener::onApplied), new Roles(roles), commandsMax);
    }

    /** Lets the listener know before the broker what it may do, and after it what it has ended. */
    private final class Roles implements RoleHandler {
        private final RoleHandler target;

        private Roles(RoleHandler target) {
            this.target = target;
        }

        @Override
        public void onLeading() {
            listener.onLeading();
            target.onLeading();
        }

        @Override
        public void onLost(long fromNumber) {
            target.onLost(fromNumber);
            listener.onLost(fromNumber);
        }

        @Override
        public void onImage(long throughNumber, ByteBuffer state) {
            target.onImage(throughNumber, state);
            listener.onImage(throughNumber);
        }
    }

    @Override
    public long appliedSequence() {
        return log.appliedSequence();
    }

    @Override
    public void seal() {
        log.seal();
    }

    @Override
    public boolean hasWaitingSettlements() {
        return log.hasWaitingSettlements();
    }

    @Override
    public boolean isDue(long nowNanos, boolean unlogged) {
        return snapshots.isDue(nowNanos, unlogged);
    }

    @Override
    public boolean isBeingKept() {
        return snapshots.isBeingKept();
    }

    @Override
    public long begin() {
        long sequence = snapshots.begin();
        listener.onCheckpointBegun(sequence);
        return sequence;
    }

    @Override
    public void hurry() {
        snapshots.hurry();
    }

    @Override
    public void keep(ByteBuffer state, LiveRecords liveness) {
        listener.onCheckpoint(state);
        snapshots.keep(state, liveness);
    }
}
