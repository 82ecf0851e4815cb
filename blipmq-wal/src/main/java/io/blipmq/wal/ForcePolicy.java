package io.blipmq.wal;

/**
 * When a record counts as stored and when the log is forced. Immutable.
 *
 * <p>{@code Always}: stored means forced, and power loss costs nothing stored. Under the others stored means written to
 * the operating system, which the death of the process does not undo, and power loss costs at most: {@code EveryN} the
 * last n records and one batch, or a second, whichever is less; {@code IntervalMillis} that time and one force;
 * {@code None} what was written since the last segment closed. No policy is ever made to force by turns that ask for
 * none.
 *
 * <p>To add one: a record here, its deadline in {@code ForceSchedule}, its test in {@code ForcePolicyTest}; in {@code
 * blipmq-config} a {@code FsyncPolicy}, which the daemon's {@code Mapping} turns into this one.
 */
public sealed interface ForcePolicy {
    ForcePolicy ALWAYS = new Always();
    ForcePolicy NONE = new None();

    static ForcePolicy everyN(int records) {
        return new EveryN(records);
    }

    static ForcePolicy intervalMillis(long millis) {
        return new IntervalMillis(millis);
    }

    /** Whether a record counts as stored only once it is forced; if not, the core's thread may write it, too. */
    default boolean storedMeansForced() {
        return this instanceof Always;
    }

    /** Force every batch before it counts as stored. */
    record Always() implements ForcePolicy {}

    /** Never force on a record's path. */
    record None() implements ForcePolicy {}

    /** Force once {@code records} have been written since the last force, or the oldest of them is a second old. */
    record EveryN(int records) implements ForcePolicy {
        public EveryN {
            if (records < 1) {
                throw new IllegalArgumentException("every_n needs at least 1 record, got " + records);
            }
        }
    }

    /** Force once the oldest unforced record is {@code millis} old. */
    record IntervalMillis(long millis) implements ForcePolicy {
        public IntervalMillis {
            if (millis < 1) {
                throw new IllegalArgumentException("interval_ms needs at least 1 ms, got " + millis);
            }
        }
    }
}
