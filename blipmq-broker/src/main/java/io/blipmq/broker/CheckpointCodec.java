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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * How a {@link CheckpointState} stands in a checkpoint file. Stateless.
 *
 * <p>All integers are big-endian. To change the layout, raise {@link #VERSION} and keep reading the older one. Version 1
 * had no payload lengths where "from version 2 on" stands; they are unknown then.
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
 *     u32 number of messages settled ahead of the cursor
 *       u64 tag of each
 *       u32 payload length of each, from version 2 on
 * u32 number of letters, each:
 *   u64 dead-letter subscription, u64 tag, u64 origin subscription, u64 origin tag
 *   u32 payload length, from version 2 on
 *
 * log: u64 last sequence number, u64 messages, u64 payload bytes
 * </pre>
 */
final class CheckpointCodec {
    private static final int VERSION = 2;
    private static final int VERSION_WITHOUT_LENGTHS = 1;

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
    }

    private static void encodeDelivery(DeliveryState delivery, DataOutputStream out) throws IOException {
        out.writeLong(delivery.tag());
        out.writeLong(delivery.position());
        out.writeLong(delivery.publishedMillis());
        out.writeLong(delivery.expiresMillis());
        out.writeInt(delivery.payloadOffset());
        out.writeInt(delivery.payloadLength());
        out.writeInt(delivery.attempts());
    }

    private static void encodeLog(LogState log, DataOutputStream out) throws IOException {
        out.writeLong(log.lastSequence());
        out.writeLong(log.count());
        out.writeLong(log.bytes());
    }

    /** @throws IllegalStateException when a newer version wrote it */
    static CheckpointState decode(ByteBuffer in) {
        int version = in.getInt();
        if (version < VERSION_WITHOUT_LENGTHS || version > VERSION) {
            throw new IllegalStateException("the checkpoint's state has version " + version + "; this release reads "
                    + VERSION_WITHOUT_LENGTHS + " to " + VERSION + ": start the newer release again");
        }
        boolean withLengths = version > VERSION_WITHOUT_LENGTHS;
        List<TopicState> topics = list(in, from -> decodeTopic(from, withLengths));
        List<LetterState> letters = list(in, from -> decodeLetter(from, withLengths));
        return new CheckpointState(topics, letters);
    }

    private static TopicState decodeTopic(ByteBuffer in, boolean withLengths) {
        byte[] name = new byte[in.getShort() & 0xffff];
        in.get(name);
        return new TopicState(name, decodeLog(in), list(in, from -> decodeSubscription(from, withLengths)));
    }

    private static SubscriptionState decodeSubscription(ByteBuffer in, boolean withLengths) {
        long id = in.getLong();
        OwnerId owner = new OwnerId(in.getLong(), in.getLong());
        long nextSequence = in.getLong();
        long passedCount = in.getLong();
        long passedBytes = in.getLong();
        LogState letters = in.get() == 0 ? null : decodeLog(in);
        List<DeliveryState> unsettled = list(in, CheckpointCodec::decodeDelivery);
        long[] tags = decodeTags(in);
        int[] lengths = decodeLengths(in, tags.length, withLengths);
        return new SubscriptionState(
                id, owner, nextSequence, passedCount, passedBytes, letters, unsettled, tags, lengths);
    }

    private static LetterState decodeLetter(ByteBuffer in, boolean withLengths) {
        return new LetterState(
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                withLengths ? in.getInt() : CommandHandler.LENGTH_UNKNOWN);
    }

    private static DeliveryState decodeDelivery(ByteBuffer in) {
        return new DeliveryState(
                in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getInt(), in.getInt(), in.getInt());
    }

    private static long[] decodeTags(ByteBuffer in) {
        long[] tags = new long[in.getInt()];
        for (int i = 0; i < tags.length; i++) {
            tags[i] = in.getLong();
        }
        return tags;
    }

    private static int[] decodeLengths(ByteBuffer in, int count, boolean withLengths) {
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            lengths[i] = withLengths ? in.getInt() : CommandHandler.LENGTH_UNKNOWN;
        }
        return lengths;
    }

    private static LogState decodeLog(ByteBuffer in) {
        return new LogState(in.getLong(), in.getLong(), in.getLong());
    }

    private static <T> List<T> list(ByteBuffer in, Function<ByteBuffer, T> element) {
        int count = in.getInt();
        List<T> result = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            result.add(element.apply(in));
        }
        return result;
    }
}
