package io.blipmq.metrics;

import org.HdrHistogram.Histogram;

/** What a person wants to know of a histogram of durations. */
public record TimeSummary(long count, long p50Nanos, long p99Nanos, long maxNanos) {
    /** Of nothing. */
    public static final TimeSummary EMPTY = new TimeSummary(0, 0, 0, 0);

    /** Sums up a histogram of nanoseconds that nobody writes any more. */
    public static TimeSummary of(Histogram published) {
        return new TimeSummary(
                published.getTotalCount(),
                published.getValueAtPercentile(50),
                published.getValueAtPercentile(99),
                published.getMaxValue());
    }
}
