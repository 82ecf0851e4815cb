package io.blipmq.broker;

/** What a request to settle deliveries hit: an out-parameter, used again for each. Owned by the core thread. */
public final class SettleResult {
    int settled;
    int unknown;
    boolean unknownSubscription;

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

    void begin() {
        settled = 0;
        unknown = 0;
        unknownSubscription = false;
    }
}
