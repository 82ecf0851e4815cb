package io.blipmq.broker;

/**
 * What requests have cost so far: subscriptions and deliveries that were looked at, one by one, to answer them, and messages
 * whose time was over. Owned by the core thread. Who hands requests in reads it before and after, and leaves the rest to a
 * later turn when it was much.
 */
final class WorkMeter {
    private long items;

    void add(long more) {
        items += more;
    }

    long items() {
        return items;
    }
}
