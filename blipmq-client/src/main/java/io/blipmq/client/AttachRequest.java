package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.ProtocolException;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** Owned by the client's thread. Makes or resumes a subscription on this connection. */
final class AttachRequest extends Request {
    /** Who waits for it has a limit of his own. */
    private static final long FOREVER_NANOS = TimeUnit.DAYS.toNanos(365);

    private final Subscription subscription;
    private final SubscriptionTable table;

    AttachRequest(Subscription subscription, SubscriptionTable table, long nowNanos) {
        super("a subscription to " + subscription.topic(), FrameType.ATTACHED, nowNanos + FOREVER_NANOS);
        this.subscription = subscription;
        this.table = table;
    }

    @Override
    boolean isOfConnection() {
        return true;
    }

    @Override
    void writeTo(FrameOutput output, long id) {
        SubscriptionOptions options = subscription.options();
        Settlements.Grant credit = subscription.settlements().grantAtStart();
        int frameBytes = AttachLayout.attachFrameBytes(options.topicBytes().length, options.nameBytes().length, 0);
        RequestEncoder.attach(
                output.room(frameBytes),
                id,
                options.attachFlags(subscription.isFirstAttach()),
                credit.messages(),
                credit.bytes(),
                options.ackTimeout().toMillis(),
                options.retryBackoff().toMillis(),
                options.topicBytes(),
                options.nameBytes());
    }

    @Override
    void onAnswer(ByteBuffer buffer, int payloadOffset, int payloadLength) throws ProtocolException {
        Frames.require(AttachLayout.isAttached(payloadLength), FrameType.ATTACHED);
        table.onAttached(
                subscription,
                AttachLayout.subscriptionId(buffer, payloadOffset),
                AttachLayout.attachedExisted(buffer, payloadOffset),
                AttachLayout.attachedBacklog(buffer, payloadOffset));
    }

    @Override
    void onFailure(BlipException failure) {
        table.onAttachFailed(subscription, failure);
    }
}
