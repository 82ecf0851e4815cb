package io.blipmq.broker;

import java.util.Arrays;

/**
 * Where the newest scheduled messages are in the journal, by number: those that it does not find by their key yet. Owned by
 * the core thread. They are those of the log's newest segments, at 24 bytes each.
 */
final class RecentSchedules {
    private static final int CAPACITY_MIN = 16;

    private long[] sequences = new long[CAPACITY_MIN];
    private long[] dueMillis = new long[CAPACITY_MIN];
    private long[] positions = new long[CAPACITY_MIN];
    private int begin;
    private int end;

    void add(long sequence, long due, long position) {
        if (end == sequences.length) {
            makeRoom();
        }
        sequences[end] = sequence;
        dueMillis[end] = due;
        positions[end++] = position;
    }

    private void makeRoom() {
        int capacity = Math.max(CAPACITY_MIN, (end - begin) * 2);
        sequences = Arrays.copyOf(Arrays.copyOfRange(sequences, begin, end), capacity);
        dueMillis = Arrays.copyOf(Arrays.copyOfRange(dueMillis, begin, end), capacity);
        positions = Arrays.copyOf(Arrays.copyOfRange(positions, begin, end), capacity);
        end -= begin;
        begin = 0;
    }

    /** The journal finds everything up to a number. */
    void forgetThrough(long sequence) {
        while (begin < end && sequences[begin] <= sequence) {
            begin++;
        }
    }

    /** The first place at or beyond a number; {@link #end} when there is none. */
    int placeFrom(long sequence) {
        int at = Arrays.binarySearch(sequences, begin, end, sequence);
        return at < 0 ? -at - 1 : at;
    }

    int end() {
        return end;
    }

    long sequence(int place) {
        return sequences[place];
    }

    long dueMillis(int place) {
        return dueMillis[place];
    }

    long position(int place) {
        return positions[place];
    }
}
