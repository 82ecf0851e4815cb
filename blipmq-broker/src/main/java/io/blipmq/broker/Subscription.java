package io.blipmq.broker;

import io.blipmq.broker.journal.OwnerId;

/** A client's claim on the messages of a topic, or of a filter's. Owned by the core thread. */
abstract class Subscription {
    /** What {@link #pushNext} answers when it has stopped although there may be more. */
    static final int AGAIN = -1;
    /** What it answers when the journal has no room for what comes first: ask again in a later turn. */
    static final int STALLED = -2;
    /** What it answers when all subscriptions together hold so many deliveries that it may not have more now. */
    static final int SHORT = -3;

    private final long id;
    private final MessageStream topic;

    Subscription(long id, MessageStream topic) {
        this.id = id;
        this.topic = topic;
    }

    long id() {
        return id;
    }

    /** What it reads. */
    MessageStream topic() {
        return topic;
    }

    /** What its names take. */
    int nameBytes() {
        return topic.name().length;
    }

    /** What its messages are pushed to; null when there is nothing, or they are polled. */
    abstract PushTarget target();

    /** What a connection that its messages are pushed to has of it, or null. */
    abstract Attachment attachment(Client client);

    /** Whose key it belongs to. */
    abstract OwnerId owner();

    /** Whether this client may poll and acknowledge it. */
    abstract boolean belongsTo(Client client);

    /** What an operator sees of it. */
    abstract SubscriptionInfo info(Deliveries deliveries);

    /**
     * Delivers the next message, if there is one.
     *
     * @param inHand of the client that polls, for what has to be settled
     * @return 1 when {@code sink} got it; 0 when there is none; or {@link #AGAIN}
     */
    abstract int deliverNext(InFlight inHand, DeliverySink sink, Deliveries deliveries);

    /**
     * Pushes what comes next.
     *
     * @param attachment one of it
     * @param countMax at least 1
     * @return how many messages, at most {@code countMax}; 0 when there is none; or {@link #AGAIN},
     *     {@link #STALLED} or {@link #SHORT}
     */
    abstract int pushNext(Attachment attachment, long countMax, Deliveries deliveries);

    /** Deliveries that are not settled. */
    abstract int unsettledCount();

    /** Messages that wait to be delivered. */
    abstract long backlog();
}
