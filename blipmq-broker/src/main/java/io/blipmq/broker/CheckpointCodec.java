package io.blipmq.broker;

import io.blipmq.broker.CheckpointState.DeliveryState;
import io.blipmq.broker.CheckpointState.LetterState;
import io.blipmq.broker.CheckpointState.LogState;
import io.blipmq.broker.CheckpointState.SubscriptionState;
import io.blipmq.broker.CheckpointState.TopicState;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * How a {@link CheckpointState} stands in a checkpoint file. Stateless.
 *
 * <p>All integers are big-endian. To change the layout, raise {@link #VERSION} and keep reading the older one, which {@link
 * CheckpointDecoder} does.
 *
 * <pre>
 * u32 version
 * u32 number of topics, each:
 *   u16 length, name; log
 *   u32 number of subscriptions, each:
 *     u64 id, 16 bytes owner, u64 next sequence number, u64 passed messages, u64 passed bytes
 *     u8 1 with a log of its own, which follows, or 0
 *     u32 number of deliveries, each:
 *       u64 tag, u64 position, u64 published, u64 expires, u32 payload offset, u32 payload length, u32 attempts
 *       from version 3 on: u32 bytes of properties and their length, u8 1 = it came back from the dead letters
 *     u32 number of messages settled ahead of the cursor
 *       u64 tag of each
 *       from version 2 on: u32 payload length of each; unknown before
 *     from version 3 on: u16 length, name; u8 1 = it ends with its connection
 * u32 number of letters of the newest that subscriptions remember (of all letters from an older release), each:
 *   u64 dead-letter subscription, u64 tag, u64 origin subscription, u64 origin tag
 *   from version 2 on: u32 payload length; unknown before
 *   from version 3 on: u8 1 = its message had come back from the dead letters before
 *
 * log: u64 last sequence number, u64 messages, u64 payload bytes
 * </pre>
 */
final class CheckpointCodec {
    /** Of a delivery. */
    static final int REDRIVEN = 1;

    static final int DELIVERED = 2;

    static final int VERSION = 3;

    private CheckpointCodec() {}

    static ByteBuffer encode(CheckpointState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(VERSION);
            out.writeInt(state.topics().size());
            for (TopicState topic : state.topics()) {
                encodeTopic(topic, out);
            }
            out.writeInt(state.letters().size());
            for (LetterState letter : state.letters()) {
                out.writeLong(letter.subscriptionId());
                out.writeLong(letter.tag());
                out.writeLong(letter.originId());
                out.writeLong(letter.originTag());
                out.writeInt(letter.payloadLength());
                out.writeBoolean(letter.originRedriven());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private static void encodeTopic(TopicState topic, DataOutputStream out) throws IOException {
        out.writeShort(topic.name().length);
        out.write(topic.name());
        encodeLog(topic.log(), out);
        out.writeInt(topic.subscriptions().size());
        for (SubscriptionState subscription : topic.subscriptions()) {
            encodeSubscription(subscription, out);
        }
    }

    private static void encodeSubscription(SubscriptionState subscription, DataOutputStream out) throws IOException {
        out.writeLong(subscription.id());
        out.writeLong(subscription.owner().high());
        out.writeLong(subscription.owner().low());
        out.writeLong(subscription.nextSequence());
        out.writeLong(subscription.passedCount());
        out.writeLong(subscription.passedBytes());
        out.writeByte(subscription.letters() == null ? 0 : 1);
        if (subscription.letters() != null) {
            encodeLog(subscription.letters(), out);
        }
        out.writeInt(subscription.unsettled().size());
        for (DeliveryState delivery : subscription.unsettled()) {
            encodeDelivery(delivery, out);
        }
        out.writeInt(subscription.settledAhead().length);
        for (long tag : subscription.settledAhead()) {
            out.writeLong(tag);
        }
        for (int length : subscription.settledLengths()) {
            out.writeInt(length);
        }
        out.writeShort(subscription.name().length);
        out.write(subscription.name());
        out.writeBoolean(subscription.passing());
    }

    private static void encodeDelivery(DeliveryState delivery, DataOutputStream out) throws IOException {
        out.writeLong(delivery.tag());
        out.writeLong(delivery.position());
        out.writeLong(delivery.publishedMillis());
        out.writeLong(delivery.expiresMillis());
        out.writeInt(delivery.payloadOffset());
        out.writeInt(delivery.payloadLength());
        out.writeInt(delivery.attempts());
        out.writeInt(delivery.propertiesBytes());
        out.writeByte((delivery.redriven() ? REDRIVEN : 0) | (delivery.delivered() ? DELIVERED : 0));
    }

    private static void encodeLog(LogState log, DataOutputStream out) throws IOException {
        out.writeLong(log.lastSequence());
        out.writeLong(log.count());
        out.writeLong(log.bytes());
    }

    /** @throws IllegalStateException when a newer version wrote it */
    static CheckpointState decode(ByteBuffer in) {
        return CheckpointDecoder.decode(in);
    }
}
