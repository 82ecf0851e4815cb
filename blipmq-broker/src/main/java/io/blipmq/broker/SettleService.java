package io.blipmq.broker;

import org.agrona.collections.LongHashSet;

/** What clients decide about deliveries: ack, nack, reject, extend, release, begin. Owned by the core thread. */
public final class SettleService {
    private final SubscriptionTable subscriptions;
    private final Deliveries deliveries;
    private final Settlements settlements;
    private final WorkMeter work;
    private final Refusals refusals;
    /** Tags of the request that is being handled. */
    private final LongHashSet seen = new LongHashSet();

    private boolean sealed;

    SettleService(
            SubscriptionTable subscriptions,
            Deliveries deliveries,
            Settlements settlements,
            WorkMeter work,
            Refusals refusals) {
        this.subscriptions = subscriptions;
        this.deliveries = deliveries;
        this.settlements = settlements;
        this.work = work;
        this.refusals = refusals;
    }

    /** Nothing is taken any more. */
    void seal() {
        sealed = true;
    }

    /**
     * Settles a delivery. It takes effect at once; only its durability lags. A subscription whose removal is journalled
     * takes none any more, because replay would not find it, nor does a broker after {@link Broker#seal}.
     *
     * @return {@link Outcome#DONE}, {@link Outcome#UNKNOWN}, {@link Outcome#NOT_LEADER}, or {@link Outcome#BUSY} when
     *     too many wait for room in the journal
     */
    public Outcome acknowledge(Client client, long subscriptionId, long deliveryTag) {
        if (!refusals.isLeading()) {
            return Outcome.NOT_LEADER;
        }
        StoredSubscription subscription = subscriptions.usable(subscriptionId, client);
        if (sealed || subscription == null) {
            return Outcome.UNKNOWN;
        }
        Delivery delivery = subscription.held(deliveryTag);
        RecentLetters.Letter letter = delivery == null ? subscription.heldLetter(deliveryTag) : null;
        if (delivery == null && letter == null) {
            return Outcome.UNKNOWN;
        }
        if (settlements.pending().isFull()) {
            return Outcome.BUSY;
        }
        acknowledge(delivery, letter, null);
        return Outcome.DONE;
    }

    /** @param letter when there is no delivery; null: there is nothing to acknowledge */
    private boolean acknowledge(Delivery delivery, RecentLetters.Letter letter, Client awaitedBy) {
        if (delivery != null) {
            settlements.acknowledge(delivery, awaitedBy);
        } else if (letter != null) {
            settlements.acknowledge(letter, awaitedBy);
        }
        return delivery != null || letter != null;
    }

    /**
     * Settles deliveries of a subscription of the client's key. It takes effect at once; only its durability lags.
     *
     * @param result says what was hit
     */
    public void settle(Client client, SettleRequest request, SettleResult result) {
        result.clear();
        if (!refusals.isLeading()) {
            result.outcome = Outcome.NOT_LEADER;
            return;
        }
        if (sealed) {
            result.outcome = Outcome.SHUTTING_DOWN;
            return;
        }
        StoredSubscription subscription = subscriptions.usable(request.subscriptionId, client);
        if (subscription == null) {
            result.outcome = Outcome.UNKNOWN;
            return;
        }
        if (settlements.pending().isFull()) {
            result.outcome = Outcome.BUSY;
            return;
        }
        if (request.upTo) {
            settleUpTo(client, subscription, request, result);
        } else if (request.action == SettleAction.ACK) {
            acknowledgeEach(client, subscription, request, result);
        } else {
            keepEach(client, subscription, request, result);
        }
        if (request.action != SettleAction.ACK) {
            client.lastSequence(
                    subscription.lastLetterSequence()); // what has become dead letters is there when PONG comes
        }
    }

    /** Whoever of the key says it, and however late: an acknowledgement counts. */
    private void acknowledgeEach(
            Client client, StoredSubscription subscription, SettleRequest request, SettleResult result) {
        work.add(request.count());
        for (int i = 0; i < request.count(); i++) {
            long tag = request.tag(i);
            Delivery delivery = subscription.held(tag);
            RecentLetters.Letter letter = delivery == null ? subscription.heldLetter(tag) : null;
            result.count(tag, acknowledge(delivery, letter, request.awaitedBy(client)));
        }
    }

    private void keepEach(Client client, StoredSubscription subscription, SettleRequest request, SettleResult result) {
        work.add(request.count());
        seen.clear();
        for (int i = 0; i < request.count(); i++) {
            long tag = request.tag(i);
            Delivery delivery = subscription.unsettled().get(tag);
            boolean hit = isGivenTo(client, delivery, request.attempt(i)) && seen.add(tag);
            result.count(tag, hit && keep(client, delivery, request));
        }
    }

    /** What is in flight to the client's attachment, in the order of delivery, up to and with the one given. */
    private void settleUpTo(
            Client client, StoredSubscription subscription, SettleRequest request, SettleResult result) {
        long tag = request.tag(0);
        Delivery last = subscription.unsettled().get(tag);
        if (!isGivenTo(client, last, request.attempt(0))) {
            result.count(tag, false);
            return;
        }
        if (!last.is(Delivery.State.IN_FLIGHT)) {
            result.count(tag, false);
        }
        Delivery next;
        Delivery delivery = last.givenOutBy.first();
        for (; delivery != null && delivery.outputEnd <= last.outputEnd; delivery = next) {
            next = delivery.nextInFlight;
            work.add(1);
            result.count(delivery.tag, settleInFlight(client, delivery, request));
        }
    }

    private boolean settleInFlight(Client client, Delivery delivery, SettleRequest request) {
        if (request.action == SettleAction.ACK) {
            settlements.acknowledge(delivery, request.awaitedBy(client));
            return true;
        }
        return keep(client, delivery, request);
    }

    /**
     * Whether a delivery was last given to the attachment that the client has now, with this attempt: nobody else may do
     * anything about it but acknowledge it, nor may the client itself once it has been given out again.
     */
    private static boolean isGivenTo(Client client, Delivery delivery, int attempt) {
        if (delivery == null || !delivery.isAttempt(attempt)) {
            return false;
        }
        Attachment attachment = delivery.subscription.attachment(client);
        return attachment != null && delivery.givenOutBy == attachment.inFlight();
    }

    /** @return whether it is one that this can happen to */
    private boolean keep(Client client, Delivery delivery, SettleRequest request) {
        return switch (request.action) {
            case NACK -> deliveries.nack(client, delivery, request.nanos, request.stored);
            case REJECT -> deliveries.reject(client, delivery, request.reason, request.stored);
            case EXTEND -> deliveries.extend(delivery, request.nanos);
            case RELEASE -> deliveries.release(delivery);
            case BEGIN -> deliveries.begin(delivery);
            case ACK -> throw new IllegalArgumentException("an acknowledged delivery is not kept");
        };
    }
}
