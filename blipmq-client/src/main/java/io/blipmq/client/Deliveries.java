package io.blipmq.client;

import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.DeliverLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the deliveries of a DELIVER that has the right form. Stateless. */
final class Deliveries {
    private static final byte[] NONE = new byte[0];

    private Deliveries() {}

    static List<Delivery> read(Subscription subscription, ByteBuffer buffer, int payloadOffset, int payloadLength) {
        List<Delivery> deliveries = new ArrayList<>();
        int qos = DeliverLayout.qos(buffer, payloadOffset);
        int headerBytes = DeliverLayout.deliveryHeaderBytes(qos);
        long published = DeliverLayout.publishedMillis(buffer, payloadOffset);
        int generation = subscription.settlements().generation();
        int end = payloadOffset + payloadLength;
        int at = payloadOffset + DeliverLayout.DELIVERIES_OFFSET;
        while (at < end) {
            int entry = at + headerBytes;
            deliveries.add(new Delivery(
                    subscription,
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
