package io.blipmq.broker;

/** What the daemon does not take just now, whatever it is asked for, and how often it has said so. Owned by the core thread. */
final class Refusals {
    private final BrokerCounters counters;
    private boolean shuttingDown;
    private boolean leading = true;

    Refusals(BrokerCounters counters) {
        this.counters = counters;
    }

    void beginShutdown() {
        shuttingDown = true;
    }

    /** Whether this node may decide anything. */
    void leading(boolean isLeading) {
        leading = isLeading;
    }

    boolean isLeading() {
        return leading;
    }

    /** Whether everything new is refused. */
    boolean isRefusing() {
        return shuttingDown || !leading;
    }

    /** Why. */
    Outcome reason() {
        return leading ? Outcome.SHUTTING_DOWN : Outcome.NOT_LEADER;
    }

    /** Counts an outcome if it is a refusal, and gives it back. */
    Outcome count(Outcome outcome) {
        if (outcome == Outcome.DISK_FULL) {
            counters.increment(BrokerMetric.REFUSED_DISK_FULL);
        } else if (outcome == Outcome.SHUTTING_DOWN) {
            counters.increment(BrokerMetric.REFUSED_SHUTTING_DOWN);
        }
        return outcome;
    }

    /** As {@link #count(Outcome)}. */
    SubscribeResult count(SubscribeResult result) {
        count(result.outcome());
        return result;
    }
}
