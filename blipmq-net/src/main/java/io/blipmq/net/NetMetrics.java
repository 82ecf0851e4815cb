package io.blipmq.net;

import java.util.concurrent.atomic.AtomicLongArray;

/** The server's counters. Thread-safe: one writer, the broker thread; any number of readers. */
public final class NetMetrics {
    private static final int COUNT = NetMetric.values().length;

    private final AtomicLongArray values = new AtomicLongArray(COUNT);

    public long get(NetMetric metric) {
        return values.getAcquire(metric.ordinal());
    }

    public void increment(NetMetric metric) {
        add(metric, 1);
    }

    /** With a single writer this needs no atomic addition, only a store that readers see in order. */
    void add(NetMetric metric, long delta) {
        set(metric, values.getPlain(metric.ordinal()) + delta);
    }

    void set(NetMetric metric, long value) {
        values.setRelease(metric.ordinal(), value);
    }
}
