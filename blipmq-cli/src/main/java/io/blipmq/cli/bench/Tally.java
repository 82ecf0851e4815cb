package io.blipmq.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Thread-safe: what publishers and subscribers have counted. */
final class Tally {
    /** Latencies up to a minute, with three digits. */
    private static final long NANOS_MAX = 60_000_000_000L;

    final LongAdder published = new LongAdder();
    final LongAdder confirmed = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder duplicated = new LongAdder();
    final LongAdder reordered = new LongAdder();
    final AtomicLong lastDeliveryNanos = new AtomicLong();
    private final Histogram confirmLatency = new ConcurrentHistogram(NANOS_MAX, 3);
    private final Histogram deliveryLatency = new ConcurrentHistogram(NANOS_MAX, 3);
    private final List<String> failures = new ArrayList<>();

    void onConfirmed(long nanos) {
        confirmed.increment();
        confirmLatency.recordValue(Math.max(0, Math.min(nanos, NANOS_MAX)));
    }

    void onDelivered(long nanos) {
        delivered.increment();
        deliveryLatency.recordValue(Math.max(0, Math.min(nanos, NANOS_MAX)));
        lastDeliveryNanos.set(System.nanoTime());
    }

    synchronized void onFailure(String what) {
        if (failures.size() < 10) {
            failures.add(what);
        }
    }

    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    Histogram confirmLatency() {
        return confirmLatency;
    }

    Histogram deliveryLatency() {
        return deliveryLatency;
    }
}
