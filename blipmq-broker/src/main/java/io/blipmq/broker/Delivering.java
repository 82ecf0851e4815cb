package io.blipmq.broker;

/**
 * What a durable subscription needs from the core to hand out a message: the time of the turn, the payloads, deadlines,
 * settlements. Owned by the core thread.
 */
interface Delivering {

    /** Bounds the expired messages that one request or tick passes over. */
    int EXPIRED_PER_STEP_MAX = 1_000;

    long nowMillis();

    int inFlightMax();

    /** Starts the deadline of a delivery that is about to be handed out. */
    void delivered(Delivery delivery);

    /** Records that a message left a subscription without a client's word. */
    void settle(long subscriptionId, long deliveryTag, SettleReason reason);

    /** Where messages are read from. */
    Journal journal();
}
