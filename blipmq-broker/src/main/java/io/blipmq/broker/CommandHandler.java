package io.blipmq.broker;

import java.nio.ByteBuffer;

/** Takes the journal's commands in order, stored ones and replayed ones alike. Called on the core thread. */
public interface CommandHandler {

    /**
     * @param body holds topic and payload at absolute offsets during the call
     * @param payloadPosition where {@link Journal#read} finds the payload later
     */
    void onPublish(
            long sequence,
            ByteBuffer body,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength,
            long payloadPosition,
            long publishedMillis,
            long expiresMillis);

    void onSubscribe(long sequence, OwnerId owner, byte[] topic);

    void onSettle(long subscriptionId, long deliveryTag, SettleReason reason);

    void onDeadLetter(
            long sequence, long subscriptionId, long deliveryTag, int attempts, long movedMillis, long expiresMillis);

    void onRemove(long subscriptionId, RemoveReason reason);
}
