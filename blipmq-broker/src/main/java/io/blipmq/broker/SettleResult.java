package io.blipmq.broker;

import java.util.Arrays;

/** What a request to settle deliveries hit: an out-parameter, used again for each. Owned by the core thread. */
public final class SettleResult {
    private static final long[] NONE = {};

    private int settled;
    private int unknown;
    private long[] unknownTags = new long[16];
    Outcome outcome = Outcome.DONE;

    void clear() {
        settled = 0;
        unknown = 0;
        outcome = Outcome.DONE;
    }

    void count(long tag, boolean hit) {
        if (hit) {
            settled++;
        } else {
            addUnknown(tag);
        }
    }

    private void addUnknown(long tag) {
        if (unknown == unknownTags.length) {
            unknownTags = Arrays.copyOf(unknownTags, 2 * unknown);
        }
        unknownTags[unknown++] = tag;
    }

    /** How many deliveries it hit. */
    public int settled() {
        return settled;
    }

    /** How many of its tags hit none. */
    public int unknown() {
        return unknown;
    }

    /** Those tags, in the order of the request. */
    public long[] unknownTags() {
        return unknown == 0 ? NONE : Arrays.copyOf(unknownTags, unknown);
    }

    /**
     * {@link Outcome#DONE}, whatever was hit; or why nothing was done: {@link Outcome#UNKNOWN} (the key has no such
     * subscription), {@link Outcome#BUSY} (the journal has no room) or {@link Outcome#SHUTTING_DOWN}.
     */
    public Outcome outcome() {
        return outcome;
    }
}
