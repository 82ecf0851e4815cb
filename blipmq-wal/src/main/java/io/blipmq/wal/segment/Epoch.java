package io.blipmq.wal.segment;

/**
 * One life of the log between two starts, and where it continues its predecessor's. Immutable.
 *
 * @param number counts the starts, from 1
 * @param cut the last record that counts from earlier epochs; 0 when none does
 * @param begin the epoch's first record: the first survivor, or {@code resume} when there is none
 * @param survived the last record above the cut that was rewritten into this epoch's first segment, or the cut
 * @param resume the first new record's number: the next one after a clean end, beyond a gap after an unclean one
 */
public record Epoch(int number, long cut, long begin, long survived, long resume) {
    /**
     * How far numbering jumps after an unclean end. A peer may hold numbers of records that a power loss took; fewer than
     * this have been given out since the last number that is known.
     */
    public static final long UNCLEAN_GAP = 1L << 32;

    public Epoch {
        boolean survivors = survived > cut;
        boolean ordered = cut < begin && (survivors ? begin <= survived : begin == resume) && survived < resume;
        if (number < 1 || cut < 0 || !ordered) {
            throw new IllegalArgumentException("impossible epoch " + number + ": cut " + cut + ", begin " + begin
                    + ", survived " + survived + ", resume " + resume);
        }
    }

    /** An epoch with nothing to take over but what is durable up to {@code cut}. */
    public static Epoch withoutSurvivors(int number, long cut, long resume) {
        return new Epoch(number, cut, resume, cut, resume);
    }

    public boolean hasSurvivors() {
        return survived > cut;
    }

    /** The number that follows {@code sequence} in this epoch. */
    public long next(long sequence) {
        if (sequence == cut) {
            return begin;
        }
        return sequence == survived ? resume : sequence + 1;
    }

    /** The number before {@code sequence} in this epoch. */
    public long previous(long sequence) {
        if (sequence == begin) {
            return cut;
        }
        return sequence == resume ? survived : sequence - 1;
    }
}
