package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.ProtocolException;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Owned by the client's thread. Leaves a subscription of this connection, or deletes it. */
final class DetachRequest extends Request {
    private static final byte[] NO_NAME = new byte[0];
    private static final int UNKNOWN = 404;

    private final long subscriptionId;
    private final boolean delete;
    private final Consumer<BlipException> onEnd;

    /** @param onEnd is told null when it worked */
    DetachRequest(long subscriptionId, boolean delete, long deadlineNanos, Consumer<BlipException> onEnd) {
        super(delete ? "deleting a subscription" : "leaving a subscription", FrameType.DETACHED, deadlineNanos);
        this.subscriptionId = subscriptionId;
        this.delete = delete;
        this.onEnd = onEnd;
    }

    @Override
    boolean isOfConnection() {
        return true;
    }

    @Override
    void writeTo(FrameOutput output, long id) {
        int flags = delete ? AttachLayout.DELETE_FLAG : 0;
        RequestEncoder.detach(output.room(AttachLayout.detachFrameBytes(0)), id, subscriptionId, flags, NO_NAME);
    }

    @Override
    void onAnswer(ByteBuffer buffer, int payloadOffset, int payloadLength) throws ProtocolException {
        Frames.require(AttachLayout.isDetached(buffer, payloadOffset, payloadLength), FrameType.DETACHED);
        onEnd.accept(null);
    }

    /** The end of the connection leaves the subscription just as well; and one that is gone is left. */
    @Override
    void onFailure(BlipException failure) {
        boolean isLeft = failure instanceof ConnectionLostException
                || failure instanceof RefusedException refusal && refusal.code() == UNKNOWN;
        onEnd.accept(isLeft && !delete ? null : failure);
    }
}
