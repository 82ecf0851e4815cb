package io.blipmq.broker;

import java.util.ArrayList;
import java.util.List;

/** One authenticated connection as the broker knows it. Owned by the core thread. */
public final class Client {
    private final OwnerId owner;
    private final List<Subscription> subscriptions = new ArrayList<>(1);
    private long lastSequence;

    Client(OwnerId owner) {
        this.owner = owner;
    }

    OwnerId owner() {
        return owner;
    }

    /** What ends or is detached with the connection. */
    List<Subscription> subscriptions() {
        return subscriptions;
    }

    /**
     * The journal sequence number of this client's latest journalled command, 0 before the first. What follows it on
     * the connection may be answered once {@link Broker#appliedSequence()} has reached it.
     */
    public long lastSequence() {
        return lastSequence;
    }

    /** Never moves back: a subscription taken over from a lost connection may be older than what was published since. */
    void lastSequence(long sequence) {
        lastSequence = Math.max(lastSequence, sequence);
    }
}
