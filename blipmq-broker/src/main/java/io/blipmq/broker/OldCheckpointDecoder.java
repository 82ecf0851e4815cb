package io.blipmq.broker;

import io.blipmq.broker.CheckpointVisitor.DeliveryState;
import io.blipmq.broker.CheckpointVisitor.LetterState;
import io.blipmq.broker.CheckpointVisitor.LogState;
import io.blipmq.broker.CheckpointVisitor.SubscriptionState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Reads the broker's state as older releases have written it. Owned by its caller.
 *
 * <pre>
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
 * u32 number of letters of the newest that subscriptions remember (of all letters before version 3), each:
 *   u64 dead-letter subscription, u64 tag, u64 origin subscription, u64 origin tag
 *   from version 2 on: u32 payload length; unknown before
 *   from version 3 on: u8 1 = its message had come back from the dead letters before
 *
 * log: u64 last sequence number, u64 messages, u64 payload bytes
 * </pre>
 */
final class OldCheckpointDecoder {
    static final int VERSION_MIN = 1;
    private static final int VERSION_WITH_LENGTHS = 2;
    private static final int VERSION_WITH_NAMES = 3;

    private final ByteBuffer in;
    private final int version;
    private final CheckpointVisitor visitor;

    OldCheckpointDecoder(ByteBuffer in, int version, CheckpointVisitor visitor) {
        this.in = in;
        this.version = version;
        this.visitor = visitor;
    }

    void decode() {
        for (int left = count(); left > 0; left--) {
            visitor.onTopic(CheckpointDecoder.text(in), log());
            for (int subscriptions = count(); subscriptions > 0; subscriptions--) {
                subscription();
            }
        }
        List<LetterState> letters = new ArrayList<>();
        for (int left = count(); left > 0; left--) {
            letters.add(letter());
        }
        letters.sort(Comparator.comparingLong(LetterState::tag));
        letters.forEach(visitor::onLetter);
    }

    private void subscription() {
        long id = in.getLong();
        OwnerId owner = new OwnerId(in.getLong(), in.getLong());
        long nextSequence = in.getLong();
        long passedCount = in.getLong();
        long passedBytes = in.getLong();
        LogState letters = in.get() == 0 ? null : log();
        List<DeliveryState> unsettled = new ArrayList<>();
        for (int left = count(); left > 0; left--) {
            unsettled.add(delivery());
        }
        long[] tags = CheckpointDecoder.longs(in, count());
        int[] lengths = lengths(tags.length);
        boolean named = version >= VERSION_WITH_NAMES;
        byte[] name = named ? CheckpointDecoder.text(in) : BrokerState.NO_NAME;
        boolean passing = named && flag();
        visitor.onSubscription(new SubscriptionState(
                id, owner, name, passing, nextSequence, passedCount, passedBytes, letters, 0, tags, lengths));
        unsettled.forEach(visitor::onDelivery);
    }

    private DeliveryState delivery() {
        long tag = in.getLong();
        long position = in.getLong();
        long publishedMillis = in.getLong();
        long expiresMillis = in.getLong();
        int payloadOffset = in.getInt();
        int payloadLength = in.getInt();
        int attempts = in.getInt();
        boolean withProperties = version >= VERSION_WITH_NAMES;
        int propertiesBytes = withProperties ? in.getInt() : 0;
        boolean redriven = withProperties && flag();
        return new DeliveryState(
                tag,
                position,
                publishedMillis,
                expiresMillis,
                payloadOffset,
                payloadLength,
                propertiesBytes,
                redriven,
                false,
                attempts,
                0);
    }

    private LetterState letter() {
        long subscriptionId = in.getLong();
        long tag = in.getLong();
        long originId = in.getLong();
        long originTag = in.getLong();
        int payloadLength = version >= VERSION_WITH_LENGTHS ? in.getInt() : CommandHandler.LENGTH_UNKNOWN;
        boolean redriven = version >= VERSION_WITH_NAMES && flag();
        return new LetterState(subscriptionId, tag, originId, originTag, redriven, payloadLength);
    }

    /** Any message may expire, for all that is known. */
    private LogState log() {
        long lastSequence = in.getLong();
        return new LogState(lastSequence, in.getLong(), in.getLong(), lastSequence);
    }

    private int[] lengths(int count) {
        if (version >= VERSION_WITH_LENGTHS) {
            return CheckpointDecoder.ints(in, count);
        }
        int[] lengths = new int[count];
        Arrays.fill(lengths, CommandHandler.LENGTH_UNKNOWN);
        return lengths;
    }

    private boolean flag() {
        return in.get() == 1;
    }

    private int count() {
        return CheckpointDecoder.count(in, Long.BYTES);
    }
}
