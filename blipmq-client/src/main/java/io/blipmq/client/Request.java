package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.ProtocolException;
import java.nio.ByteBuffer;

/** Owned by the client's thread. Something that the broker answers: with its type of answer, or with a NACK. */
abstract class Request {
    private final String what;
    private final FrameType answerType;
    private final long deadlineNanos;
    private boolean ended;

    /** @param what for messages: what was asked */
    Request(String what, FrameType answerType, long deadlineNanos) {
        this.what = what;
        this.answerType = answerType;
        this.deadlineNanos = deadlineNanos;
    }

    abstract void writeTo(FrameOutput output, long id);

    /** Comes at most once, and even after {@link #onFailure} when that was a timeout. */
    abstract void onAnswer(ByteBuffer buffer, int payloadOffset, int payloadLength) throws ProtocolException;

    abstract void onFailure(BlipException failure);

    /** Whether it makes no sense on another connection than the one it was made for. */
    boolean isOfConnection() {
        return false;
    }

    String what() {
        return what;
    }

    FrameType answerType() {
        return answerType;
    }

    boolean isExpired(long nowNanos) {
        return nowNanos - deadlineNanos >= 0;
    }

    void fail(BlipException failure) {
        if (!ended) {
            ended = true;
            onFailure(failure);
        }
    }

    boolean isEnded() {
        return ended;
    }
}
