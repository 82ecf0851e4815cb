package io.blipmq.wal.append;

import io.blipmq.wal.KeyMatcher;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.IndexFile;
import java.io.IOException;
import java.util.Arrays;

/**
 * Which keys of one segment match, found out step by step and then remembered. Owned by the core thread.
 *
 * <p>A key is named by its slot, its place in the index. Few are kept as a list, more as a bit for each key that has the
 * matcher's prefix. Where that would take too much memory nothing is remembered, and a key is looked at whenever it is
 * asked about; so is one that has not been looked at yet.
 */
final class MatchedSlots {
    private final KeyMatcher matcher;
    private final int bytesMax;
    /** All that have the prefix: from here… */
    private final int begin;
    /** …to before here. */
    private final int end;

    /** Those before it have been looked at. */
    private int next;

    private int[] few;
    private int fewCount;
    /** Of those. */
    private long records;

    private long[] bits;
    private boolean tooMany;

    MatchedSlots(IndexFile index, KeyMatcher matcher, WalLimits limits) throws IOException {
        this.matcher = matcher;
        this.bytesMax = limits.matchedBytesMax();
        this.begin = index.firstSlot(matcher.prefix());
        this.end = index.endSlot(matcher.prefix());
        this.next = begin;
        this.few = new int[Math.max(0, Math.min(limits.matchedListsMax(), end - begin))];
    }

    /** Looks at so many keys more. @return how many of them are left, because all have been looked at */
    int walk(IndexFile index, int keysMax) throws IOException {
        int left = keysMax;
        while (next < end && !tooMany && left > 0) {
            if (isMatch(index, next)) {
                add(next, index.count());
            }
            next++;
            left--;
        }
        return left;
    }

    private boolean isMatch(IndexFile index, int slot) throws IOException {
        index.selectSlot(slot);
        return !index.isHidden() && matcher.matches(index.key());
    }

    private void add(int slot, int recordsOfSlot) {
        if (bits == null && fewCount < few.length) {
            few[fewCount++] = slot;
            records += recordsOfSlot;
        } else if (bits != null) {
            set(slot);
        } else {
            beginBits(slot);
        }
    }

    private void beginBits(int slot) {
        int words = end - begin + Long.SIZE - 1 >>> 6;
        tooMany = (long) words * Long.BYTES > bytesMax;
        if (!tooMany) {
            bits = new long[words];
            for (int index = 0; index < fewCount; index++) {
                set(few[index]);
            }
            set(slot);
        }
        few = null;
    }

    private void set(int slot) {
        bits[slot - begin >>> 6] |= 1L << slot - begin;
    }

    /** Whether all keys have been looked at and those that match are {@link #few}. */
    boolean areFew() {
        return next >= end && few != null;
    }

    int fewCount() {
        return fewCount;
    }

    /** How many records the few have. */
    long records() {
        return records;
    }

    int few(int index) {
        return few[index];
    }

    /** Whether {@link #contains} need not look at the key. */
    boolean isKnown(int slot) {
        return slot < begin || slot >= end || !tooMany && slot < next;
    }

    boolean contains(IndexFile index, int slot) throws IOException {
        if (!isKnown(slot)) {
            return isMatch(index, slot);
        }
        if (slot < begin || slot >= end) {
            return false;
        }
        return bits == null
                ? Arrays.binarySearch(few, 0, fewCount, slot) >= 0
                : (bits[slot - begin >>> 6] & 1L << slot - begin) != 0;
    }
}
