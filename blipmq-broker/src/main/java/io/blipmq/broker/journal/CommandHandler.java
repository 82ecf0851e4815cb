package io.blipmq.broker.journal;

import io.blipmq.broker.message.MessageView;
import java.nio.ByteBuffer;

/** Takes the journal's commands in order, stored ones and replayed ones alike. Called on the core thread. */
public interface CommandHandler {
    /** At a start, before any command: the state that {@link Snapshots#keep} kept. */
    void onCheckpoint(ByteBuffer state);

    /** Right after {@link #onCheckpoint}: commands of this range, messages too, are not in the journal any more. */
    default void onLost(long firstSequence, long lastSequence) {}

    /**
     * A QoS 1 message.
     *
     * @param position where {@link MessageStore#readMessage} finds it later
     * @param message valid during the call
     */
    void onPublish(long sequence, long position, MessageView message);

    /**
     * A QoS 1 message whose publisher has given it an id: as {@link #onPublish}, and the id is remembered.
     *
     * @param owner the publisher's
     */
    void onPublishOnce(long sequence, long position, OwnerId owner, MessageView message);

    /**
     * A new subscription with a place in the journal. One of the same owner and name ends with it.
     *
     * @param name empty: it has none
     * @param endsWithConnection whether it ends with its connection
     */
    void onSubscribe(
            long sequence, OwnerId owner, byte[] topic, boolean filter, byte[] name, boolean endsWithConnection);

    /**
     * A message leaves a subscription.
     *
     * @param redriven whether it had come back from the dead letters
     * @param payloadLength the message's
     */
    void onSettle(long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason);

    /**
     * A message moves to the dead letters.
     *
     * @param position where {@link MessageStore#readMessage} finds the letter later
     * @param redriven whether it had come back from there before
     */
    void onDeadLetter(
            long sequence,
            long position,
            long subscriptionId,
            long deliveryTag,
            boolean redriven,
            int attempts,
            int payloadLength);

    /**
     * A dead letter goes back to the subscription it failed in.
     *
     * @param copy the message as it is to be delivered there again
     */
    void onRedrive(StoredMessage copy, long subscriptionId, long deadLettersId, long letterTag);

    void onRemove(long subscriptionId, RemoveReason reason);

    /** From here on the state goes by these settings. */
    void onSettings(ReplicatedSettings settings);

    /** What the clock says from this command on, when it has jumped: the commands behind it go by that. */
    void onClock(long sequence, long millis);

    /**
     * A message that is to be published later.
     *
     * @param position where {@link MessageStore#readMessage} finds it later
     * @param owner of the key that it was published with
     * @param message valid during the call; it has not begun to expire
     */
    void onSchedule(long sequence, long position, OwnerId owner, MessageView message, long dueMillis);

    /**
     * A scheduled message is published.
     *
     * @param position where {@link MessageStore#readMessage} finds it from now on
     * @param message valid during the call
     * @param number the message's until now
     */
    void onDue(long sequence, long position, MessageView message, long number, long dueMillis);

    /** A scheduled message ends and is not published. */
    void onUnschedule(long number, long dueMillis, UnscheduleReason reason);
}
