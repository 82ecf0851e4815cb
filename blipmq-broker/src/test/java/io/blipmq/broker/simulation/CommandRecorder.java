package io.blipmq.broker.simulation;

import io.blipmq.broker.CommandHandler;
import io.blipmq.broker.OwnerId;
import io.blipmq.broker.RemoveReason;
import io.blipmq.broker.SettleReason;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Passes commands on and tells what they were. Owned by the simulation's thread. */
final class CommandRecorder implements CommandHandler {
    /** Where the expiry and the topic of a message stand in its record, which begins with when it was published. */
    private static final int EXPIRES = 8;

    private static final int TOPIC = 22;

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
    public void onPublish(
            long sequence,
            long position,
            ByteBuffer body,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength) {
        String topic = Texts.of(body, topicOffset, topicLength);
        String payload = Texts.of(body, payloadOffset, payloadLength);
        long published = body.getLong(topicOffset - TOPIC);
        long expires = body.getLong(topicOffset - TOPIC + EXPIRES);
        target.onPublish(sequence, position, body, topicOffset, topicLength, payloadOffset, payloadLength);
        told.accept(Command.publish(sequence, topic, payload, published, expires));
    }

    @Override
    public void onSubscribe(long sequence, OwnerId owner, byte[] topicName) {
        target.onSubscribe(sequence, owner, topicName);
        told.accept(Command.subscribe(sequence, owner, Texts.of(topicName)));
    }

    @Override
    public void onSettle(long subscriptionId, long deliveryTag, int payloadLength, SettleReason reason) {
        target.onSettle(subscriptionId, deliveryTag, payloadLength, reason);
        told.accept(Command.settle(subscriptionId, deliveryTag, payloadLength, reason.ordinal()));
    }

    @Override
    public void onDeadLetter(
            long sequence, long position, long subscriptionId, long deliveryTag, int attempts, int payloadLength) {
        target.onDeadLetter(sequence, position, subscriptionId, deliveryTag, attempts, payloadLength);
        told.accept(Command.deadLetter(sequence, subscriptionId, deliveryTag, attempts, 0));
    }

    @Override
    public void onRemove(long subscriptionId, RemoveReason reason) {
        target.onRemove(subscriptionId, reason);
        told.accept(Command.remove(subscriptionId, reason.ordinal()));
    }
}
