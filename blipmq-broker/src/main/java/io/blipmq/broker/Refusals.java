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

    /** Counts an answer if it is a refusal, and gives it back. */
    long count(long answer) {
        if (answer == Broker.DISK_FULL) {
            counters.increment(BrokerMetric.REFUSED_DISK_FULL);
        } else if (answer == Broker.SHUTTING_DOWN) {
            counters.increment(BrokerMetric.REFUSED_SHUTTING_DOWN);
        }
        return answer;
    }
}
