package io.blipmq.broker;

import io.blipmq.broker.journal.RemoveReason;
import io.blipmq.protocol.name.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How connections that messages are pushed to come by subscriptions and leave them: names, takeovers, deletion. Owned by
 * the core thread. What it has in common with connections that poll is in {@link SubscribeService}.
 */
public final class AttachService {
    private final BrokerCounters counters;
    private final SubscriptionTable subscriptions;
    private final PendingSettlements pendingSettlements;
    private final SubscribeService subscribing;
    private final Housekeeping housekeeping;
    private final ReadyList ready;
    private final WorkMeter work;
    private final Refusals refusals;

    AttachService(
            BrokerCounters counters,
            SubscriptionTable subscriptions,
            PendingSettlements pendingSettlements,
            SubscribeService subscribing,
            Housekeeping housekeeping,
            ReadyList ready,
            WorkMeter work,
            Refusals refusals) {
        this.counters = counters;
        this.subscriptions = subscriptions;
        this.pendingSettlements = pendingSettlements;
        this.subscribing = subscribing;
        this.housekeeping = housekeeping;
        this.ready = ready;
        this.work = work;
        this.refusals = refusals;
    }

    // --- attach ---

    /**
     * Attaches the client to a subscription, which is made or resumed. Nothing is pushed before {@link #attached} has been
     * asked what to answer.
     *
     * @return any outcome but {@link Outcome#UNKNOWN} and {@link Outcome#UNKNOWN_TARGET}
     */
    public SubscribeResult attach(Client client, AttachRequest request) {
        return refusals.count(
                refusals.isRefusing() ? SubscribeResult.refused(refusals.reason()) : attachAny(client, request));
    }

    private SubscribeResult attachAny(Client client, AttachRequest request) {
        if (request.qos() == 0) {
            return request.group() ? attachToMemoryGroup(client, request) : attachInMemory(client, request);
        }
        if (isToDeadLetters(request)) {
            return attachToDeadLetters(client, request);
        }
        if (request.name().length == 0) {
            return make(client, request, true);
        }
        return attachNamed(client, request);
    }

    /** Whether the request is to this topic, or filter. */
    private static boolean isTo(MessageStream topic, AttachRequest request) {
        boolean sameKind = topic.filter() != null == request.filter();
        return sameKind && Arrays.equals(topic.name(), request.topic());
    }

    private static boolean isToDeadLetters(AttachRequest request) {
        return !request.filter() && Topics.isDeadLetters(request.topic());
    }

    private SubscribeResult attachInMemory(Client client, AttachRequest request) {
        Outcome room = subscribing.roomForAnother(client, false);
        if (!room.isDone()) {
            return SubscribeResult.refused(room);
        }
        MemorySubscription subscription =
                subscribing.makeMemorySubscription(client, subscriptions.stream(request.topic(), request.filter()));
        Attachment attachment = new Attachment(client, subscription, request, false);
        subscription.attachment(attachment);
        subscription.topic().attachments().add(attachment);
        return SubscribeResult.of(subscription.id());
    }

    /** A group at QoS 0 begins with its first member. Its name is none of a durable subscription. */
    private SubscribeResult attachToMemoryGroup(Client client, AttachRequest request) {
        if (subscriptions.isNameStoring(client.owner(), request.name())) {
            return SubscribeResult.refused(Outcome.BUSY);
        }
        StoredSubscription durable = subscriptions.named(client.owner(), request.name());
        if (durable != null && !durable.life().isRemoving()) {
            return SubscribeResult.refused(Outcome.OTHER_QOS);
        }
        MemorySubscription shared = subscriptions.memoryGroup(client.owner(), request.name());
        boolean existed = shared != null;
        Outcome refusal = existed ? mayJoin(client, request, shared) : subscribing.roomForAnother(client, false);
        if (!refusal.isDone()) {
            return SubscribeResult.refused(refusal);
        }
        if (!existed) {
            shared = subscribing.makeMemoryGroup(
                    client.owner(), subscriptions.stream(request.topic(), request.filter()), request.name());
        }
        Attachment former = shared.attachment(client);
        if (former != null) {
            former.end();
            shared.group().remove(former);
            onTakenOver(client, shared, client);
        }
        client.add(shared);
        shared.group().add(new Attachment(client, shared, request, existed));
        return SubscribeResult.of(shared.id());
    }

    private Outcome mayJoin(Client client, AttachRequest request, MemorySubscription shared) {
        if (!isTo(shared.topic(), request)) {
            return Outcome.OTHER_TOPIC;
        }
        if (shared.attachment(client) != null) {
            return request.takeOver() ? Outcome.DONE : Outcome.NAME_HELD;
        }
        return subscribing.isFull(client) ? Outcome.TOO_MANY_OF_CONNECTION : Outcome.DONE;
    }

    private SubscribeResult attachToDeadLetters(Client client, AttachRequest request) {
        StoredSubscription letters = letters(client, request.topic());
        if (letters != null) {
            return resume(client, request, letters);
        }
        return subscribing.isComing(client.owner(), request.topic())
                ? SubscribeResult.refused(Outcome.BUSY)
                : make(client, request, false);
    }

    /** The key's subscription to a topic of dead letters, or null. */
    private StoredSubscription letters(Client client, byte[] name) {
        Topic topic = subscriptions.topics().find(name);
        return topic == null
                ? null
                : topic.stored()
                        .first(client.owner(), candidate -> !candidate.life().isRemoving(), work);
    }

    /** Who holds the subscription that {@link #attach} has just refused with {@link Outcome#NAME_HELD}, for a person. */
    public String holder(Client client, AttachRequest request) {
        if (request.qos() == 0) {
            return client.describe();
        }
        StoredSubscription held = isToDeadLetters(request)
                ? letters(client, request.topic())
                : subscriptions.named(client.owner(), request.name());
        return held.life().client().describe();
    }

    private SubscribeResult attachNamed(Client client, AttachRequest request) {
        if (subscriptions.memoryGroup(client.owner(), request.name()) != null) {
            return SubscribeResult.refused(Outcome.OTHER_QOS);
        }
        if (subscriptions.isNameStoring(client.owner(), request.name())) {
            return SubscribeResult.refused(Outcome.BUSY);
        }
        StoredSubscription named = subscriptions.named(client.owner(), request.name());
        if (named == null || named.life().isRemoving()) {
            return make(client, request, false);
        }
        if (!isTo(named.topic(), request)) {
            return SubscribeResult.refused(Outcome.OTHER_TOPIC);
        }
        return request.fromNew() ? replace(client, request, named) : resume(client, request, named);
    }

    private SubscribeResult make(Client client, AttachRequest request, boolean endsWithConnection) {
        byte[] name = isToDeadLetters(request) ? BrokerState.NO_NAME : request.name();
        return subscribing.makeStoredSubscription(client, request.topic(), name, endsWithConnection, request);
    }

    private SubscribeResult resume(Client client, AttachRequest request, StoredSubscription subscription) {
        boolean held = isHeldAgainst(client, request, subscription);
        if (held && !request.takeOver()) {
            return SubscribeResult.refused(Outcome.NAME_HELD);
        }
        if (!subscribing.mayTakeUp(subscription, client)) {
            return SubscribeResult.refused(Outcome.TOO_MANY_OF_CONNECTION);
        }
        if (held) {
            expel(subscription, client, joins(request, subscription));
        }
        subscribing.attach(subscription, client);
        subscribing.hold(subscription, new Attachment(client, subscription, request, true), request.group());
        return SubscribeResult.of(subscription.id());
    }

    /** Whether the request is for a member more of those that share the subscription, if there are any. */
    private static boolean joins(AttachRequest request, StoredSubscription subscription) {
        return request.group() && !subscription.life().isHeldAlone();
    }

    /** Whether somebody would have to give way: any connection, or in a group the client's own membership. */
    private static boolean isHeldAgainst(Client client, AttachRequest request, StoredSubscription subscription) {
        return joins(request, subscription)
                ? subscription.attachment(client) != null
                : subscription.life().isAttached();
    }

    /** The subscription of this name gives way to a new one, by one command. */
    private SubscribeResult replace(Client client, AttachRequest request, StoredSubscription old) {
        if (!request.takeOver() && old.target() != null) {
            return SubscribeResult.refused(Outcome.NAME_HELD);
        }
        if (!pendingSettlements.isEmpty()) {
            return SubscribeResult.refused(
                    Outcome.BUSY); // a settlement that was accepted before must stand in the journal before
        }
        SubscribeResult made = make(client, request, false);
        if (made.isDone()) {
            expel(old, client, false);
            housekeeping.onRemoving(old, RemoveReason.DELETED);
        }
        return made;
    }

    /**
     * Takes a subscription from the connections that read it, if there are any. Those that poll are not told: they get nothing
     * more.
     *
     * @param onlyOwn whether the others stay
     */
    private void expel(StoredSubscription subscription, Client successor, boolean onlyOwn) {
        for (Client reader : subscription.life().clients()) {
            if (!onlyOwn || reader == successor) {
                leave(reader, subscription);
                onTakenOver(reader, subscription, successor);
            }
        }
    }

    private void onTakenOver(Client from, Subscription subscription, Client successor) {
        counters.increment(BrokerMetric.SUBSCRIPTIONS_TAKEN_OVER);
        if (from.sink() != null) {
            from.sink().onTakenOver(subscription.id(), successor.describe());
        }
    }

    private void leave(Client client, Subscription subscription) {
        subscribing.leave(client, subscription);
        client.subscriptions().remove(subscription);
    }

    // --- while attached ---

    /**
     * What to answer to an ATTACH when it is time to, which is done at once: messages may be pushed from now on.
     *
     * @param number of the request: the client may have left the subscription since and have attached to it again
     * @return null when the subscription is no longer this client's by this request
     */
    public AttachedInfo attached(Client client, long subscriptionId, long number) {
        Attachment attachment = attachment(client, subscriptionId);
        if (attachment == null || attachment.number() != number) {
            return null;
        }
        attachment.answer();
        ready.add(attachment.target());
        work.add(attachment.subscription().unsettledCount());
        return new AttachedInfo(attachment.existed(), attachment.subscription().backlog());
    }

    /**
     * Lets so many more messages, and so many more bytes of them, be pushed. Ignored for a subscription that the client
     * is not attached to.
     *
     * @param messages {@link AttachRequest#UNLIMITED_CREDIT}: from now on without limit; likewise the bytes
     */
    public void credit(Client client, long subscriptionId, long messages, long bytes) {
        Attachment attachment = attachment(client, subscriptionId);
        if (attachment != null) {
            attachment.addCredit(messages, bytes);
            ready.add(attachment.target());
        }
    }

    private Attachment attachment(Client client, long subscriptionId) {
        Subscription subscription = subscriptions.get(subscriptionId);
        return subscription == null ? null : subscription.attachment(client);
    }

    /**
     * From now on nothing is pushed to this client.
     *
     * @return how many deliveries it has in flight
     */
    public long drain(Client client) {
        client.drain();
        work.add(client.subscriptions().size());
        long inFlight = 0;
        for (Subscription subscription : client.subscriptions()) {
            Attachment attachment = subscription.attachment(client);
            inFlight += attachment == null ? 0 : attachment.inFlight().size();
        }
        return inFlight;
    }

    // --- detach ---

    /**
     * Leaves a subscription, or deletes it with all it holds.
     *
     * @param subscriptionId one that the client is attached to, or any durable one of its key to be deleted; 0: the
     *     durable one called {@code name}, to be deleted
     * @return {@link Outcome#DONE}, {@link Outcome#UNKNOWN}, {@link Outcome#NAME_HELD}, {@link Outcome#BUSY}, {@link
     *     Outcome#DISK_FULL} or {@link Outcome#NOT_LEADER}
     */
    public Outcome detach(Client client, long subscriptionId, byte[] name, boolean delete) {
        return refusals.count(
                refusals.isLeading() ? detachAny(client, subscriptionId, name, delete) : Outcome.NOT_LEADER);
    }

    private Outcome detachAny(Client client, long subscriptionId, byte[] name, boolean delete) {
        if (subscriptionId == 0) {
            return deleteNamed(client, name);
        }
        Attachment attachment = attachment(client, subscriptionId);
        if (attachment == null) {
            return delete ? deleteNotAttached(client, subscriptionId) : Outcome.UNKNOWN;
        }
        if (attachment.subscription() instanceof MemorySubscription inMemory) {
            return detachInMemory(client, inMemory, delete);
        }
        StoredSubscription stored = (StoredSubscription) attachment.subscription();
        if (delete) {
            return delete(client, stored);
        }
        leave(client, stored);
        if (stored.endsWithConnection()) {
            housekeeping.remove(stored, RemoveReason.CONNECTION_ENDED); // when it is refused a tick does it
        }
        return Outcome.DONE;
    }

    private Outcome detachInMemory(Client client, MemorySubscription subscription, boolean delete) {
        if (delete && subscription.group() != null && subscription.group().size() > 1) {
            return Outcome.NAME_HELD;
        }
        leave(client, subscription);
        return Outcome.DONE;
    }

    /** Any durable subscription of the key: with a name or without, for polling, of dead letters. */
    private Outcome deleteNotAttached(Client client, long subscriptionId) {
        StoredSubscription stored = subscriptions.usable(subscriptionId, client);
        return stored == null ? Outcome.UNKNOWN : delete(client, stored);
    }

    private Outcome deleteNamed(Client client, byte[] name) {
        if (subscriptions.isNameStoring(client.owner(), name)) {
            return Outcome.BUSY;
        }
        StoredSubscription named = subscriptions.named(client.owner(), name);
        if (named == null || named.life().isRemoving()) {
            return Outcome.UNKNOWN;
        }
        boolean held = named.target() != null && named.attachment(client) == null;
        return held ? Outcome.NAME_HELD : delete(client, named);
    }

    private Outcome delete(Client client, StoredSubscription subscription) {
        int own = client.subscriptions().contains(subscription) ? 1 : 0;
        if (subscription.life().clientCount() > own) {
            return Outcome.NAME_HELD;
        }
        long sequence = housekeeping.remove(subscription, RemoveReason.DELETED);
        if (sequence < 0) {
            return Outcome.ofAppend(sequence);
        }
        client.lastSequence(sequence);
        if (own > 0) {
            leave(client, subscription);
        }
        return Outcome.DONE;
    }

    /** The connection is gone. */
    void release(Client client) {
        List<StoredSubscription> ended = new ArrayList<>(0);
        for (Subscription subscription : client.subscriptions()) {
            if (subscription instanceof StoredSubscription stored
                    && stored.endsWithConnection()
                    && !stored.life().isStoring()) {
                ended.add(stored);
            }
        }
        subscribing.release(client);
        for (StoredSubscription stored : ended) {
            housekeeping.remove(stored, RemoveReason.CONNECTION_ENDED); // when it is refused a tick does it
        }
    }
}
