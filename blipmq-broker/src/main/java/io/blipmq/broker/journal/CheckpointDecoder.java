package io.blipmq.broker.journal;

import io.blipmq.broker.journal.CheckpointVisitor.DeliveryState;
import io.blipmq.broker.journal.CheckpointVisitor.LetterState;
import io.blipmq.broker.journal.CheckpointVisitor.LogState;
import io.blipmq.broker.journal.CheckpointVisitor.PublishIdState;
import io.blipmq.broker.journal.CheckpointVisitor.ScheduleState;
import io.blipmq.broker.journal.CheckpointVisitor.SubscriptionState;
import io.blipmq.wal.NewerContentException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads what {@link CheckpointCodec} has written. Owned by its caller. */
public final class CheckpointDecoder {
    private static final int LETTER_BYTES = 3 * Long.BYTES + Integer.BYTES + 1;
    private static final int AHEAD_BYTES = Long.BYTES + Integer.BYTES;
    private static final int DELIVERY_BYTES_MIN = 4 * Long.BYTES + 4 * Integer.BYTES + 1;

    private record TopicState(byte[] name, boolean filter, LogState log) {}

    /** Where a subscription stands. */
    private record Place(long id, int position) {}

    private final ByteBuffer in;
    private final CheckpointVisitor visitor;
    private final List<TopicState> topics = new ArrayList<>();
    /** They are told oldest first, in whatever order they were written. */
    private final List<Place> subscriptions = new ArrayList<>();
    /** Where records of letters begin: they are told when all subscriptions have been. */
    private final List<Integer> letters = new ArrayList<>(0);
    /** They are told in the order of their messages, in whatever order they were written. */
    private final List<PublishIdState> publishIds = new ArrayList<>(0);

    private int toldTopic = -1;

    private CheckpointDecoder(ByteBuffer in, CheckpointVisitor visitor) {
        this.in = in;
        this.visitor = visitor;
    }

    /**
     * Tells a visitor all that a checkpoint holds.
     *
     * @throws NewerContentException when a newer release wrote it
     */
    public static void decode(ByteBuffer content, CheckpointVisitor visitor) {
        ByteBuffer in = content.duplicate();
        requireKnown(in);
        new CheckpointDecoder(in, visitor).decode();
    }

    /**
     * Reads the version.
     *
     * @throws NewerContentException when only a newer release knows it
     */
    public static void requireKnown(ByteBuffer in) {
        int version = in.getInt();
        if (version < CheckpointCodec.VERSION) {
            throw new IllegalStateException(
                    "the checkpoint's state has version " + version + ", which there never was");
        }
        if (version > CheckpointCodec.VERSION) {
            throw new NewerContentException(
                    "a state of version " + version + "; this one reads up to " + CheckpointCodec.VERSION);
        }
    }

    private void decode() {
        while (in.hasRemaining()) {
            int kind = in.get();
            switch (kind) {
                case CheckpointCodec.TIME -> time();
                case CheckpointCodec.SETTINGS -> settings();
                case CheckpointCodec.PUBLISH_ID -> publishIds.add(publishId());
                case CheckpointCodec.SCHEDULE -> schedule();
                case CheckpointCodec.TOPIC -> topics.add(new TopicState(text(in), false, log()));
                case CheckpointCodec.FILTER -> topics.add(new TopicState(text(in), true, log()));
                case CheckpointCodec.SUBSCRIPTION -> {
                    int length = count(in, 1);
                    subscriptions.add(new Place(in.getLong(in.position() + Integer.BYTES), in.position()));
                    skip(length);
                }
                case CheckpointCodec.LETTERS -> {
                    letters.add(in.position());
                    in.getLong();
                    skip(count(in, LETTER_BYTES) * LETTER_BYTES);
                }
                default -> throw new IllegalStateException("the checkpoint's state has a record of kind " + kind);
            }
        }
        subscriptions.sort(Comparator.comparingLong(Place::id));
        subscriptions.forEach(place -> subscription(place.position));
        letters.forEach(this::letters);
        publishIds.sort(Comparator.comparingLong(PublishIdState::sequence));
        publishIds.forEach(visitor::onPublishId);
    }

    private PublishIdState publishId() {
        return new PublishIdState(in.getLong(), in.getLong(), PublishIdKey.read(in));
    }

    private void settings() {
        visitor.onSettings(new ReplicatedSettings(in.getInt(), in.getLong(), in.getLong(), in.getInt(), in.getLong()));
    }

    private void time() {
        long millis = in.getLong();
        int count = count(in, 2 * Long.BYTES);
        List<ClockJump> jumps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            jumps.add(new ClockJump(in.getLong(), in.getLong()));
        }
        visitor.onTime(millis, jumps);
    }

    private void schedule() {
        visitor.onSchedule(new ScheduleState(
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                longs(in, count(in, Long.BYTES)),
                longs(in, count(in, Long.BYTES))));
    }

    private void skip(int bytes) {
        in.position(in.position() + bytes);
    }

    private void subscription(int position) {
        in.position(position);
        tellTopic(in.getInt());
        long id = in.getLong();
        OwnerId owner = new OwnerId(in.getLong(), in.getLong());
        byte[] name = text(in);
        int flags = in.get();
        LogState ownLog = (flags & CheckpointCodec.LETTERS_FLAG) == 0 ? null : log();
        long nextSequence = in.getLong();
        long passedCount = in.getLong();
        long passedBytes = in.getLong();
        long detachedMillis = in.getLong();
        int ahead = count(in, AHEAD_BYTES);
        visitor.onSubscription(new SubscriptionState(
                id,
                owner,
                name,
                (flags & CheckpointCodec.ENDS_WITH_CONNECTION_FLAG) != 0,
                nextSequence,
                passedCount,
                passedBytes,
                ownLog,
                detachedMillis,
                longs(in, ahead),
                ints(in, ahead)));
        for (int left = count(in, DELIVERY_BYTES_MIN); left > 0; left--) {
            delivery();
        }
    }

    private void tellTopic(int number) {
        if (number < 0 || number >= topics.size()) {
            throw new IllegalStateException("the checkpoint's state names topic " + number + " of " + topics.size());
        }
        if (number != toldTopic) {
            toldTopic = number;
            TopicState topic = topics.get(number);
            visitor.onTopic(topic.name, topic.filter, topic.log);
        }
    }

    private void delivery() {
        long tag = in.getLong();
        long position = in.getLong();
        long publishedMillis = in.getLong();
        long expiresMillis = in.getLong();
        int payloadOffset = in.getInt();
        int payloadLength = in.getInt();
        int attempts = in.getInt();
        int propertiesBytes = in.getInt();
        int flags = in.get();
        visitor.onDelivery(new DeliveryState(
                tag,
                position,
                publishedMillis,
                expiresMillis,
                payloadOffset,
                payloadLength,
                propertiesBytes,
                (flags & CheckpointCodec.REDRIVEN_FLAG) != 0,
                (flags & CheckpointCodec.DELIVERED_FLAG) != 0,
                attempts,
                (flags & CheckpointCodec.DELAYED_FLAG) == 0 ? 0 : in.getLong()));
    }

    private void letters(int position) {
        in.position(position);
        long originId = in.getLong();
        for (int left = in.getInt(); left > 0; left--) {
            long subscriptionId = in.getLong();
            long tag = in.getLong();
            long originTag = in.getLong();
            int payloadLength = in.getInt();
            visitor.onLetter(new LetterState(subscriptionId, tag, originId, originTag, in.get() == 1, payloadLength));
        }
    }

    private LogState log() {
        return new LogState(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    private static byte[] text(ByteBuffer in) {
        byte[] text = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(text);
        return text;
    }

    private static long[] longs(ByteBuffer in, int count) {
        long[] result = new long[count];
        for (int i = 0; i < count; i++) {
            result[i] = in.getLong();
        }
        return result;
    }

    private static int[] ints(ByteBuffer in, int count) {
        int[] result = new int[count];
        for (int i = 0; i < count; i++) {
            result[i] = in.getInt();
        }
        return result;
    }

    /** The number of what follows, each of which takes so many bytes at least. */
    private static int count(ByteBuffer in, int bytesMin) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / bytesMin) {
            throw new IllegalStateException(
                    "the checkpoint's state says that " + count + " elements follow in " + in.remaining() + " bytes");
        }
        return count;
    }
}
