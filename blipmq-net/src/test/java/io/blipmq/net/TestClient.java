package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.PayloadLayout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client of version 1. */
public final class TestClient extends TestConnection<TestClient> {

    public TestClient(TestServer server, InetSocketAddress address) throws IOException {
        super(server, address, 1);
    }

    @Override
    public TestClient self() {
        return this;
    }

    public TestClient hello(long correlationId) {
        return send(to -> FrameEncoder.hello(to, correlationId, 1));
    }

    public TestClient publish(long correlationId, int qos, String topic, String message) {
        return send(to -> FrameEncoder.publish(to, correlationId, qos, bytes(topic), bytes(message)));
    }

    public TestClient subscribe(long correlationId, String topic, int qos) {
        return send(to -> FrameEncoder.subscribe(to, correlationId, bytes(topic), qos));
    }

    public TestClient ack(long deliveryTag, long subscriptionId) {
        return send(to -> FrameEncoder.ack(to, deliveryTag, subscriptionId));
    }

    public TestClient poll(long correlationId, long subscriptionId) {
        return send(to -> FrameEncoder.poll(to, correlationId, subscriptionId));
    }

    /** @return the correlation id, which is the delivery tag for QoS 1 */
    public long expectMessage(int qos, String topic, String message) {
        Frame frame = receive();
        assertThat(frame.type()).isEqualTo(FrameType.PUBLISH);
        ByteBuffer payload = frame.payload();
        assertThat(PayloadLayout.publishQos(payload, 0)).isEqualTo(qos);
        byte[] body = new byte[payload.capacity() - PayloadLayout.PUBLISH_TOPIC_OFFSET];
        payload.get(PayloadLayout.PUBLISH_TOPIC_OFFSET, body);
        assertThat(new String(body, StandardCharsets.UTF_8)).isEqualTo(topic + message);
        assertThat(PayloadLayout.publishTopicLength(payload, 0)).isEqualTo(bytes(topic).length);
        return frame.correlationId();
    }
}
