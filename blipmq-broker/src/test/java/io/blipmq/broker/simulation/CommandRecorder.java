package io.blipmq.broker.simulation;

import io.blipmq.broker.journal.CommandHandler;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.RemoveReason;
import io.blipmq.broker.journal.ReplicatedSettings;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.broker.journal.UnscheduleReason;
import io.blipmq.broker.message.MessageView;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Passes commands on and tells what they were. Owned by the simulation's thread. */
final class CommandRecorder implements CommandHandler {
    private final CommandHandler target;
    private final Consumer<Command> told;

    CommandRecorder(CommandHandler target, Consumer<Command> told) {
        this.target = target;
        this.told = told;
    }

    @Override
    public void onCheckpoint(ByteBuffer state) {
        target.onCheckpoint(state);
    }

    @Override
    public void onPublish(long sequence, long position, MessageView message) {
        Command command = Command.publish(sequence, message);
        target.onPublish(sequence, position, message);
        told.accept(command);
    }

    @Override
    public void onPublishOnce(long sequence, long position, OwnerId owner, MessageView message) {
        Command command = Command.publishOnce(sequence, owner, message);
        target.onPublishOnce(sequence, position, owner, message);
        told.accept(command);
    }

    @Override
    public void onSubscribe(
            long sequence, OwnerId owner, byte[] topicName, boolean filter, byte[] name, boolean endsWithConnection) {
        target.onSubscribe(sequence, owner, topicName, filter, name, endsWithConnection);
        told.accept(Command.subscribe(
                sequence, owner, Subscribed.of(topicName, filter), Texts.of(name), endsWithConnection));
    }

    @Override
    public void onSettle(
            long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason) {
        target.onSettle(subscriptionId, deliveryTag, redriven, payloadLength, reason);
        told.accept(Command.settle(subscriptionId, deliveryTag, redriven, payloadLength, reason.ordinal()));
    }

    @Override
    public void onDeadLetter(
            long sequence,
            long position,
            long subscriptionId,
            long deliveryTag,
            boolean redriven,
            int attempts,
            int payloadLength) {
        target.onDeadLetter(sequence, position, subscriptionId, deliveryTag, redriven, attempts, payloadLength);
        told.accept(Command.deadLetter(sequence, subscriptionId, deliveryTag, null, redriven, attempts, 0));
    }

    @Override
    public void onRedrive(StoredMessage copy, long subscriptionId, long deadLettersId, long letterTag) {
        target.onRedrive(copy, subscriptionId, deadLettersId, letterTag);
        told.accept(Command.redrive(copy.sequence(), subscriptionId, deadLettersId, letterTag, 0));
    }

    @Override
    public void onRemove(long subscriptionId, RemoveReason reason) {
        target.onRemove(subscriptionId, reason);
        told.accept(Command.remove(subscriptionId, reason.ordinal()));
    }

    @Override
    public void onClock(long sequence, long millis) {
        target.onClock(sequence, millis);
        told.accept(Command.clock(sequence, millis));
    }

    @Override
    public void onSchedule(long sequence, long position, OwnerId owner, MessageView message, long dueMillis) {
        Command command = Command.schedule(sequence, owner, message, dueMillis);
        target.onSchedule(sequence, position, owner, message, dueMillis);
        told.accept(command);
    }

    @Override
    public void onDue(long sequence, long position, MessageView message, long number, long dueMillis) {
        Command command = Command.due(
                sequence,
                number,
                Texts.of(message.buffer(), message.topicOffset(), message.topicLength()),
                message.publishedMillis(),
                message.expiresMillis(),
                dueMillis);
        target.onDue(sequence, position, message, number, dueMillis);
        told.accept(command);
    }

    @Override
    public void onUnschedule(long number, long dueMillis, UnscheduleReason reason) {
        target.onUnschedule(number, dueMillis, reason);
        told.accept(Command.unschedule(number, dueMillis, reason.ordinal()));
    }

    @Override
    public void onSettings(ReplicatedSettings settings) {
        target.onSettings(settings);
        told.accept(Command.settings(settings.toString()));
    }
}
