package io.blipmq.broker;

/** What a request to settle deliveries hit: an out-parameter, used again for each. Owned by the core thread. */
public final class SettleResult {
    int settled;
    int unknown;
    boolean unknownSubscription;
    boolean busy;
    boolean shuttingDown;

    void clear() {
        settled = 0;
        unknown = 0;
        unknownSubscription = false;
        busy = false;
        shuttingDown = false;
    }

    /** How many deliveries it hit. */
    public int settled() {
        return settled;
    }

    /** How many of its tags hit none: settled already, or never delivered here. */
    public int unknown() {
        return unknown;
    }

    /** Whether the key has no such subscription. */
    public boolean isSubscriptionUnknown() {
        return unknownSubscription;
    }

    /** Whether nothing was done because the journal has been sealed: the daemon is about to end. */
    public boolean isShuttingDown() {
        return shuttingDown;
    }

    /** Whether nothing was done because the journal has no room: offer the request again in a later turn. */
    public boolean isBusy() {
        return busy;
    }
}
