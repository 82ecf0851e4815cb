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

    /**
     * Finds the records of all keys that match, in the order of their numbers. Which key a record has, it says itself. As
     * {@link #find(byte[], long, long, long[], long[], int[])}, but a search has a limit: it may end before the arrays are full
     * or everything is searched, and {@link #searchedThrough} tells where the next one has to go on. It has to be repeated even
     * when it has found nothing.
     */
    int find(
            KeyMatcher matcher,
            long fromSequence,
            long throughSequence,
            long[] sequences,
            long[] positions,
            int[] lengths);

    /**
     * Every matching record up to this number was found by the last search with a matcher, from where it began. Below
     * {@code throughSequence}, the search has not ended; or the rest is not indexed yet, see {@link #indexedThrough}.
     */
    long searchedThrough();
}
