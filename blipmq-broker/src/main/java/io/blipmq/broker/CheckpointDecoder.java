package io.blipmq.broker;

import io.blipmq.broker.CheckpointState.DeliveryState;
import io.blipmq.broker.CheckpointState.LetterState;
import io.blipmq.broker.CheckpointState.LogState;
import io.blipmq.broker.CheckpointState.SubscriptionState;
import io.blipmq.broker.CheckpointState.TopicState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Reads what {@link CheckpointCodec} has written, in this release or an older one. Owned by its caller. */
final class CheckpointDecoder {
    private static final int VERSION_MIN = 1;
    private static final int VERSION_WITH_LENGTHS = 2;
    private static final int VERSION_WITH_NAMES = 3;

    private final ByteBuffer in;
    private final int version;

    private CheckpointDecoder(ByteBuffer in) {
        this.in = in;
        this.version = in.getInt();
        if (version < VERSION_MIN || version > CheckpointCodec.VERSION) {
            throw new IllegalStateException("the checkpoint's state has version " + version + "; this release reads "
                    + VERSION_MIN + " to " + CheckpointCodec.VERSION + ": start the newer release again");
        }
    }

    static CheckpointState decode(ByteBuffer in) {
        CheckpointDecoder decoder = new CheckpointDecoder(in);
        return new CheckpointState(decoder.list(decoder::topic), decoder.list(decoder::letter));
    }

    private TopicState topic() {
        return new TopicState(text(), log(), list(this::subscription));
    }

    private SubscriptionState subscription() {
        long id = in.getLong();
        OwnerId owner = new OwnerId(in.getLong(), in.getLong());
        long nextSequence = in.getLong();
        long passedCount = in.getLong();
        long passedBytes = in.getLong();
        LogState letters = in.get() == 0 ? null : log();
        List<DeliveryState> unsettled = list(this::delivery);
        long[] tags = tags();
        int[] lengths = lengths(tags.length);
        boolean named = version >= VERSION_WITH_NAMES;
        byte[] name = named ? text() : BrokerState.NO_NAME;
        boolean passing = named && flag();
        return new SubscriptionState(
                id, owner, name, passing, nextSequence, passedCount, passedBytes, letters, unsettled, tags, lengths);
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
        int flags = withProperties ? in.get() : 0;
        return new DeliveryState(
                tag,
                position,
                publishedMillis,
                expiresMillis,
                payloadOffset,
                payloadLength,
                propertiesBytes,
                (flags & CheckpointCodec.REDRIVEN) != 0,
                (flags & CheckpointCodec.DELIVERED) != 0,
                attempts);
    }

    private LetterState letter() {
        long subscriptionId = in.getLong();
        long tag = in.getLong();
        long originId = in.getLong();
        long originTag = in.getLong();
        int payloadLength = length();
        boolean redriven = version >= VERSION_WITH_NAMES && flag();
        return new LetterState(subscriptionId, tag, originId, originTag, redriven, payloadLength);
    }

    private LogState log() {
        return new LogState(in.getLong(), in.getLong(), in.getLong());
    }

    private long[] tags() {
        long[] tags = new long[count()];
        for (int i = 0; i < tags.length; i++) {
            tags[i] = in.getLong();
        }
        return tags;
    }

    private int[] lengths(int count) {
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            lengths[i] = length();
        }
        return lengths;
    }

    private int length() {
        return version >= VERSION_WITH_LENGTHS ? in.getInt() : CommandHandler.LENGTH_UNKNOWN;
    }

    private boolean flag() {
        return in.get() == 1;
    }

    private byte[] text() {
        byte[] text = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(text);
        return text;
    }

    /** The number of what follows, each of which takes eight bytes at least. */
    private int count() {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / Long.BYTES) {
            throw new IllegalStateException(
                    "the checkpoint's state says that " + count + " elements follow in " + in.remaining() + " bytes");
        }
        return count;
    }

    private <T> List<T> list(Supplier<T> element) {
        int count = count();
        List<T> result = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            result.add(element.get());
        }
        return result;
    }
}
