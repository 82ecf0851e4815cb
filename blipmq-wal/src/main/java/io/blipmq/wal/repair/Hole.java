package io.blipmq.wal.repair;

import io.blipmq.wal.LogDamage;

/**
 * A place in a segment where frames should stand and do not, or not whole. Immutable.
 *
 * @param end where the next whole frame begins, or {@link #OPEN} when there is none
 * @param firstLost the first record that stood there
 * @param lastLost the last one; before the first when no record was there
 */
record Hole(long offset, long end, long firstLost, long lastLost, String what) {
    static final long OPEN = Long.MAX_VALUE;

    boolean isOpen() {
        return end == OPEN;
    }

    boolean losesRecords() {
        return lastLost >= firstLost;
    }

    LogDamage in(String file) {
        return new LogDamage(
                file,
                offset,
                losesRecords() ? firstLost : LogDamage.NONE,
                losesRecords() ? lastLost : LogDamage.NONE,
                what);
    }
}
