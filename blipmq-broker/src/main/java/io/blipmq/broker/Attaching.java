package io.blipmq.broker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How connections that messages are pushed to come by subscriptions and leave them: names, takeovers, deletion. Owned by
 * the core thread. What it has in common with connections that poll is in {@link Subscribing}.
 */
final class Attaching {
    private static final int TAKEN_OVER = 409;

    private final BrokerCounters counters;
    private final BrokerState state;
    private final Redelivery redelivery;
    private final Subscribing subscribing;
    private final Housekeeping housekeeping;
    private final ReadyList ready;
    private final WorkMeter work;

    Attaching(
            BrokerCounters counters,
            BrokerState state,
            Redelivery redelivery,
            Subscribing subscribing,
            Housekeeping housekeeping,
            ReadyList ready,
            WorkMeter work) {
        this.counters = counters;
        this.state = state;
        this.redelivery = redelivery;
        this.subscribing = subscribing;
        this.housekeeping = housekeeping;
        this.ready = ready;
        this.work = work;
    }

    // --- attach ---

    /** @return the subscription's id, or a refusal of {@link PushBroker#attach} */
    long attach(Client client, AttachRequest request) {
        if (request.qos() == 0) {
            return attachPassing(client, request);
        }
        if (Topic.isDeadLetters(request.topic())) {
            return attachToDeadLetters(client, request);
        }
        if (request.name().length == 0) {
            return make(client, request, true);
        }
        return attachNamed(client, request);
    }

    private long attachPassing(Client client, AttachRequest request) {
        long refusal = subscribing.refusalOfAnother(client);
        if (refusal != 0) {
            return refusal;
        }
        PassingSubscription subscription = subscribing.subscribePassing(client, request.topic());
        Attachment attachment = new Attachment(client, subscription, request, false);
        subscription.attachment(attachment);
        subscription.topic().attachments().add(attachment);
        return subscription.id();
    }

    private long attachToDeadLetters(Client client, AttachRequest request) {
        DurableSubscription letters = letters(client, request.topic());
        if (letters != null) {
            return resume(client, request, letters);
        }
        return subscribing.isComing(client.owner(), request.topic()) ? Broker.BUSY : make(client, request, false);
    }

    /** The key's subscription to a topic of dead letters, or null. */
    private DurableSubscription letters(Client client, byte[] name) {
        Topic topic = state.topics().find(name);
        if (topic != null) {
            for (DurableSubscription candidate : topic.durable()) {
                work.add(1);
                if (candidate.belongsTo(client) && !candidate.isRemoving()) {
                    return candidate;
                }
            }
        }
        return null;
    }

    /** As {@link PushBroker#holder}. */
    String holder(Client client, AttachRequest request) {
        DurableSubscription held = Topic.isDeadLetters(request.topic())
                ? letters(client, request.topic())
                : state.named(client.owner(), request.name());
        return held.attachment().client().describe();
    }

    private long attachNamed(Client client, AttachRequest request) {
        if (subscribing.isNameExpected(client.owner(), request.name())) {
            return Broker.BUSY;
        }
        DurableSubscription named = state.named(client.owner(), request.name());
        if (named == null || named.isRemoving()) {
            return make(client, request, false);
        }
        if (!Arrays.equals(named.topic().name(), request.topic())) {
            return Broker.OTHER_TOPIC;
        }
        return request.fromNew() ? replace(client, request, named) : resume(client, request, named);
    }

    private long make(Client client, AttachRequest request, boolean passing) {
        long refusal = subscribing.refusalOfAnother(client);
        if (refusal != 0) {
            return refusal;
        }
        byte[] name = Topic.isDeadLetters(request.topic()) ? BrokerState.NO_NAME : request.name();
        return subscribing.subscribeDurable(client, request.topic(), name, passing, request);
    }

    private long resume(Client client, AttachRequest request, DurableSubscription subscription) {
        if (!request.takeOver() && subscription.attachment() != null) {
            return Broker.NAME_HELD;
        }
        if (!subscribing.mayTakeUp(subscription, client)) {
            return Broker.TOO_MANY_OF_CONNECTION;
        }
        expel(subscription, client);
        subscribing.attach(subscription, client);
        subscribing.hold(subscription, new Attachment(client, subscription, request, true));
        return subscription.id();
    }

    /** The subscription of this name gives way to a new one, by one command. */
    private long replace(Client client, AttachRequest request, DurableSubscription old) {
        if (!request.takeOver() && old.attachment() != null) {
            return Broker.NAME_HELD;
        }
        if (!redelivery.pending().isEmpty()) {
            return Broker.BUSY; // a settlement that was accepted before must stand in the journal before
        }
        long sequence = make(client, request, false);
        if (sequence >= 0) {
            expel(old, client);
            housekeeping.onRemoving(old, RemoveReason.DELETED);
        }
        return sequence;
    }

    /** Takes a subscription from the connection that it is pushed to, if there is one. */
    private void expel(DurableSubscription subscription, Client successor) {
        Attachment attachment = subscription.attachment();
        if (attachment == null) {
            return;
        }
        leave(attachment.client(), subscription);
        counters.increment(BrokerMetric.SUBSCRIPTIONS_TAKEN_OVER);
        attachment.client().pusher().onDetached(subscription.id(), TAKEN_OVER, "taken over by " + successor.describe());
    }

    private void leave(Client client, Subscription subscription) {
        client.subscriptions().remove(subscription);
        subscribing.leave(client, subscription);
    }

    // --- while attached ---

    /** @param number of the request: the client may have left the subscription since and have attached to it again */
    AttachedInfo attached(Client client, long subscriptionId, long number) {
        Attachment attachment = attachment(client, subscriptionId);
        if (attachment == null || attachment.number() != number) {
            return null;
        }
        attachment.answer();
        ready.add(attachment);
        work.add(attachment.subscription().unsettledCount());
        return new AttachedInfo(attachment.existed(), attachment.subscription().backlog());
    }

    void credit(Client client, long subscriptionId, long messages, long bytes) {
        Attachment attachment = attachment(client, subscriptionId);
        if (attachment != null) {
            attachment.addCredit(messages, bytes);
            ready.add(attachment);
        }
    }

    private Attachment attachment(Client client, long subscriptionId) {
        Subscription subscription = state.subscription(subscriptionId);
        Attachment attachment = subscription == null ? null : subscription.attachment();
        return attachment != null && attachment.client() == client ? attachment : null;
    }

    /** @return how many deliveries the client has in flight */
    long drain(Client client) {
        client.drain();
        work.add(client.subscriptions().size());
        long inFlight = 0;
        for (Subscription subscription : client.subscriptions()) {
            Attachment attachment = subscription.attachment();
            inFlight += attachment == null ? 0 : attachment.inFlight().size();
        }
        return inFlight;
    }

    // --- detach ---

    /** @return 0, or a refusal of {@link PushBroker#detach} */
    long detach(Client client, long subscriptionId, byte[] name, boolean delete) {
        if (subscriptionId == 0) {
            return deleteNamed(client, name);
        }
        Attachment attachment = attachment(client, subscriptionId);
        if (attachment == null) {
            return delete ? deleteNotAttached(client, subscriptionId) : Broker.UNKNOWN;
        }
        if (!(attachment.subscription() instanceof DurableSubscription durable)) {
            leave(client, attachment.subscription());
            return 0;
        }
        if (delete) {
            return delete(client, durable);
        }
        leave(client, durable);
        if (durable.isPassing()) {
            housekeeping.remove(durable, RemoveReason.CONNECTION_ENDED); // when it is refused a tick does it
        }
        return 0;
    }

    /** Any durable subscription of the key: with a name or without, for polling, of dead letters. */
    private long deleteNotAttached(Client client, long subscriptionId) {
        DurableSubscription durable = state.durable(subscriptionId);
        boolean unknown = durable == null || !durable.belongsTo(client) || durable.isRemoving();
        return unknown ? Broker.UNKNOWN : delete(client, durable);
    }

    private long deleteNamed(Client client, byte[] name) {
        if (subscribing.isNameExpected(client.owner(), name)) {
            return Broker.BUSY;
        }
        DurableSubscription named = state.named(client.owner(), name);
        if (named == null || named.isRemoving()) {
            return Broker.UNKNOWN;
        }
        boolean held = named.attachment() != null && named.attachment().client() != client;
        return held ? Broker.NAME_HELD : delete(client, named);
    }

    private long delete(Client client, DurableSubscription subscription) {
        int own = client.subscriptions().contains(subscription) ? 1 : 0;
        if (subscription.clientCount() > own) {
            return Broker.NAME_HELD;
        }
        long sequence = housekeeping.remove(subscription, RemoveReason.DELETED);
        if (sequence < 0) {
            return sequence;
        }
        client.lastSequence(sequence);
        if (own > 0) {
            leave(client, subscription);
        }
        return 0;
    }

    /** The connection is gone. */
    void release(Client client) {
        List<DurableSubscription> ended = new ArrayList<>(0);
        for (Subscription subscription : client.subscriptions()) {
            if (subscription instanceof DurableSubscription durable && durable.isPassing()) {
                ended.add(durable);
            }
        }
        subscribing.release(client);
        for (DurableSubscription durable : ended) {
            housekeeping.remove(durable, RemoveReason.CONNECTION_ENDED); // when it is refused a tick does it
        }
    }
}
