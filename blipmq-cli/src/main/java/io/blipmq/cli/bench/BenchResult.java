package io.blipmq.cli.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What came of a run. Immutable.
 *
 * @param expected deliveries that there had to be
 * @param confirmLatency nanoseconds from when a message was to be sent to its confirm; likewise to its delivery
 * @param perSecond deliveries in each second of the run, or confirms when nobody subscribed
 * @param failures what went wrong, each distinct failure once with its count
 */
public record BenchResult(
        double seconds,
        long published,
        long confirmed,
        long refused,
        long expected,
        long delivered,
        long duplicated,
        long reordered,
        Histogram confirmLatency,
        Histogram deliveryLatency,
        List<Long> perSecond,
        List<String> failures) {

    /** Deliveries that did not come. */
    public long lost() {
        return Math.max(0, expected - delivered);
    }

    /** At QoS 1 nothing may be missing, doubled or out of order; at QoS 0 the oldest may be missing. */
    public boolean isGood(int qos) {
        boolean complete = qos == 0 || lost() == 0;
        return complete && duplicated == 0 && reordered == 0 && refused == 0 && failures.isEmpty();
    }

    /** The rate that the run came to. */
    public double messagesPerSecond() {
        return Math.max(confirmed, delivered) / Math.max(seconds, 1e-9);
    }
}
