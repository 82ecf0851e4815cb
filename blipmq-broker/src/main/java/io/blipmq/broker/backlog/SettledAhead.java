package io.blipmq.broker.backlog;

import java.util.Arrays;

/**
 * Messages beyond a subscription's cursor that are settled already, with the lengths of their payloads: after the death
 * of the process the cursor stands where the last checkpoint saw it, while later messages may have been acknowledged.
 * Owned by the core thread. Bounded by what is acknowledged between two checkpoints; 12 bytes each. While the process
 * lives, what is delivered and then settled does not come here: the cursor has passed it.
 */
public final class SettledAhead {
    private static final long[] NO_TAGS = {};
    private static final int[] NO_LENGTHS = {};
    private static final int CAPACITY_MIN = 8;

    /** Those from {@link #begin} to {@link #end}; sorted and without repetition unless {@link #untidy}. */
    private long[] tags = NO_TAGS;
    /** By the same index. */
    private int[] lengths = NO_LENGTHS;

    private int begin;
    private int end;
    private boolean untidy;
    /** Sum of the lengths; right unless {@link #untidy}. */
    private long bytes;

    /** A tag may be added again. */
    public void add(long tag, int payloadLength) {
        if (end == tags.length) {
            makeRoom();
        }
        untidy |= end > begin && tag <= tags[end - 1];
        tags[end] = tag;
        lengths[end++] = payloadLength;
        bytes += payloadLength;
    }

    /** At the end, and without what has been passed: the cursor may never catch up with all of them. */
    private void makeRoom() {
        int capacity = Math.max(CAPACITY_MIN, (end - begin) * 2);
        tags = Arrays.copyOf(Arrays.copyOfRange(tags, begin, end), capacity);
        lengths = Arrays.copyOf(Arrays.copyOfRange(lengths, begin, end), capacity);
        end -= begin;
        begin = 0;
    }

    /** How many there is memory for. */
    public int capacity() {
        return tags.length;
    }

    public boolean contains(long tag) {
        return begin < end && find(tag) >= 0;
    }

    /** The cursor has passed every message below a number. */
    public void passBelow(long sequence) {
        if (begin == end) {
            return;
        }
        int found = find(sequence);
        int first = found < 0 ? -found - 1 : found;
        for (; begin < first; begin++) {
            bytes -= lengths[begin];
        }
        if (begin == end) {
            tags = NO_TAGS;
            lengths = NO_LENGTHS;
            begin = 0;
            end = 0;
        }
    }

    /** They are no more than this; without counting them. */
    public int countMost() {
        return end - begin;
    }

    /** Whether there is none, without counting them. */
    public boolean isEmpty() {
        return begin == end;
    }

    /** How many there are. */
    public int count() {
        tidy();
        return end - begin;
    }

    /** Payload bytes of all. */
    public long bytes() {
        tidy();
        return bytes;
    }

    /** Sorted. */
    public long[] tags() {
        tidy();
        return Arrays.copyOfRange(tags, begin, end);
    }

    /** In the order of {@link #tags()}. */
    public int[] lengths() {
        tidy();
        return Arrays.copyOfRange(lengths, begin, end);
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
        long[] addedTags = Arrays.copyOfRange(tags, begin, end);
        int[] addedLengths = Arrays.copyOfRange(lengths, begin, end);
        Arrays.sort(tags, begin, end);
        dropRepeated();
        for (int i = 0; i < addedTags.length; i++) {
            lengths[Arrays.binarySearch(tags, begin, end, addedTags[i])] = addedLengths[i];
        }
        bytes = 0;
        for (int i = begin; i < end; i++) {
            bytes += lengths[i];
        }
    }

    private void dropRepeated() {
        int kept = begin;
        for (int i = begin; i < end; i++) {
            if (kept == begin || tags[i] != tags[kept - 1]) {
                tags[kept++] = tags[i];
            }
        }
        end = kept;
    }
}
