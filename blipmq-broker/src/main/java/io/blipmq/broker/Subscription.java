package io.blipmq.broker;

/** A client's claim on a topic's messages. Owned by the core thread. */
abstract class Subscription {
    private final long id;
    private final Topic topic;

    Subscription(long id, Topic topic) {
        this.id = id;
        this.topic = topic;
    }

    long id() {
        return id;
    }

    Topic topic() {
        return topic;
    }

    /** Whether this client may poll and acknowledge it. */
    abstract boolean belongsTo(Client client);

    /** What an operator sees of it. */
    abstract SubscriptionInfo info(Delivering delivering);

    /**
     * Delivers the next message, if there is one.
     *
     * @return whether {@code sink} got it
     */
    abstract boolean deliverNext(DeliverySink sink, Delivering delivering);
}
