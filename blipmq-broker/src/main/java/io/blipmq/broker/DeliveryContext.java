package io.blipmq.broker;

import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.broker.memory.MemoryCursor;

/**
 * What a durable subscription needs from the core to hand out a message: the time of the turn, the payloads, deadlines,
 * settlements. Owned by the core thread.
 */
interface DeliveryContext {

    long nowMillis();

    BrokerLimits limits();

    /** How much may be unsettled, of all subscriptions together. */
    StateMemory memory();

    /** Counts what it costs. */
    WorkMeter work();

    int inFlightMax();

    /** Starts the deadline of a delivery that is about to be handed out. */
    void delivered(Delivery delivery);

    /**
     * A message whose time is over leaves its subscription, unless the journal has no room for that or acknowledgements
     * wait for some: then it stays where it is, and is to be tried again.
     *
     * @return whether it has left
     */
    boolean tryExpire(StoredSubscription subscription, StoredMessage message);

    /** A delivered message whose time is over leaves its subscription, now or when the journal has room. */
    void expire(Delivery delivery);

    /** Drops what has waited for its time at QoS 0. */
    void dropExpired(MemoryCursor cursor);

    /** Where messages are read from. */
    MessageStore messages();
}
