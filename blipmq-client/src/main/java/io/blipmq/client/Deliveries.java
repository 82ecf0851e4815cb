package io.blipmq.client;

import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.DeliverLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the deliveries of a DELIVER, or a DELIVER_TOPIC, that has the right form. Stateless. */
final class Deliveries {
    private static final byte[] NONE = new byte[0];

    private Deliveries() {}

    static List<Delivery> read(Subscription subscription, ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int first = payloadOffset + DeliverLayout.DELIVERIES_OFFSET;
        return read(subscription, subscription.topic(), buffer, payloadOffset, first, payloadOffset + payloadLength);
    }

    /** Of a DELIVER_TOPIC. */
    static List<Delivery> readOfTopic(
            Subscription subscription, ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int topic = payloadOffset + DeliverLayout.topicOffset();
        int length = DeliverLayout.topicLength(buffer, payloadOffset);
        String name = Frames.text(buffer, topic, length);
        return read(subscription, name, buffer, payloadOffset, topic + length, payloadOffset + payloadLength);
    }

    private static List<Delivery> read(
            Subscription subscription, String topic, ByteBuffer buffer, int payloadOffset, int first, int end) {
        List<Delivery> deliveries = new ArrayList<>();
        int qos = DeliverLayout.qos(buffer, payloadOffset);
        int headerBytes = DeliverLayout.deliveryHeaderBytes(qos);
        long published = DeliverLayout.publishedMillis(buffer, payloadOffset);
        int generation = subscription.settlements().generation();
        int at = first;
        while (at < end) {
            int entry = at + headerBytes;
            deliveries.add(new Delivery(
                    subscription,
                    topic,
                    generation,
                    qos,
                    qos == 0 ? 0 : DeliverLayout.tag(buffer, at),
                    qos == 0 ? 0 : DeliverLayout.attempt(buffer, at),
                    published,
                    properties(buffer, entry),
                    Frames.bytes(
                            buffer, EntryLayout.bodyOffset(buffer, entry), EntryLayout.bodyLength(buffer, entry))));
            at = entry + EntryLayout.bytesAt(buffer, entry);
        }
        return deliveries;
    }

    static byte[] properties(ByteBuffer buffer, int entry) {
        int length = EntryLayout.propertiesLength(buffer, entry);
        return length == 0 ? NONE : Frames.bytes(buffer, EntryLayout.propertiesOffset(entry), length);
    }
}
