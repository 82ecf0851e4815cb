package io.blipmq.wal;

/** Which records of one key are still needed, see {@link LiveRecords}. Immutable. */
@FunctionalInterface
public interface LiveRecordsOfKey {

    boolean isLive(long sequence);

    /**
     * Whether all of them from one number to another are live. It spares a look at each: a false answer does not say that any
     * of them is dead.
     */
    default boolean areAllLive(long first, long last) {
        return false;
    }
}
