package io.blipmq.broker.message;

import java.nio.ByteBuffer;

/**
 * Messages that are published to one topic together. Owned by whoever describes batches with it, one after the other; valid
 * during a call, and never kept.
 */
public final class PublishBatch {
    private ByteBuffer buffer;
    private int qos;
    private int topicOffset;
    private int topicLength;
    private int entriesOffset;
    private int entriesEnd;
    private int count;
    private boolean schedules;

    /** Begins with a batch that is in this buffer, at absolute offsets. */
    public PublishBatch in(ByteBuffer newBuffer) {
        buffer = newBuffer;
        schedules = false;
        return this;
    }

    public PublishBatch qos(int newQos) {
        qos = newQos;
        return this;
    }

    public PublishBatch topic(int offset, int length) {
        topicOffset = offset;
        topicLength = length;
        return this;
    }

    /** Validated entries, one behind the other. */
    public PublishBatch entries(int offset, int end, int newCount) {
        entriesOffset = offset;
        entriesEnd = end;
        count = newCount;
        return this;
    }

    /** Whether messages say when they are to be published, QoS 1 ones. */
    public PublishBatch schedules(boolean some) {
        schedules = some;
        return this;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    public int qos() {
        return qos;
    }

    public int topicOffset() {
        return topicOffset;
    }

    public int topicLength() {
        return topicLength;
    }

    public int entriesOffset() {
        return entriesOffset;
    }

    public int entriesEnd() {
        return entriesEnd;
    }

    public int count() {
        return count;
    }

    public boolean schedules() {
        return schedules;
    }
}
