package io.blipmq.broker;

import java.util.Arrays;

/**
 * Messages beyond a subscription's cursor that are settled already: after the death of the process the cursor stands
 * where the last checkpoint saw it, while later messages may have been acknowledged. Owned by the core thread. Bounded by
 * what is acknowledged between two checkpoints; 8 bytes each.
 */
final class SettledAhead {
    private static final long[] NONE = {};
    private static final int CAPACITY_MIN = 8;

    /** Those from {@link #begin} to {@link #end}; sorted and without repetition unless {@link #untidy}. */
    private long[] tags = NONE;

    private int begin;
    private int end;
    private boolean untidy;

    /** A tag may be added again. */
    void add(long tag) {
        if (end == tags.length) {
            tags = Arrays.copyOf(tags, Math.max(CAPACITY_MIN, end * 2));
        }
        untidy |= end > begin && tag <= tags[end - 1];
        tags[end++] = tag;
    }

    boolean contains(long tag) {
        return begin < end && find(tag) >= 0;
    }

    /**
     * The cursor has passed every message below a number.
     *
     * @return how many of those were in here
     */
    int passBelow(long sequence) {
        if (begin == end) {
            return 0;
        }
        int found = find(sequence);
        int first = found < 0 ? -found - 1 : found;
        int passed = first - begin;
        begin = first;
        if (begin == end) {
            tags = NONE;
            begin = 0;
            end = 0;
        }
        return passed;
    }

    /** How many there are. */
    int count() {
        tidy();
        return end - begin;
    }

    /** Sorted. */
    long[] toArray() {
        tidy();
        return Arrays.copyOfRange(tags, begin, end);
    }

    private int find(long tag) {
        tidy();
        return Arrays.binarySearch(tags, begin, end, tag);
    }

    /** Replay adds many before anybody asks. */
    private void tidy() {
        if (!untidy) {
            return;
        }
        untidy = false;
        Arrays.sort(tags, begin, end);
        int kept = begin;
        for (int i = begin; i < end; i++) {
            if (kept == begin || tags[i] != tags[kept - 1]) {
                tags[kept++] = tags[i];
            }
        }
        end = kept;
    }
}
