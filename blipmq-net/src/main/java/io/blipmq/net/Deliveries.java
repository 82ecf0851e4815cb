package io.blipmq.net;

import io.blipmq.broker.DeliverySink;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.PayloadLayout;
import java.nio.ByteBuffer;

/** Writes a polled message as a PUBLISH frame into a connection's output. Owned by the broker thread. */
final class Deliveries implements DeliverySink {
    private OutputQueue output;
    private long pollCorrelationId;

    /** Points the next delivery at the connection that polled. */
    Deliveries to(OutputQueue output, long pollCorrelationId) {
        this.output = output;
        this.pollCorrelationId = pollCorrelationId;
        return this;
    }

    @Override
    public ByteBuffer deliver(int qos, long deliveryTag, byte[] topic, int payloadLength) {
        ByteBuffer frame = output.append(PayloadLayout.publishFrameBytes(topic.length, payloadLength));
        long correlationId = qos == 0 ? pollCorrelationId : deliveryTag;
        FrameEncoder.publishHeader(frame, correlationId, qos, topic, payloadLength);
        return frame;
    }
}
