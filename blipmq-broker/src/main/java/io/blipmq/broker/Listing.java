package io.blipmq.broker;

import java.util.function.Consumer;

/**
 * Lists what belongs to a key, page by page. Owned by the core thread.
 *
 * <p>Each method lists what comes behind {@code after} (0 for the first page), and returns the cursor to go on with, or 0
 * when that was all. A page has {@link #ITEMS_MAX} items at most, whatever is asked for.
 */
public final class Listing {
    /** Bounds the memory and the time of one page. */
    public static final int ITEMS_MAX = 1_000;

    Listing() {}

    /** Topics that the key has subscriptions to. */
    public long topics(Client client, long after, int limit, Consumer<TopicInfo> sink) {
        return 0;
    }

    /**
     * The key's subscriptions.
     *
     * @param subscriptionId only this one; 0: all
     */
    public long subscriptions(
            Client client, long subscriptionId, long after, int limit, Consumer<SubscriptionDetails> sink) {
        return 0;
    }

    /**
     * Deliveries of a subscription that are not settled.
     *
     * @return {@link Broker#UNKNOWN} when the key has no such subscription
     */
    public long deliveries(Client client, long subscriptionId, long after, int limit, Consumer<DeliveryInfo> sink) {
        return Broker.UNKNOWN;
    }

    /**
     * Letters in a dead-letter subscription, oldest first; those on their way back to their subscription are left out.
     *
     * @return {@link Broker#UNKNOWN} when the key has no such subscription
     */
    public long deadLetters(Client client, long subscriptionId, long after, int limit, DeadLetterSink sink) {
        return Broker.UNKNOWN;
    }
}
