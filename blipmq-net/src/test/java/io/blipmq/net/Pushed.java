package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.DeliverLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A delivery of version 2 as it came in; without a tag, and of the first attempt, at QoS 0; the topic only for a filter. */
public record Pushed(
        long subscriptionId,
        String topic,
        int qos,
        long tag,
        int attempt,
        long publishedMillis,
        byte[] properties,
        String body) {

    /** What a DELIVER or a DELIVER_TOPIC holds. */
    public static List<Pushed> of(TestConnection.Frame frame) {
        ByteBuffer payload = frame.payload();
        boolean named = frame.type() == FrameType.DELIVER_TOPIC;
        assertThat(
                        named
                                ? DeliverLayout.isDeliverTopic(payload, 0, payload.capacity())
                                : DeliverLayout.isDeliver(payload, 0, payload.capacity()))
                .isTrue();
        int topicLength = named ? DeliverLayout.topicLength(payload, 0) : 0;
        String topic = named
                ? new String(slice(payload, DeliverLayout.topicOffset(), topicLength), StandardCharsets.UTF_8)
                : null;
        int before = DeliverLayout.deliveryHeaderBytes(DeliverLayout.qos(payload, 0));
        List<Pushed> all = new ArrayList<>();
        int at = named ? DeliverLayout.topicOffset() + topicLength : DeliverLayout.DELIVERIES_OFFSET;
        while (at < payload.capacity()) {
            all.add(of(frame.correlationId(), topic, payload, at, at + before));
            at += before + EntryLayout.bytesAt(payload, at + before);
        }
        return all;
    }

    private static Pushed of(long subscriptionId, String topic, ByteBuffer payload, int at, int entry) {
        int qos = DeliverLayout.qos(payload, 0);
        int properties = EntryLayout.propertiesLength(payload, entry);
        int body = EntryLayout.bodyLength(payload, entry);
        return new Pushed(
                subscriptionId,
                topic,
                qos,
                qos == 0 ? 0 : DeliverLayout.tag(payload, at),
                qos == 0 ? 1 : DeliverLayout.attempt(payload, at),
                DeliverLayout.publishedMillis(payload, 0),
                slice(payload, EntryLayout.propertiesOffset(entry), properties),
                new String(slice(payload, EntryLayout.bodyOffset(payload, entry), body), StandardCharsets.UTF_8));
    }

    private static byte[] slice(ByteBuffer from, int offset, int length) {
        byte[] slice = new byte[length];
        if (length > 0) {
            from.get(offset, slice);
        }
        return slice;
    }
}
