package io.blipmq.broker.journal;

import io.blipmq.broker.backlog.MessageLog;
import java.util.List;

/**
 * Is told what a checkpoint holds, piece by piece, so that nobody has all of it in memory twice. Owned by its caller.
 *
 * <p>A topic comes before its subscriptions, perhaps several times, a subscription before its deliveries, and letters and
 * publish ids at the end.
 */
public interface CheckpointVisitor {
    /** A {@link MessageLog}'s counts. */
    record LogState(long lastSequence, long count, long bytes, long expiringThrough) {}

    /**
     * A durable subscription.
     *
     * @param letters its own log on a dead-letter topic, null on any other
     * @param detachedMillis since when it has no connection; 0 when it had one
     * @param settledAhead tags, sorted
     * @param settledLengths their messages' payload lengths
     */
    record SubscriptionState(
            long id,
            OwnerId owner,
            byte[] name,
            boolean endsWithConnection,
            long nextSequence,
            long passedCount,
            long passedBytes,
            LogState letters,
            long detachedMillis,
            long[] settledAhead,
            int[] settledLengths) {}

    /**
     * A delivery that was not settled.
     *
     * @param delivered whether a client may know its tag
     * @param dueMillis until when it was put off; 0: it was not
     */
    record DeliveryState(
            long tag,
            long position,
            long publishedMillis,
            long expiresMillis,
            int payloadOffset,
            int payloadLength,
            int propertiesBytes,
            boolean redriven,
            boolean delivered,
            int attempts,
            long dueMillis) {}

    /** Which message of which subscription a dead letter was. */
    record LetterState(
            long subscriptionId, long tag, long originId, long originTag, boolean originRedriven, int payloadLength) {}

    /**
     * A publish id that is remembered.
     *
     * @param sequence of its message
     * @param publishedMillis when that was published
     * @param key as {@link PublishIdKey} says
     */
    record PublishIdState(long sequence, long publishedMillis, byte[] key) {}

    /**
     * A bucket of time with scheduled messages.
     *
     * @param firstSequence none with a lower number is scheduled
     * @param count how many are scheduled
     * @param throughMillis due time of the last one, in their order, that has been published; 0 before any
     * @param throughSequence its number
     * @param late numbers of those that are before that and are still scheduled, sorted
     * @param cancelled numbers of those that are not scheduled although they are behind it, sorted
     */
    record ScheduleState(
            long bucket,
            long firstSequence,
            long count,
            long throughMillis,
            long throughSequence,
            long[] late,
            long[] cancelled) {}

    /** When it was taken. */
    default void onTime(long millis, List<ClockJump> jumps) {}

    /** The settings that the nodes have agreed on; not told of a daemon on its own. */
    default void onSettings(ReplicatedSettings settings) {}

    /** Scheduled messages, in the order of time. */
    default void onSchedule(ScheduleState schedule) {}

    /**
     * A topic with durable subscriptions, or a filter.
     *
     * @param name of the topic, or the filter's text
     */
    void onTopic(byte[] name, boolean filter, LogState log);

    /** A subscription to the topic that was told last. */
    void onSubscription(SubscriptionState subscription);

    /** A delivery of the subscription that was told last. */
    void onDelivery(DeliveryState delivery);

    void onLetter(LetterState letter);

    /** Told at the end, in the order of their messages. */
    default void onPublishId(PublishIdState publishId) {}
}
