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
     * A durable subscription is attached by its owner's poll, unless it was made to be pushed. Several connections of the
     * owner may poll it: then they share it.
     *
     * @return false when many messages in front had expired and there may be more behind them: ask again
     */
    public boolean poll(Client client, long subscriptionId, DeliverySink sink) {
        Subscription subscription = subscriptions.get(subscriptionId);
        if (subscription == null || refusals.isRefusing() || !subscription.belongsTo(client)) {
            return true;
        }
        InFlight inHand = null;
        if (subscription instanceof StoredSubscription stored) {
            inHand = join(stored, client);
            if (inHand == null) {
                return true;
            }
        }
        int delivered = subscription.deliverNext(inHand, sink, deliveries);
        counters.add(BrokerMetric.DELIVERED, Math.max(0, delivered));
        return delivered != Subscription.AGAIN;
    }

    /** @return what the client has in hand of a subscription that it is attached to from now on; null when it may not poll it */
    private InFlight join(StoredSubscription subscription, Client client) {
        if (!subscription.isForPolling()
                || subscription.life().isRemoving()
                || !subscribing.mayTakeUp(subscription, client)) {
            return null;
        }
        InFlight inHand = client.polled(subscription);
        if (inHand == null) {
            subscribing.attach(subscription, client);
            inHand = client.beginPolling(subscription);
        }
        return inHand;
    }

    /** Whether a poll of this subscription would give the client more subscriptions than it may have. */
    public boolean isBeyondLimit(Client client, long subscriptionId) {
        if (!subscribing.isFull(client)) {
            return false;
        }
        StoredSubscription subscription = subscriptions.stored(subscriptionId);
        return subscription != null
                && !client.subscriptions().contains(subscription)
                && subscription.belongsTo(client)
                && subscription.isForPolling();
    }
}
