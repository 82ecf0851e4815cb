package io.blipmq.broker;

import java.util.Arrays;

/** Some records' numbers, usually few: a sorted array. Owned by the core thread. */
final class SequenceSet {
    private static final long[] NONE = {};
    private static final int CAPACITY_MIN = 8;

    private long[] sequences = NONE;
    private int count;

    /** @param sorted becomes this set's own */
    static SequenceSet of(long[] sorted) {
        SequenceSet set = new SequenceSet();
        set.sequences = sorted;
        set.count = sorted.length;
        return set;
    }

    void add(long sequence) {
        int at = Arrays.binarySearch(sequences, 0, count, sequence);
        if (at >= 0) {
            return;
        }
        if (count == sequences.length) {
            sequences = Arrays.copyOf(sequences, Math.max(CAPACITY_MIN, 2 * count));
        }
        int place = -at - 1;
        System.arraycopy(sequences, place, sequences, place + 1, count - place);
        sequences[place] = sequence;
        count++;
    }

    void remove(long sequence) {
        int at = Arrays.binarySearch(sequences, 0, count, sequence);
        if (at >= 0) {
            count--;
            System.arraycopy(sequences, at + 1, sequences, at, count - at);
        }
    }

    boolean contains(long sequence) {
        return count > 0 && Arrays.binarySearch(sequences, 0, count, sequence) >= 0;
    }

    /** Sorted. */
    long[] toArray() {
        return Arrays.copyOf(sequences, count);
    }
}
