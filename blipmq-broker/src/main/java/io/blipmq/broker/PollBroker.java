package io.blipmq.broker;

import java.nio.ByteBuffer;

/**
 * What clients ask for that take each message by a request: protocol version 1. Owned by the core thread. Their answers may be
 * sent once {@link Broker#appliedSequence()} has reached {@link Client#lastSequence()}.
 */
public final class PollBroker {
    private final BrokerCounters counters;
    private final BrokerState state;
    private final Redelivery redelivery;
    private final Subscribing subscribing;
    private final Publishing publishing;
    private final Settling settling;
    private final Refusals refusals;

    PollBroker(
            BrokerCounters counters,
            BrokerState state,
            Redelivery redelivery,
            Subscribing subscribing,
            Publishing publishing,
            Settling settling,
            Refusals refusals) {
        this.counters = counters;
        this.state = state;
        this.redelivery = redelivery;
        this.subscribing = subscribing;
        this.publishing = publishing;
        this.settling = settling;
        this.refusals = refusals;
    }

    /**
     * Publishes a message whose topic has been validated (1 to 1,024 bytes of UTF-8, no leading '$').
     *
     * @param frame holds topic and payload at absolute offsets; read during the call only
     * @return 0 or the journal's sequence number when accepted, or {@link Broker#BUSY}, {@link Broker#DISK_FULL},
     *     {@link Broker#SHUTTING_DOWN}
     */
    public long publish(
            Client client,
            int qos,
            ByteBuffer frame,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength) {
        return refusals.count(
                refusals.isShuttingDown()
                        ? Broker.SHUTTING_DOWN
                        : publishing.publish(
                                client, qos, frame, topicOffset, topicLength, payloadOffset, payloadLength));
    }

    /**
     * Subscribes a client. A QoS 1 subscription resumes the owner's oldest detached one of that topic before a new one
     * is made, and a key has one subscription to a dead-letter topic at most, which its connections share. The answer may be sent once
     * {@link Broker#appliedSequence()} has reached {@link Client#lastSequence()}.
     *
     * @return the subscription's id (positive), or {@link Broker#BUSY}, {@link Broker#DISK_FULL}, {@link Broker#SHUTTING_DOWN},
     *     {@link Broker#TOO_MANY_SUBSCRIPTIONS}, {@link Broker#TOO_MANY_OF_CONNECTION}
     */
    public long subscribe(Client client, int qos, ByteBuffer frame, int topicOffset, int topicLength) {
        if (refusals.isShuttingDown()) {
            return refusals.count(Broker.SHUTTING_DOWN);
        }
        byte[] name = new byte[topicLength];
        frame.get(topicOffset, name);
        return refusals.count(subscribing.subscribe(client, qos, name));
    }

    /**
     * Delivers the next message of a subscription, if there is one. A detached subscription is attached by its owner's
     * POLL, unless it was made to be pushed.
     *
     * @return 1 when {@code sink} got a delivery; 0 for an empty, unknown or foreign subscription; {@link Broker#BUSY} when
     *     many messages in front had expired and there may be more behind them: ask again
     */
    public long poll(Client client, long subscriptionId, DeliverySink sink) {
        Subscription subscription = state.subscription(subscriptionId);
        if (subscription == null || refusals.isShuttingDown() || !subscription.belongsTo(client)) {
            return 0;
        }
        if (subscription instanceof DurableSubscription durable) {
            if (!durable.isForPolling() || durable.isRemoving()) {
                return 0;
            }
            if (!durable.isAttached()) {
                if (subscribing.isFull(client)) {
                    return 0;
                }
                subscribing.attach(durable, client);
            }
        }
        int delivered = subscription.deliverNext(sink, redelivery);
        counters.add(BrokerMetric.DELIVERED, Math.max(0, delivered));
        return delivered == Pushing.AGAIN ? Broker.BUSY : delivered;
    }

    /** Whether a POLL of this detached subscription would give the client more subscriptions than it may have. */
    public boolean isBeyondLimit(Client client, long subscriptionId) {
        if (!subscribing.isFull(client)) {
            return false;
        }
        DurableSubscription subscription = state.durable(subscriptionId);
        return subscription != null
                && !subscription.isAttached()
                && subscription.belongsTo(client)
                && subscription.isForPolling();
    }

    /**
     * Settles a delivery. It takes effect at once; only its durability lags. A subscription whose removal is journalled
     * takes none any more, because replay would not find it, nor does a broker after {@link Broker#seal}.
     *
     * @return 0 when it took effect, or {@link Broker#UNKNOWN}, or {@link Broker#BUSY} when too many wait for room in the journal
     */
    public long acknowledge(Client client, long subscriptionId, long deliveryTag) {
        return settling.acknowledge(client, subscriptionId, deliveryTag);
    }
}
