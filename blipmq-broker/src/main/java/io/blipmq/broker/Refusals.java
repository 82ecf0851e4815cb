package io.blipmq.broker;

/** What the daemon does not take just now, whatever it is asked for, and how often it has said so. Owned by the core thread. */
final class Refusals {
    private final BrokerCounters counters;
    private boolean shuttingDown;

    Refusals(BrokerCounters counters) {
        this.counters = counters;
    }

    void beginShutdown() {
        shuttingDown = true;
    }

    boolean isShuttingDown() {
        return shuttingDown;
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
