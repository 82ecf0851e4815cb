package io.blipmq.broker.simulation;

import io.blipmq.broker.CommandHandler;
import io.blipmq.broker.OwnerId;
import io.blipmq.broker.RemoveReason;
import io.blipmq.broker.SettleReason;
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
    public void onPublish(
            long sequence,
            ByteBuffer body,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength,
            long payloadPosition,
            long publishedMillis,
            long expiresMillis) {
        String topic = Texts.of(body, topicOffset, topicLength);
        String payload = Texts.of(body, payloadOffset, payloadLength);
        target.onPublish(
                sequence,
                body,
                topicOffset,
                topicLength,
                payloadOffset,
                payloadLength,
                payloadPosition,
                publishedMillis,
                expiresMillis);
        told.accept(Command.publish(sequence, topic, payload, publishedMillis, expiresMillis));
    }

    @Override
    public void onSubscribe(long sequence, OwnerId owner, byte[] topicName) {
        target.onSubscribe(sequence, owner, topicName);
        told.accept(Command.subscribe(sequence, owner, Texts.of(topicName)));
    }

    @Override
    public void onSettle(long subscriptionId, long deliveryTag, SettleReason reason) {
        target.onSettle(subscriptionId, deliveryTag, reason);
        told.accept(Command.settle(subscriptionId, deliveryTag, reason.ordinal()));
    }

    @Override
    public void onDeadLetter(
            long sequence, long subscriptionId, long deliveryTag, int attempts, long movedMillis, long expiresMillis) {
        target.onDeadLetter(sequence, subscriptionId, deliveryTag, attempts, movedMillis, expiresMillis);
        told.accept(Command.deadLetter(sequence, subscriptionId, deliveryTag, attempts, movedMillis, expiresMillis));
    }

    @Override
    public void onRemove(long subscriptionId, RemoveReason reason) {
        target.onRemove(subscriptionId, reason);
        told.accept(Command.remove(subscriptionId, reason.ordinal()));
    }
}
