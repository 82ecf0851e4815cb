package io.blipmq.broker;

import java.nio.ByteBuffer;

/** Takes the journal's commands in order, stored ones and replayed ones alike. Called on the core thread. */
public interface CommandHandler {
    /** The payload length of a settled message that an older release recorded without it. */
    int LENGTH_UNKNOWN = -1;

    /** At a start, before any command: the state that {@link Journal#checkpoint} kept. */
    void onCheckpoint(ByteBuffer state);

    /**
     * A QoS 1 message.
     *
     * @param body holds topic and payload at absolute offsets during the call
     * @param position where {@link Journal#readMessage} finds it later
     */
    void onPublish(
            long sequence,
            long position,
            ByteBuffer body,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength);

    void onSubscribe(long sequence, OwnerId owner, byte[] topic);

    /**
     * A message leaves a subscription.
     *
     * @param payloadLength the message's, or {@link #LENGTH_UNKNOWN}
     */
    void onSettle(long subscriptionId, long deliveryTag, int payloadLength, SettleReason reason);

    /** @param position where {@link Journal#readMessage} finds the letter later */
    void onDeadLetter(
            long sequence, long position, long subscriptionId, long deliveryTag, int attempts, int payloadLength);

    void onRemove(long subscriptionId, RemoveReason reason);
}
