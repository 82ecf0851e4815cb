package io.blipmq.broker;

import java.util.Arrays;

/**
 * Scheduled messages in the order of their due times, and of their numbers where those are equal, with their places in the
 * journal. Owned by the core thread. A binary heap without an object for each: 24 bytes.
 */
final class DueQueue {
    private static final int WORDS = 3;
    private static final int CAPACITY_MIN = 16;

    /** Due time, number and position of each. */
    private long[] words = new long[WORDS * CAPACITY_MIN];

    private int count;

    int count() {
        return count;
    }

    /** Of the first one; there has to be one. Likewise below. */
    long dueMillis() {
        return words[0];
    }

    long sequence() {
        return words[1];
    }

    long position() {
        return words[2];
    }

    void add(long dueMillis, long sequence, long position) {
        if (count * WORDS == words.length) {
            words = Arrays.copyOf(words, 2 * words.length);
        }
        int at = count++;
        while (at > 0) {
            int parent = (at - 1) / 2;
            if (!isBefore(dueMillis, sequence, parent)) {
                break;
            }
            copy(parent, at);
            at = parent;
        }
        put(at, dueMillis, sequence, position);
    }

    void remove() {
        int last = --count;
        long dueMillis = words[last * WORDS];
        long sequence = words[last * WORDS + 1];
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= last) {
                break;
            }
            if (child + 1 < last && isBefore(words[(child + 1) * WORDS], words[(child + 1) * WORDS + 1], child)) {
                child++;
            }
            if (isBefore(dueMillis, sequence, child)) {
                break;
            }
            copy(child, at);
            at = child;
        }
        copy(last, at);
        if (count == 0 && words.length > WORDS * CAPACITY_MIN) {
            words = new long[WORDS * CAPACITY_MIN];
        }
    }

    void addAll(DueQueue other) {
        for (int i = 0; i < other.count; i++) {
            add(other.words[i * WORDS], other.words[i * WORDS + 1], other.words[i * WORDS + 2]);
        }
    }

    /** The lowest number of those that are due before a time; {@link Long#MAX_VALUE} when there is none. */
    long firstSequenceBefore(long millis) {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            if (words[i * WORDS] < millis) {
                first = Math.min(first, words[i * WORDS + 1]);
            }
        }
        return first;
    }

    /** Takes so many of the first ones out, and returns them. */
    DueQueue takeFirst(int taken) {
        DueQueue first = new DueQueue();
        first.words = new long[WORDS * Math.max(CAPACITY_MIN, taken)];
        while (first.count < taken) {
            first.put(first.count++, dueMillis(), sequence(), position()); // what is sorted is a heap
            remove();
        }
        return first;
    }

    private boolean isBefore(long dueMillis, long sequence, int other) {
        long otherDue = words[other * WORDS];
        return dueMillis < otherDue || dueMillis == otherDue && sequence < words[other * WORDS + 1];
    }

    private void copy(int from, int to) {
        System.arraycopy(words, from * WORDS, words, to * WORDS, WORDS);
    }

    private void put(int at, long dueMillis, long sequence, long position) {
        words[at * WORDS] = dueMillis;
        words[at * WORDS + 1] = sequence;
        words[at * WORDS + 2] = position;
    }
}
