package io.blipmq.broker;

/** Hands out messages to clients that ask for each. Owned by the core thread. */
public final class PollService {
    private final BrokerCounters counters;
    private final SubscriptionTable subscriptions;
    private final Deliveries deliveries;
    private final SubscribeService subscribing;
    private final Refusals refusals;

    PollService(
            BrokerCounters counters,
            SubscriptionTable subscriptions,
            Deliveries deliveries,
            SubscribeService subscribing,
            Refusals refusals) {
        this.counters = counters;
        this.subscriptions = subscriptions;
        this.deliveries = deliveries;
        this.subscribing = subscribing;
        this.refusals = refusals;
    }

    /**
     * Delivers the next message of a subscription to {@code sink}, if there is one and the client's key has the subscription.
     * A detached subscription is attached by its owner's poll, unless it was made to be pushed.
     *
     * @return false when many messages in front had expired and there may be more behind them: ask again
     */
    public boolean poll(Client client, long subscriptionId, DeliverySink sink) {
        Subscription subscription = subscriptions.get(subscriptionId);
        if (subscription == null || refusals.isRefusing() || !subscription.belongsTo(client)) {
            return true;
        }
        if (subscription instanceof StoredSubscription stored) {
            if (!stored.isForPolling() || stored.life().isRemoving()) {
                return true;
            }
            if (!stored.life().isAttached()) {
                if (subscribing.isFull(client)) {
                    return true;
                }
                subscribing.attach(stored, client);
            }
        }
        int delivered = subscription.deliverNext(sink, deliveries);
        counters.add(BrokerMetric.DELIVERED, Math.max(0, delivered));
        return delivered != Subscription.AGAIN;
    }

    /** Whether a poll of this detached subscription would give the client more subscriptions than it may have. */
    public boolean isBeyondLimit(Client client, long subscriptionId) {
        if (!subscribing.isFull(client)) {
            return false;
        }
        StoredSubscription subscription = subscriptions.stored(subscriptionId);
        return subscription != null
                && !subscription.life().isAttached()
                && subscription.belongsTo(client)
                && subscription.isForPolling();
    }
}
