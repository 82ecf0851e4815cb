package io.blipmq.wal;

/**
 * Finds records of the past by key, in the index files of closed segments. Owned by the core thread, except {@link
 * #indexedThrough} and {@link #segmentCount}.
 */
public interface KeyIndex {
    /** Every record up to this number that is listed under a key, and not dead, is found. Thread-safe; never falls. */
    long indexedThrough();

    /** How many indexes {@link #find} may have to look into. Thread-safe. */
    int segmentCount();

    /**
     * Finds the records of a key with numbers from {@code fromSequence} to {@code throughSequence}, in order, as many as
     * the arrays hold. Records above {@link #indexedThrough} are not found; dead ones may or may not be.
     *
     * @param positions gets where the bodies start, for {@link WalAppender#read}
     * @param lengths gets the bodies' lengths
     * @return how many were found
     * @throws StorageFailedException when an index cannot be read
     */
    int find(byte[] key, long fromSequence, long throughSequence, long[] sequences, long[] positions, int[] lengths);
}
