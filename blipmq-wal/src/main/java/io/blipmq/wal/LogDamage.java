package io.blipmq.wal;

/**
 * One damaged or missing part of a log. Immutable.
 *
 * @param offset where in the file it begins
 * @param firstSequence the first record that is lost, {@link #NONE} when none is, {@link #UNKNOWN} when that is not known
 * @param lastSequence the last one; {@link #UNKNOWN} with a known first: and what followed
 */
public record LogDamage(String file, long offset, long firstSequence, long lastSequence, String what) {
    /** In place of a number: the damage takes no record with it. */
    public static final long NONE = 0;
    /** In place of a number: nothing that is left tells. */
    public static final long UNKNOWN = WalCorruptionException.UNKNOWN;

    /** The damage as a line for people. */
    public String describe() {
        return "log file " + file + ", offset " + offset + ": " + what + lost();
    }

    private String lost() {
        if (firstSequence == NONE) {
            return " (no record is lost)";
        }
        if (firstSequence == UNKNOWN) {
            return "";
        }
        return lastSequence == UNKNOWN
                ? " (records from " + firstSequence + " on are lost)"
                : " (records " + firstSequence + " to " + lastSequence + " are lost)";
    }

    /** Whether records are lost with it, or may be. */
    public boolean losesRecords() {
        return firstSequence != NONE;
    }
}
