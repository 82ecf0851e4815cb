package io.blipmq.broker;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The core's counts. {@link #add} belongs to the core thread; {@link #published} may be called by any thread and sees
 * the counts of the last {@link #publish}, which the core calls before the answers of a turn leave.
 */
public final class BrokerCounters {
    private static final List<BrokerMetric> GAUGES = List.of(
            BrokerMetric.TOPICS,
            BrokerMetric.FILTERS,
            BrokerMetric.SUBSCRIPTIONS,
            BrokerMetric.SUBSCRIPTIONS_DETACHED,
            BrokerMetric.IN_FLIGHT,
            BrokerMetric.DELAYED,
            BrokerMetric.SCHEDULED);

    private final long[] counts = new long[BrokerMetric.values().length];
    private final AtomicLongArray published = new AtomicLongArray(counts.length);

    void add(BrokerMetric metric, long n) {
        counts[metric.ordinal()] += n;
    }

    void increment(BrokerMetric metric) {
        counts[metric.ordinal()]++;
    }

    long current(BrokerMetric metric) {
        return counts[metric.ordinal()];
    }

    /** What is there is going to be counted again. */
    void clearGauges() {
        for (BrokerMetric gauge : GAUGES) {
            counts[gauge.ordinal()] = 0;
        }
    }

    void publish() {
        for (int i = 0; i < counts.length; i++) {
            published.setRelease(i, counts[i]);
        }
    }

    /** A count as of the last turn. */
    public long published(BrokerMetric metric) {
        return published.getAcquire(metric.ordinal());
    }
}
