package io.blipmq.net.blip1;

import io.blipmq.broker.DeliverySink;
import io.blipmq.net.OutputQueue;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.name.Topics;
import java.nio.ByteBuffer;

/** Writes a polled message as a PUBLISH frame into a connection's output. Owned by the broker thread. */
final class PollSink implements DeliverySink {
    private OutputQueue output;
    private long pollCorrelationId;

    /** Points the next delivery at the connection that polled. */
    PollSink to(OutputQueue output, long pollCorrelationId) {
        this.output = output;
        this.pollCorrelationId = pollCorrelationId;
        return this;
    }

    @Override
    public ByteBuffer deliver(int qos, long deliveryTag, byte[] topic, int payloadLength) {
        // A message that just fitted its frame is, as a dead letter, too large by its topic's prefix: it goes without.
        byte[] shown = fits(topic, payloadLength) ? topic : Topics.originName(topic);
        ByteBuffer frame = output.append(PayloadLayout.publishFrameBytes(shown.length, payloadLength));
        long correlationId = qos == 0 ? pollCorrelationId : deliveryTag;
        FrameEncoder.publishHeader(frame, correlationId, qos, shown, payloadLength);
        return frame;
    }

    private static boolean fits(byte[] topic, int payloadLength) {
        return (long) topic.length + payloadLength
                <= FrameLayout.PAYLOAD_BYTES_MAX - PayloadLayout.PUBLISH_TOPIC_OFFSET;
    }
}
