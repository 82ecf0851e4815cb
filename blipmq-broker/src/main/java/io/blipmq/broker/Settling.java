package io.blipmq.broker;

import java.util.Arrays;

/** What clients decide about deliveries: ack, nack, reject, extend. Owned by the core thread. */
final class Settling {
    private final BrokerState state;
    private final Redelivery redelivery;
    private final WorkMeter work;
    private boolean sealed;

    Settling(BrokerState state, Redelivery redelivery, WorkMeter work) {
        this.state = state;
        this.redelivery = redelivery;
        this.work = work;
    }

    /** Nothing is taken any more. */
    void seal() {
        sealed = true;
    }

    /**
     * A subscription whose removal is journalled takes no settlement any more, because replay would not find it.
     *
     * @return null when the client's key has no such subscription
     */
    private DurableSubscription subscription(Client client, long subscriptionId) {
        DurableSubscription subscription = state.durable(subscriptionId);
        boolean settles = subscription != null && subscription.belongsTo(client) && !subscription.isRemoving();
        return settles ? subscription : null;
    }

    /** As {@link PollBroker#acknowledge}. */
    long acknowledge(Client client, long subscriptionId, long deliveryTag) {
        DurableSubscription subscription = subscription(client, subscriptionId);
        if (sealed || subscription == null || !subscription.holds(deliveryTag)) {
            return Broker.UNKNOWN;
        }
        if (redelivery.pending().isFull()) {
            return Broker.BUSY;
        }
        redelivery.acknowledge(subscription, deliveryTag);
        return 0;
    }

    /** As {@link PushBroker#settle}. */
    void settle(Client client, SettleRequest request, SettleResult result) {
        result.clear();
        if (sealed) {
            result.shuttingDown = true;
            return;
        }
        DurableSubscription subscription = subscription(client, request.subscriptionId);
        if (subscription == null) {
            result.unknownSubscription = true;
            return;
        }
        if (redelivery.pending().isFull()) {
            result.busy = true;
            return;
        }
        if (request.upTo) {
            settleUpTo(client, subscription, request, request.tag(0), result);
        } else {
            settleEach(client, subscription, request, result);
        }
        if (request.action != SettleAction.ACK) {
            client.lastSequence(
                    subscription.lastLetterSequence()); // what has become dead letters is there when PONG comes
        }
    }

    private void settleEach(
            Client client, DurableSubscription subscription, SettleRequest request, SettleResult result) {
        work.add(request.count());
        for (int i = 0; i < request.count(); i++) {
            long tag = request.tag(i);
            result.count(tag, settle(client, subscription, tag, request));
        }
    }

    private void settleUpTo(
            Client client, DurableSubscription subscription, SettleRequest request, long last, SettleResult result) {
        work.add(subscription.unsettled().size());
        long[] tags = subscription.unsettled().tagsThrough(last);
        if (request.action != SettleAction.ACK) {
            Arrays.sort(tags); // what comes back or becomes dead letters does so in order
        }
        boolean any = false;
        for (long tag : tags) {
            if (settle(client, subscription, tag, request)) {
                result.count(tag, true);
                any = true;
            }
        }
        if (!any) {
            result.count(last, false);
        }
    }

    /** @return whether the tag is one of a delivery that this can happen to */
    private boolean settle(Client client, DurableSubscription subscription, long tag, SettleRequest request) {
        if (!subscription.holds(tag)) {
            return false;
        }
        if (request.action == SettleAction.ACK) {
            redelivery.acknowledge(subscription, tag);
            return true;
        }
        Delivery delivery = subscription.unsettled().get(tag);
        return delivery != null && keep(client, delivery, request);
    }

    private boolean keep(Client client, Delivery delivery, SettleRequest request) {
        switch (request.action) {
            case NACK -> redelivery.nack(client, delivery, request.nanos);
            case REJECT -> redelivery.reject(client, delivery, request.reason);
            case EXTEND -> {
                return redelivery.extend(delivery, request.nanos);
            }
            case RELEASE -> redelivery.nack(client, delivery, 0);
            case BEGIN -> {
                return delivery.state == Delivery.State.IN_FLIGHT;
            }
            case ACK -> throw new IllegalArgumentException("an acknowledged delivery is not kept");
        }
        return true;
    }
}
