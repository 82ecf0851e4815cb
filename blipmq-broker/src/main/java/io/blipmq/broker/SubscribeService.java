package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.protocol.name.Topics;

/**
 * Which connection reads which subscription: makes, resumes, attaches and detaches them. Owned by the core thread.
 *
 * <p>A QoS 1 SUBSCRIBE is decided when it comes: it resumes a detached subscription of its key and topic, or its command is
 * appended to the journal, in front of whatever the client sends next. The subscription exists once that is applied.
 *
 * <p>Connections of a key that poll the same subscription share it: each message goes to one of them, any of them may
 * acknowledge it, and what one has in hand when it leaves is due again at once. The subscription is detached when the last of
 * them ends. A POLL joins them; so does a SUBSCRIBE to dead letters, of which a key has one subscription to each topic.
 */
public final class SubscribeService {
    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final SubscriptionTable subscriptions;
    private final CommandLog log;
    private final Deliveries deliveries;
    private final TurnClock clock;
    private final WorkMeter work;
    private final Refusals refusals;
    private long nextMemoryId = MemorySubscription.FIRST_ID;

    SubscribeService(
            BrokerOptions options,
            BrokerCounters counters,
            SubscriptionTable subscriptions,
            CommandLog log,
            Deliveries deliveries,
            TurnClock clock,
            WorkMeter work,
            Refusals refusals) {
        this.options = options;
        this.counters = counters;
        this.subscriptions = subscriptions;
        this.log = log;
        this.deliveries = deliveries;
        this.clock = clock;
        this.work = work;
        this.refusals = refusals;
    }

    /**
     * Subscribes a client that polls. A QoS 1 subscription resumes the owner's oldest detached one of that topic before a new
     * one is made, and a key has one subscription to a dead-letter topic at most, which its connections share. The answer may
     * be sent once {@link Broker#appliedSequence()} has reached {@link Client#lastSequence()}.
     *
     * @return {@link Outcome#DONE}, {@link Outcome#BUSY}, {@link Outcome#DISK_FULL}, {@link Outcome#SHUTTING_DOWN}, {@link
     *     Outcome#NOT_LEADER}, {@link Outcome#TOO_MANY_SUBSCRIPTIONS} or {@link Outcome#TOO_MANY_OF_CONNECTION}
     */
    public SubscribeResult subscribe(Client client, int qos, byte[] topic) {
        if (refusals.isRefusing()) {
            return refusals.count(SubscribeResult.refused(refusals.reason()));
        }
        return refusals.count(qos == 0 ? makeInMemory(client, topic) : resumeOrMake(client, topic));
    }

    private SubscribeResult makeInMemory(Client client, byte[] topic) {
        Outcome room = roomForAnother(client, false);
        return room.isDone()
                ? SubscribeResult.of(makeMemorySubscription(client, subscriptions.topic(topic))
                        .id())
                : SubscribeResult.refused(room);
    }

    private SubscribeResult resumeOrMake(Client client, byte[] topic) {
        SubscribeResult resumed = resume(client, topic);
        if (resumed != null) {
            return resumed;
        }
        if (Topics.isDeadLetters(topic) && isComing(client.owner(), topic)) {
            return SubscribeResult.refused(Outcome.BUSY);
        }
        return makeStoredSubscription(client, topic, BrokerState.NO_NAME, false, null);
    }

    /** @return {@link Outcome#DONE}, or why no subscription, a stored one or not, is made for this client */
    Outcome roomForAnother(Client client, boolean stored) {
        if (isFull(client)) {
            return Outcome.TOO_MANY_OF_CONNECTION;
        }
        boolean room = subscriptions.count() < options.subscriptionsMax()
                && subscriptions.memory().hasRoomForSubscription(stored, subscriptions.storingCount());
        return room ? Outcome.DONE : Outcome.TOO_MANY_SUBSCRIPTIONS;
    }

    /** Whether the client has as many subscriptions as one may have. */
    boolean isFull(Client client) {
        return client.subscriptions().size() >= options.subscriptionsPerClientMax();
    }

    /** Whether a subscription that exists would not be one too many. */
    boolean mayTakeUp(StoredSubscription subscription, Client client) {
        return !isFull(client) || client.subscriptions().contains(subscription);
    }

    /** @return null when there is no subscription that the client may take up */
    private SubscribeResult resume(Client client, byte[] name) {
        Topic topic = subscriptions.topics().find(name);
        if (topic == null) {
            return null;
        }
        StoredSubscription found = topic.stored().first(client.owner(), SubscribeService::mayBeResumed, work);
        if (found != null) {
            return takeUp(found, client);
        }
        if (isFull(client)) {
            return SubscribeResult.refused(Outcome.TOO_MANY_OF_CONNECTION);
        }
        StoredSubscription forsaken = topic.storing()
                .first(client.owner(), candidate -> candidate.life().isForsaken(), work);
        return forsaken == null ? null : await(forsaken, client, null);
    }

    private static boolean mayBeResumed(StoredSubscription candidate) {
        boolean free = candidate.isDeadLetters() || !candidate.life().isAttached() && candidate.isForPolling();
        return free && !candidate.life().isRemoving();
    }

    private SubscribeResult takeUp(StoredSubscription subscription, Client client) {
        if (!mayTakeUp(subscription, client)) {
            return SubscribeResult.refused(Outcome.TOO_MANY_OF_CONNECTION);
        }
        attach(subscription, client);
        return SubscribeResult.of(subscription.id());
    }

    /**
     * Whether a command that is not applied yet will make this key's one subscription to a dead-letter topic: a SUBSCRIBE
     * of another connection, or the first letter.
     */
    boolean isComing(OwnerId owner, byte[] letterTopicName) {
        Topic letterTopic = subscriptions.topics().find(letterTopicName);
        if (letterTopic != null && letterTopic.storing().first(owner, any -> true, work) != null) {
            return true;
        }
        return subscriptions.origins(letterTopicName).stream()
                .anyMatch(origin -> origin.stored().first(owner, this::hasLetterComing, work) != null);
    }

    private boolean hasLetterComing(StoredSubscription failing) {
        return failing.lastLetterSequence() > log.appliedSequence();
    }

    MemorySubscription makeMemorySubscription(Client client, MessageStream topic) {
        MemorySubscription subscription = new MemorySubscription(nextMemoryId++, topic, client, clock.nowMillis());
        subscriptions.add(subscription);
        client.add(subscription);
        return subscription;
    }

    /** One that a group shares, without a member. */
    MemorySubscription makeMemoryGroup(OwnerId owner, MessageStream topic, byte[] name) {
        MemorySubscription subscription =
                MemorySubscription.ofGroup(nextMemoryId++, topic, owner, name, clock.nowMillis());
        subscriptions.add(subscription);
        subscription.topic().attachments().add(subscription.target());
        return subscription;
    }

    /** @param request null for a client that polls */
    SubscribeResult makeStoredSubscription(
            Client client, byte[] topic, byte[] name, boolean endsWithConnection, AttachRequest request) {
        Outcome room = roomForAnother(client, true);
        if (!room.isDone()) {
            return SubscribeResult.refused(room);
        }
        boolean filter = request != null && request.filter();
        long sequence = log.appendSubscribe(client.owner(), topic, filter, name, endsWithConnection);
        if (sequence < 0) {
            return SubscribeResult.refused(Outcome.ofAppend(sequence));
        }
        StoredSubscription made = subscriptions.make(
                sequence, subscriptions.stream(topic, filter), client.owner(), name, endsWithConnection);
        return await(made, client, request);
    }

    private SubscribeResult await(StoredSubscription storing, Client client, AttachRequest request) {
        storing.life().awaitedBy(client, request);
        client.add(storing);
        client.lastSequence(storing.id());
        return SubscribeResult.of(storing.id());
    }

    /** A subscription exists now; the connection that asked for it, if it is still there, reads it. */
    void onCreated(StoredSubscription subscription) {
        Client asker = subscription.life().asker();
        AttachRequest request = subscription.life().request();
        subscription.life().awaitedBy(null, null);
        if (asker != null) {
            attach(subscription, asker);
            if (request != null) {
                hold(subscription, new Attachment(asker, subscription, request, false), request.group());
            }
        }
    }

    void attach(StoredSubscription subscription, Client client) {
        if (!subscription.life().isAttached()) {
            counters.add(BrokerMetric.SUBSCRIPTIONS_DETACHED, -1);
        } else if (client.subscriptions().contains(subscription)) {
            return;
        }
        subscription.attach(client, clock.nowMillis());
        client.add(subscription);
    }

    /**
     * From now on the messages of a subscription are pushed to one of its connections.
     *
     * @param shared whether that is a member of a group
     */
    void hold(StoredSubscription subscription, Attachment attachment, boolean shared) {
        ConsumerGroup group = subscription.life().group();
        if (shared && group != null) {
            group.add(attachment);
            return;
        }
        PushTarget target = attachment;
        if (shared) {
            group = new ConsumerGroup();
            group.add(attachment);
            target = group;
        }
        subscription.life().target(target);
        subscription.topic().attachments().add(target);
    }

    /** They are pushed to this connection no more. What it has in hand is due again. */
    private void unhold(StoredSubscription subscription, Attachment attachment) {
        ConsumerGroup group = subscription.life().group();
        if (group != null) {
            group.remove(attachment);
        }
        if (group == null || group.isEmpty()) {
            subscription.topic().attachments().remove(subscription.target());
            subscription.life().target(null);
        }
        takeBack(attachment.inFlight());
    }

    /** The connection is gone: its QoS 0 subscriptions end, its durable ones are detached. */
    void release(Client client) {
        for (Subscription subscription : client.subscriptions()) {
            leave(client, subscription);
        }
        client.subscriptions().clear();
    }

    /** A client reads a subscription no longer. One that ends with its connection is to be removed then. */
    void leave(Client client, Subscription subscription) {
        Attachment attachment = subscription.attachment(client);
        if (attachment != null) {
            attachment.end();
        }
        if (subscription instanceof MemorySubscription inMemory) {
            leaveMemory(inMemory, attachment);
        } else if (subscription instanceof StoredSubscription stored
                && stored.life().isStoring()) {
            stored.life().forsake(); // it comes to be detached
        } else if (subscription instanceof StoredSubscription stored) {
            if (attachment != null) {
                unhold(stored, attachment);
            }
            takeBack(client.polled(stored));
            if (stored.life().leave(client)) {
                detach(stored);
            }
        }
    }

    /** One that a group shares ends with its last member. */
    private void leaveMemory(MemorySubscription subscription, Attachment attachment) {
        ConsumerGroup group = subscription.group();
        if (group != null) {
            group.remove(attachment);
        }
        if (group == null || group.isEmpty()) {
            if (attachment != null) {
                subscription.topic().attachments().remove(subscription.target());
            }
            counters.add(BrokerMetric.DROPPED_CONNECTION_ENDED, subscription.close());
            subscriptions.remove(subscription);
        }
    }

    /** What a connection has in hand that leaves is due again, for the others if there are any. */
    private void takeBack(InFlight inHand) {
        if (inHand != null) {
            work.add(inHand.size());
            deliveries.takeBack(inHand);
        }
    }

    private void detach(StoredSubscription subscription) {
        long lost = subscription.detach(clock.nowNanos(), clock.nowMillis());
        counters.add(BrokerMetric.DROPPED_CONNECTION_ENDED, lost);
        counters.add(BrokerMetric.SUBSCRIPTIONS_DETACHED, 1);
    }
}
