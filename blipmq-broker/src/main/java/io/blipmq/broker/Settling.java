package io.blipmq.broker;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

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
    void settle(
            Client client,
            long subscriptionId,
            SettleAction action,
            boolean upTo,
            long millis,
            byte[] reason,
            ByteBuffer tags,
            int offset,
            int end,
            SettleResult result) {
        result.clear();
        if (sealed) {
            result.shuttingDown = true;
            return;
        }
        DurableSubscription subscription = subscription(client, subscriptionId);
        if (subscription == null) {
            result.unknownSubscription = true;
            result.unknown = (end - offset) / Long.BYTES;
            return;
        }
        if (redelivery.pending().isFull()) {
            result.busy = true;
            return;
        }
        Decision decision = new Decision(client, action, TimeUnit.MILLISECONDS.toNanos(millis), reason);
        if (upTo) {
            settleUpTo(subscription, tags.getLong(offset), decision, result);
        } else {
            settleEach(subscription, tags, offset, end, decision, result);
        }
        if (action != SettleAction.ACK) {
            client.lastSequence(
                    subscription.lastLetterSequence()); // what has become dead letters is there when PONG comes
        }
    }

    private void settleEach(
            DurableSubscription subscription,
            ByteBuffer tags,
            int offset,
            int end,
            Decision decision,
            SettleResult result) {
        work.add((end - offset) / Long.BYTES);
        for (int at = offset; at < end; at += Long.BYTES) {
            if (settle(subscription, tags.getLong(at), decision)) {
                result.settled++;
            } else {
                result.unknown++;
            }
        }
    }

    /** What is to become of deliveries. */
    private record Decision(Client client, SettleAction action, long nanos, byte[] reason) {}

    private void settleUpTo(DurableSubscription subscription, long last, Decision decision, SettleResult result) {
        work.add(subscription.unsettled().size());
        long[] tags = subscription.unsettled().tagsThrough(last);
        if (decision.action != SettleAction.ACK) {
            Arrays.sort(tags); // what comes back or becomes dead letters does so in order
        }
        for (long tag : tags) {
            if (settle(subscription, tag, decision)) {
                result.settled++;
            }
        }
        result.unknown = result.settled == 0 ? 1 : 0;
    }

    /** @return whether the tag is one of a delivery that this can happen to */
    private boolean settle(DurableSubscription subscription, long tag, Decision decision) {
        if (!subscription.holds(tag)) {
            return false;
        }
        if (decision.action == SettleAction.ACK) {
            redelivery.acknowledge(subscription, tag);
            return true;
        }
        Delivery delivery = subscription.unsettled().get(tag);
        return delivery != null && keep(delivery, decision);
    }

    private boolean keep(Delivery delivery, Decision decision) {
        switch (decision.action) {
            case NACK -> redelivery.nack(decision.client, delivery, decision.nanos);
            case REJECT -> redelivery.reject(decision.client, delivery, decision.reason);
            case EXTEND -> {
                return redelivery.extend(delivery, decision.nanos);
            }
            case ACK -> throw new IllegalArgumentException("an acknowledged delivery is not kept");
        }
        return true;
    }
}
