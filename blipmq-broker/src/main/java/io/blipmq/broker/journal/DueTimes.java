package io.blipmq.broker.journal;

import java.util.concurrent.TimeUnit;

/**
 * The buckets of time that scheduled messages are listed under: about two minutes each, so that a year has few enough to
 * be kept in memory, and one of them ends soon. A part of the journal's format. Stateless.
 */
public final class DueTimes {
    /** How far ahead a message may be due: a leap year. */
    public static final long AHEAD_MILLIS_MAX = TimeUnit.DAYS.toMillis(366);

    private static final int BUCKET_SHIFT = 17;

    private DueTimes() {}

    /** The bucket that a time is in. */
    public static long bucketOf(long dueMillis) {
        return dueMillis >> BUCKET_SHIFT;
    }

    /** The first time of a bucket. */
    public static long beginOf(long bucket) {
        return bucket << BUCKET_SHIFT;
    }
}
