package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.PublishRefusedException;
import java.io.IOException;

/**
 * Owned by the main thread. Publishes to one topic and knows how many of its messages, counted from the first, the server
 * has confirmed.
 *
 * <p>A barrier follows every window of messages. The window bounds what has to be published again after a failure, and is
 * large enough that a barrier's round trip and force cost little beside it.
 */
final class ConfirmedPublisher {
    private static final int WINDOW_MESSAGES = 4096;
    private static final int WINDOW_BYTES = 4 * 1024 * 1024;

    private final BlipClient client;
    private final String topic;
    private final int qos;

    private long publishedCount;
    private long confirmedCount;
    /** Correlation id of the first message that is not confirmed; the others of the window follow without a gap. */
    private long windowStartId;

    private long windowBytes;

    ConfirmedPublisher(BlipClient client, String topic, int qos) {
        this.client = client;
        this.topic = topic;
        this.qos = qos;
    }

    void publish(byte[] payload) throws IOException {
        publishedCount++;
        long correlationId = client.publish(topic, payload, qos);
        if (unconfirmedCount() == 1) {
            windowStartId = correlationId;
        }
        windowBytes += payload.length;
        if (unconfirmedCount() == WINDOW_MESSAGES || windowBytes >= WINDOW_BYTES) {
            confirm();
        }
    }

    /** Waits until the server has confirmed everything published. */
    void confirm() throws IOException {
        if (unconfirmedCount() == 0) {
            return;
        }
        try {
            client.ping();
            confirmedCount = publishedCount;
            windowBytes = 0;
        } catch (PublishRefusedException e) {
            confirmedCount += e.refusals().get(0).correlationId() - windowStartId;
            throw e;
        }
    }

    private long unconfirmedCount() {
        return publishedCount - confirmedCount;
    }

    long publishedCount() {
        return publishedCount;
    }

    /** All messages up to this one are confirmed. After a failure, later ones may be stored as well. */
    long confirmedCount() {
        return confirmedCount;
    }
}
