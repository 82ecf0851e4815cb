package io.blipmq.cli.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Thread-safe: what publishers and subscribers have counted. */
final class Tally {
    /** Latencies up to a minute, with three digits. */
    private static final long NANOS_MAX = 60_000_000_000L;

    /** Distinct failures that are told apart: somebody is going to read them. */
    private static final int FAILURES_MAX = 10;

    final LongAdder published = new LongAdder();
    final LongAdder confirmed = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder duplicated = new LongAdder();
    final LongAdder reordered = new LongAdder();
    final AtomicLong lastDeliveryNanos = new AtomicLong();
    private final Histogram confirmLatency = new ConcurrentHistogram(NANOS_MAX, 3);
    private final Histogram deliveryLatency = new ConcurrentHistogram(NANOS_MAX, 3);
    private final Map<String, Long> failures = new LinkedHashMap<>();
    private long otherFailures;

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
        if (failures.size() < FAILURES_MAX || failures.containsKey(what)) {
            failures.merge(what, 1L, Long::sum);
        } else {
            otherFailures++;
        }
    }

    /** Each distinct failure once, in the order in which they came first, and how often it came. */
    synchronized List<String> failures() {
        List<String> counted = new ArrayList<>();
        failures.forEach((what, count) -> counted.add(count == 1 ? what : what + " (" + count + " times)"));
        if (otherFailures > 0) {
            counted.add("other failures (" + otherFailures + " times)");
        }
        return counted;
    }

    Histogram confirmLatency() {
        return confirmLatency;
    }

    Histogram deliveryLatency() {
        return deliveryLatency;
    }
}
