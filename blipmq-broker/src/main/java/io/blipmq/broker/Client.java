package io.blipmq.broker;

/** One authenticated connection as the broker knows it. Owned by the core thread. */
public final class Client {
    private final OwnerId owner;
    private long lastSequence;

    Client(OwnerId owner) {
        this.owner = owner;
    }

    OwnerId owner() {
        return owner;
    }

    /**
     * The journal sequence number of this client's latest journalled command, 0 before the first. What follows it on
     * the connection may be answered once {@link Broker#appliedSequence()} has reached it.
     */
    public long lastSequence() {
        return lastSequence;
    }

    void lastSequence(long sequence) {
        lastSequence = sequence;
    }
}
