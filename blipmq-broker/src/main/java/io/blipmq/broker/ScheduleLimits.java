package io.blipmq.broker;

import java.util.concurrent.TimeUnit;

/**
 * Bounds of what the core does about scheduled messages. Immutable.
 *
 * @param nearMax that are in memory at a time, at 24 bytes, and as many again while more are looked for; half of them are
 *     looked for when a quarter is left
 * @param nearMillis how long before it is due a message is looked for, so that it is in memory by then
 * @param loadWorkPerTurn of looking for them in one turn, as {@link WorkMeter} counts it
 * @param publishedPerTurn that are published in one turn, so that others are served in between
 * @param publishedBytesPerTurn likewise; a larger one has a turn of its own
 * @param searchWork of one turn's part of a listing or a cancellation
 */
public record ScheduleLimits(
        int nearMax,
        long nearMillis,
        int loadWorkPerTurn,
        int publishedPerTurn,
        int publishedBytesPerTurn,
        int searchWork) {

    public ScheduleLimits {
        if (nearMax < 2) {
            throw new IllegalArgumentException("room for " + nearMax + " scheduled messages, which must be 2 or more");
        }
    }

    public static ScheduleLimits defaults() {
        return new ScheduleLimits(1 << 18, TimeUnit.HOURS.toMillis(1), 1 << 16, 1_000, 1 << 20, 1 << 16);
    }
}
