package io.blipmq.metrics;

import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Immutable: a histogram of durations at one moment, as counts up to each bound.
 *
 * <p>It is cumulative in both ways of the word: it counts since the start, and each bucket holds the ones below it too.
 */
public final class HistogramSnapshot {
    /** 50 µs to 2.5 s: from a fast disk's force to the slowest that is still worth telling apart. */
    private static final long[] BOUNDS_NANOS = {
        50_000L,
        100_000L,
        250_000L,
        500_000L,
        1_000_000L,
        2_500_000L,
        5_000_000L,
        10_000_000L,
        25_000_000L,
        50_000_000L,
        100_000_000L,
        250_000_000L,
        500_000_000L,
        1_000_000_000L,
        2_500_000_000L
    };

    /** A histogram that has counted nothing yet. */
    public static final HistogramSnapshot EMPTY =
            new HistogramSnapshot(new long[BOUNDS_NANOS.length], BOUNDS_NANOS, 0, 0);

    private final long[] bucketCounts;
    private final long[] boundsNanos;
    private final long sumNanos;
    private final long count;

    /**
     * Makes a snapshot.
     *
     * @param bucketCounts how many values are at most the bound of the same index: never falling, never above
     *     {@code count}
     * @param boundsNanos rising
     */
    public HistogramSnapshot(long[] bucketCounts, long[] boundsNanos, long sumNanos, long count) {
        this.bucketCounts = bucketCounts.clone();
        this.boundsNanos = boundsNanos.clone();
        this.sumNanos = sumNanos;
        this.count = count;
        check();
    }

    /**
     * Makes a snapshot of a histogram of nanoseconds that nobody writes any more.
     *
     * <p>A value counts to the lowest bound that is not below its class of equal values, so that one on a bound counts
     * to it. The sum is that of the classes' midpoints, right within the histogram's precision.
     */
    public static HistogramSnapshot of(Histogram published) {
        long[] counts = new long[BOUNDS_NANOS.length];
        long sumNanos = 0;
        for (HistogramIterationValue step : published.recordedValues()) {
            long valueNanos = step.getValueIteratedTo();
            long valueCount = step.getCountAtValueIteratedTo();
            sumNanos += valueCount * published.medianEquivalentValue(valueNanos);
            addFrom(counts, firstBound(published.lowestEquivalentValue(valueNanos)), valueCount);
        }
        return new HistogramSnapshot(counts, BOUNDS_NANOS, sumNanos, published.getTotalCount());
    }

    /** How many values have been counted. */
    public long count() {
        return count;
    }

    /** The sum of all values. */
    public long sumNanos() {
        return sumNanos;
    }

    int boundCount() {
        return boundsNanos.length;
    }

    long boundNanos(int index) {
        return boundsNanos[index];
    }

    /** How many values are at most the bound of this index. */
    long countUpTo(int index) {
        return bucketCounts[index];
    }

    private void check() {
        if (bucketCounts.length != boundsNanos.length) {
            throw new IllegalArgumentException(
                    bucketCounts.length + " bucket counts for " + boundsNanos.length + " bounds");
        }
        for (int i = 1; i < boundsNanos.length; i++) {
            if (boundsNanos[i] <= boundsNanos[i - 1] || bucketCounts[i] < bucketCounts[i - 1]) {
                throw new IllegalArgumentException("bounds must rise and counts must not fall at bucket " + i);
            }
        }
        if (boundsNanos.length > 0 && bucketCounts[boundsNanos.length - 1] > count) {
            throw new IllegalArgumentException("the last bucket holds more than all " + count + " values");
        }
    }

    private static int firstBound(long valueNanos) {
        int found = Arrays.binarySearch(BOUNDS_NANOS, valueNanos);
        return found >= 0 ? found : -found - 1;
    }

    private static void addFrom(long[] counts, int first, long count) {
        for (int i = first; i < counts.length; i++) {
            counts[i] += count;
        }
    }
}
