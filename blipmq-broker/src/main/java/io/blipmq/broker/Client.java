package io.blipmq.broker;

import java.util.ArrayList;
import java.util.List;

/** One authenticated connection as the broker knows it. Owned by the core thread. */
public final class Client {
    private final OwnerId owner;
    private final String name;
    private final String address;
    private final Pusher pusher;
    private final List<Subscription> subscriptions = new ArrayList<>(1);
    private long lastSequence;
    private boolean draining;
    private boolean waitsForRoom;

    /** A client that polls. */
    Client(OwnerId owner) {
        this(owner, "", "", null);
    }

    /** @param pusher where messages are pushed to; null for a client that polls */
    Client(OwnerId owner, String name, String address, Pusher pusher) {
        this.owner = owner;
        this.name = name;
        this.address = address;
        this.pusher = pusher;
    }

    OwnerId owner() {
        return owner;
    }

    String name() {
        return name;
    }

    String address() {
        return address;
    }

    Pusher pusher() {
        return pusher;
    }

    /** Whether messages may be pushed to it just now. */
    boolean takesPushes() {
        return pusher != null && !draining && !waitsForRoom;
    }

    void drain() {
        draining = true;
    }

    /** Its output is full. */
    void waitForRoom() {
        waitsForRoom = true;
    }

    /** @return whether its output had been full */
    boolean onRoom() {
        boolean waited = waitsForRoom;
        waitsForRoom = false;
        return waited;
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
