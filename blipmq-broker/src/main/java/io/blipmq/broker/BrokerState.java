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
    private final PositionMemory positions;
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
        this.positions = new PositionMemory(options.positionsMax());
    }

    void listener(Listener newListener) {
        this.listener = newListener;
    }

    /** Lets what is too old to be kept in memory be found in the journal; before that everything is kept. */
    void journal(Journal journal) {
        positions.journal(journal);
    }

    // --- commands ---

    @Override
    public void onCheckpoint(ByteBuffer content) {
        CheckpointCodec.decode(content).restoreTo(this);
    }

    @Override
    public void onPublish(
            long sequence,
            long position,
            ByteBuffer body,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength) {
        Topic topic = topics.find(body, topicOffset, topicLength);
        if (topic == null) {
            return;
        }
        if (!topic.durable().isEmpty()) {
            topic.messages().append(sequence, position, payloadLength);
        }
        if (topic.hasPassingSubscriptions()) {
            topic.live().append(body, payloadOffset, payloadLength, 0);
        }
    }

    @Override
    public void onSubscribe(long sequence, OwnerId owner, byte[] topicName) {
        addDurable(sequence, topic(topicName), owner, sequence + 1);
    }

    @Override
    public void onSettle(long subscriptionId, long deliveryTag, int payloadLength, SettleReason reason) {
        DurableSubscription subscription = durable(subscriptionId);
        if (subscription != null) {
            settle(subscription, deliveryTag, payloadLength);
        }
    }

    @Override
    public void onDeadLetter(
            long sequence, long position, long subscriptionId, long deliveryTag, int attempts, int payloadLength) {
        DurableSubscription origin = durable(subscriptionId);
        if (origin == null) {
            return;
        }
        Topic letterTopic = topic(origin.topic().deadLetterName());
        DurableSubscription target = deadLetters(letterTopic, origin.owner());
        if (target == null) {
            target = addDurable(sequence, letterTopic, origin.owner(), sequence);
        }
        target.messages().append(sequence, position, payloadLength);
        if (origin.isWaitingFor(deliveryTag)) {
            settle(origin, deliveryTag, payloadLength);
            addLetter(target, sequence, subscriptionId, deliveryTag, payloadLength);
        } else {
            // It was acknowledged while its move was on its way. The journal finds the letter again all the same.
            target.cursor().settleAhead(sequence, payloadLength);
        }
    }

    /** Remembers where a letter came from, for acknowledgements that come late. */
    void addLetter(DurableSubscription deadLetters, long tag, long originId, long originTag, int payloadLength) {
        DurableSubscription.Letter letter =
                new DurableSubscription.Letter(deadLetters, tag, originId, originTag, payloadLength);
        deadLetters.letters().put(tag, letter);
        DurableSubscription origin = durable(originId);
        if (origin != null) {
            origin.lettersByOrigin().put(originTag, letter);
        }
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
    boolean settle(DurableSubscription subscription, long deliveryTag, int payloadLength) {
        Delivery delivery = subscription.unsettled().remove(deliveryTag);
        if (delivery != null) {
            delivery.state = Delivery.State.SETTLED;
            listener.onSettled(delivery);
            forgetLetter(subscription, deliveryTag);
            return true;
        }
        DurableSubscription.Letter moved = subscription.lettersByOrigin().remove(deliveryTag);
        if (moved != null) {
            return settle(moved.deadLetters(), moved.tag(), moved.payloadLength());
        }
        subscription.cursor().settleAhead(deliveryTag, payloadLength);
        forgetLetter(subscription, deliveryTag);
        return false;
    }

    private void forgetLetter(DurableSubscription subscription, long tag) {
        DurableSubscription.Letter letter = subscription.letters().remove(tag);
        DurableSubscription origin = letter == null ? null : durable(letter.originId());
        if (origin != null) {
            origin.lettersByOrigin().remove(letter.originTag());
        }
    }

    // --- topics and subscriptions ---

    /** The topic of this name, made when there is none. */
    Topic topic(byte[] name) {
        Topic topic = topics.find(name);
        if (topic == null) {
            topic = new Topic(name, newLiveLog(), newLiveLog(), positions);
            topics.add(topic);
            counters.add(BrokerMetric.TOPICS, 1);
        }
        return topic;
    }

    private LiveLog newLiveLog() {
        return new LiveLog(liveMemory, options.liveMessagesMax(), counters);
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

    /** @param firstSequence its messages begin at or beyond this number */
    DurableSubscription addDurable(long id, Topic topic, OwnerId owner, long firstSequence) {
        DurableSubscription subscription = new DurableSubscription(id, topic, owner, positions, firstSequence);
        subscriptions.put(id, subscription);
        durable.add(subscription);
        subscription.topic().durable().add(subscription);
        countSubscriptions();
        counters.add(BrokerMetric.SUBSCRIPTIONS_DETACHED, 1);
        listener.onCreated(subscription);
        return subscription;
    }

    /** After a start: a delivery that had not been settled is due again; the attempt counts. */
    void restoreUnsettled(Delivery delivery) {
        delivery.subscription.unsettled().put(delivery.tag, delivery);
        delivery.subscription.dueAgain(delivery);
    }

    /** The durable subscription of this id, or null. */
    DurableSubscription durable(long id) {
        return subscriptions.get(id) instanceof DurableSubscription found ? found : null;
    }

    private void countSubscriptions() {
        counters.add(BrokerMetric.SUBSCRIPTIONS, subscriptions.size() - counters.current(BrokerMetric.SUBSCRIPTIONS));
    }
}
