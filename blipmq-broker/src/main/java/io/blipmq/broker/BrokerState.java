package io.blipmq.broker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Topics and subscriptions, and what the journal's commands do to them. Owned by the core thread.
 *
 * <p>Applying a command reads no clock, no random number and does no I/O, so replay after a restart builds the same
 * state: stored commands and replayed ones come in through the same methods.
 */
final class BrokerState implements CommandHandler {
    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final LiveMemory liveMemory;
    private final TopicTable topics = new TopicTable();
    private final Long2ObjectHashMap<Subscription> subscriptions = new Long2ObjectHashMap<>();
    private final List<DurableSubscription> durable = new ArrayList<>();
    private Listener listener = new Listener() {};

    /** What the rest of the core does about a change. */
    interface Listener {
        /** A durable subscription exists now, without a connection. */
        default void onCreated(DurableSubscription subscription) {}

        /** A delivery left its subscription. */
        default void onSettled(Delivery delivery) {}
    }

    BrokerState(BrokerOptions options, BrokerCounters counters) {
        this.options = options;
        this.counters = counters;
        this.liveMemory = new LiveMemory(options.liveBytesMax());
    }

    void listener(Listener newListener) {
        this.listener = newListener;
    }

    // --- commands ---

    @Override
    public void onPublish(
            long sequence,
            ByteBuffer body,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength,
            long payloadPosition,
            long publishedMillis,
            long expiresMillis) {
        Topic topic = topics.find(body, topicOffset, topicLength);
        if (topic == null) {
            return;
        }
        if (!topic.durable().isEmpty()) {
            topic.messages().append(sequence, payloadPosition, payloadLength, publishedMillis, expiresMillis);
        }
        if (topic.hasPassingSubscriptions()) {
            topic.live().append(body, payloadOffset, payloadLength, LiveLog.JOURNALLED);
        }
    }

    @Override
    public void onSubscribe(long sequence, OwnerId owner, byte[] topicName) {
        addDurable(new DurableSubscription(sequence, topic(topicName), owner));
    }

    @Override
    public void onSettle(long subscriptionId, long deliveryTag, SettleReason reason) {
        DurableSubscription subscription = durable(subscriptionId);
        if (subscription != null) {
            settle(subscription, deliveryTag);
        }
    }

    @Override
    public void onDeadLetter(
            long sequence, long subscriptionId, long deliveryTag, int attempts, long movedMillis, long expiresMillis) {
        DurableSubscription origin = durable(subscriptionId);
        if (origin == null) {
            return;
        }
        Topic letterTopic = topic(origin.topic().deadLetterName());
        DurableSubscription target = deadLetters(letterTopic, origin.owner());
        if (target == null) {
            target = new DurableSubscription(sequence, letterTopic, origin.owner());
            addDurable(target);
        }
        Delivery failed = origin.unsettledMessage(deliveryTag);
        if (failed == null) {
            return;
        }
        target.messages().append(sequence, failed.payloadPosition, failed.payloadLength, movedMillis, expiresMillis);
        settle(origin, deliveryTag);
        DurableSubscription.Letter letter =
                new DurableSubscription.Letter(target, sequence, origin, deliveryTag, attempts);
        target.letters().put(sequence, letter);
        origin.lettersByOrigin().put(deliveryTag, letter);
    }

    @Override
    public void onRemove(long subscriptionId, RemoveReason reason) {
        DurableSubscription subscription = durable(subscriptionId);
        if (subscription == null) {
            return;
        }
        subscriptions.remove(subscriptionId);
        durable.remove(subscription);
        subscription.topic().durable().remove(subscription);
        for (Delivery delivery : subscription.unsettled().values()) {
            delivery.state = Delivery.State.SETTLED;
            listener.onSettled(delivery);
        }
        subscription.unsettled().clear();
        subscription.topic().trim();
        dropUnneeded(subscription.topic());
        countSubscriptions();
        counters.add(BrokerMetric.SUBSCRIPTIONS_DETACHED, -1);
    }

    /**
     * A message leaves a subscription, whether it was delivered or, at replay, is not to be. Settling what is settled
     * already does nothing, so a settlement may take effect at once and again when it comes back from the journal.
     *
     * @return whether anything knew the tag
     */
    boolean settle(DurableSubscription subscription, long deliveryTag) {
        Delivery delivery = subscription.unsettled().remove(deliveryTag);
        if (delivery != null) {
            delivery.state = Delivery.State.SETTLED;
            listener.onSettled(delivery);
            forgetLetter(subscription, deliveryTag);
            return true;
        }
        DurableSubscription.Letter moved = subscription.lettersByOrigin().remove(deliveryTag);
        if (moved != null) {
            return settle(moved.deadLetters(), moved.tag());
        }
        subscription.settleUndelivered(deliveryTag);
        forgetLetter(subscription, deliveryTag);
        return false;
    }

    private void forgetLetter(DurableSubscription subscription, long tag) {
        DurableSubscription.Letter letter = subscription.letters().remove(tag);
        if (letter != null) {
            letter.origin().lettersByOrigin().remove(letter.originTag());
        }
    }

    // --- topics and subscriptions ---

    /** The topic of this name, made when there is none. */
    Topic topic(byte[] name) {
        Topic topic = topics.find(name);
        if (topic == null) {
            topic = new Topic(name, new LiveLog(liveMemory, options.liveMessagesMax(), counters));
            topics.add(topic);
            counters.add(BrokerMetric.TOPICS, 1);
        }
        return topic;
    }

    TopicTable topics() {
        return topics;
    }

    void dropUnneeded(Topic topic) {
        if (!topic.isNeeded()) {
            topics.remove(topic);
            counters.add(BrokerMetric.TOPICS, -1);
        }
    }

    Subscription subscription(long id) {
        return subscriptions.get(id);
    }

    Collection<Subscription> subscriptions() {
        return subscriptions.values();
    }

    List<DurableSubscription> durableSubscriptions() {
        return durable;
    }

    void addPassing(PassingSubscription subscription) {
        subscription.topic().passingSubscriptionAdded();
        subscriptions.put(subscription.id(), subscription);
        countSubscriptions();
    }

    void removePassing(PassingSubscription subscription) {
        counters.add(BrokerMetric.DROPPED_CONNECTION_ENDED, subscription.close());
        subscriptions.remove(subscription.id());
        subscription.topic().passingSubscriptionEnded();
        dropUnneeded(subscription.topic());
        countSubscriptions();
    }

    /** The one subscription that takes this owner's dead letters of a topic, or null. */
    static DurableSubscription deadLetters(Topic letterTopic, OwnerId owner) {
        for (DurableSubscription candidate : letterTopic.durable()) {
            if (candidate.owner().equals(owner)) {
                return candidate;
            }
        }
        return null;
    }

    private void addDurable(DurableSubscription subscription) {
        subscriptions.put(subscription.id(), subscription);
        durable.add(subscription);
        subscription.topic().durable().add(subscription);
        countSubscriptions();
        counters.add(BrokerMetric.SUBSCRIPTIONS_DETACHED, 1);
        listener.onCreated(subscription);
    }

    private DurableSubscription durable(long id) {
        return subscriptions.get(id) instanceof DurableSubscription found ? found : null;
    }

    private void countSubscriptions() {
        counters.add(BrokerMetric.SUBSCRIPTIONS, subscriptions.size() - counters.current(BrokerMetric.SUBSCRIPTIONS));
    }
}
