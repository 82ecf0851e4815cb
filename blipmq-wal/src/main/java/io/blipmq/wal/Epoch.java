package io.blipmq.wal;

/**
 * One life of the log between two starts, and where it continues its predecessor's. Immutable.
 *
 * @param number counts the starts, from 1
 * @param cut the last sequence number that counts from earlier epochs
 * @param survived the last record above the cut that was rewritten into this epoch's first segment; the cut when none was
 * @param resume the first new record's number: one further after a clean end, beyond a gap after an unclean one
 */
record Epoch(int number, long cut, long survived, long resume) {
    /**
     * How far numbering jumps after an unclean end. A peer may hold numbers of records that a power loss took; no number
     * of this distance can have been given out since the last force.
     */
    static final long UNCLEAN_GAP = 1L << 32;

    Epoch {
        if (number < 1 || cut < 0 || survived < cut || resume <= survived) {
            throw new IllegalArgumentException(
                    "impossible epoch " + number + ": cut " + cut + ", survived " + survived + ", resume " + resume);
        }
    }

    /** The number that follows {@code sequence} in this epoch. */
    long next(long sequence) {
        return sequence == survived ? resume : sequence + 1;
    }

    /** The number before {@code sequence} in this epoch. */
    long previous(long sequence) {
        return sequence == resume ? survived : sequence - 1;
    }
}
