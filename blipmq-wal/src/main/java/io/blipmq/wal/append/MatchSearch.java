package io.blipmq.wal.append;

import io.blipmq.wal.KeyMatcher;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.IndexFile;
import io.blipmq.wal.segment.IndexOrder;
import io.blipmq.wal.segment.Position;
import java.io.IOException;

/**
 * One search after the other for the records of all keys that match. Owned by the core thread, which must not be held
 * up for long: a search ends after so many steps and tells how far it came.
 *
 * <p>Where few records of a segment match, the lists of their keys are merged. Where many do, or it is not yet known
 * which, the segment's records are passed over in their order. Each search gets on in that order by a record at least,
 * also while the keys are being looked at; so searches come to their end even when so many of them take turns that what
 * each has learned of the keys is forgotten before its next turn.
 */
final class MatchSearch {
    /** What opening an index and looking for the prefix in it is taken to cost, beside a step for a key. */
    private static final int SEGMENT_STEPS = 512;
    /** What looking at the key of a record costs that is passed over: keys are not read in their order then. */
    private static final int LOOK_STEPS = 8;
    /** What beginning a list is taken to cost, beside a step for a key. */
    private static final int LIST_STEPS = 8;

    private final WalLimits limits;
    private final MatchedSets sets;
    private final IndexOrder order = new IndexOrder();

    // The search that is going on.
    private KeyMatcher matcher;
    private long from;
    private long through;
    private int keySteps;
    private int recordSteps;
    private long searched;

    // What it has found.
    private long[] sequences;
    private long[] positions;
    private int[] lengths;
    private int found;

    // The lists that are merged: the first record of each that has not been found yet.
    private final int[] entries;
    private final int[] ends;
    private final long[] firstSequences;
    private final int[] firstOffsets;
    private final int[] firstLengths;
    /** The lists that are not at their end, as a heap: the one with the least number first. */
    private final int[] heap;

    private int lists;

    MatchSearch(WalLimits limits) {
        this.limits = limits;
        this.sets = new MatchedSets(limits);
        this.entries = new int[limits.matchedListsMax()];
        this.ends = new int[entries.length];
        this.firstSequences = new long[entries.length];
        this.firstOffsets = new int[entries.length];
        this.firstLengths = new int[entries.length];
        this.heap = new int[entries.length];
    }

    void begin(
            KeyMatcher newMatcher,
            long newFrom,
            long newThrough,
            long[] newSequences,
            long[] newPositions,
            int[] newLengths) {
        matcher = newMatcher;
        from = newFrom;
        through = newThrough;
        sequences = newSequences;
        positions = newPositions;
        lengths = newLengths;
        keySteps = limits.searchSteps();
        recordSteps = limits.searchSteps();
        searched = newFrom - 1;
        found = 0;
    }

    /** Looks into the index of the next segment. @return whether the search goes on behind it */
    boolean visit(IndexFile index) throws IOException {
        MatchedSlots slots = sets.of(index, matcher);
        keySteps = slots.walk(index, keySteps) - SEGMENT_STEPS;
        boolean whole = isToMerge(index, slots) ? merge(index, slots) : scan(index, slots);
        if (whole) {
            searchedThrough(index.segment().last());
        }
        return whole && keySteps > 0;
    }

    /** Beginning with all lists must cost less than passing over the records among which the wanted ones are expected. */
    private boolean isToMerge(IndexFile index, MatchedSlots slots) {
        if (!slots.areFew()) {
            return false;
        }
        long wanted = sequences.length - found;
        long passed = Math.min(index.entries(), wanted * index.entries() / Math.max(1, slots.records()));
        return slots.fewCount() == 0 || (long) slots.fewCount() * limits.listRecords() <= passed;
    }

    /** Everything up to this number has been looked through, if it is wanted at all. */
    void searchedThrough(long sequence) {
        searched = Math.max(searched, Math.min(through, sequence));
    }

    long searchedThrough() {
        return searched;
    }

    int found() {
        return found;
    }

    boolean isFull() {
        return found == sequences.length;
    }

    // ---- the records in their order

    /** @return whether there are no more in this segment */
    private boolean scan(IndexFile index, MatchedSlots slots) throws IOException {
        order.begin(index, from);
        while (order.next()) {
            if (order.sequence() > through) {
                return true;
            }
            if (slots.contains(index, order.slot())) {
                add(index, order.sequence(), order.offset(), order.length());
            }
            searchedThrough(order.sequence());
            recordSteps -= slots.isKnown(order.slot()) ? 1 : LOOK_STEPS;
            if (isFull() || recordSteps <= 0) {
                return false;
            }
        }
        return true;
    }

    private void add(IndexFile index, long sequence, int offset, int length) {
        sequences[found] = sequence;
        positions[found] = Position.of(index.segment().ordinal(), offset);
        lengths[found] = length;
        found++;
    }

    // ---- the lists of a few keys

    /** @return whether there are no more in this segment */
    private boolean merge(IndexFile index, MatchedSlots slots) throws IOException {
        beginLists(index, slots);
        while (lists > 0) {
            int list = heap[0];
            if (firstSequences[list] > through) {
                return true;
            }
            add(index, firstSequences[list], firstOffsets[list], firstLengths[list]);
            searchedThrough(firstSequences[list]);
            if (isFull()) {
                return false;
            }
            advance(index, list);
        }
        return true;
    }

    private void beginLists(IndexFile index, MatchedSlots slots) throws IOException {
        lists = 0;
        for (int number = 0; number < slots.fewCount(); number++) {
            index.selectSlot(slots.few(number));
            int entry = index.lowerBound(from);
            if (entry < index.count()) {
                entries[lists] = index.firstEntry() + entry;
                ends[lists] = index.firstEntry() + index.count();
                read(index, lists);
                heap[lists] = lists;
                lists++;
            }
        }
        keySteps -= LIST_STEPS * slots.fewCount();
        for (int at = lists / 2 - 1; at >= 0; at--) {
            siftDown(at);
        }
    }

    private void read(IndexFile index, int list) throws IOException {
        index.entryOfAll(entries[list]);
        firstSequences[list] = index.sequence();
        firstOffsets[list] = index.offset();
        firstLengths[list] = index.length();
    }

    private void advance(IndexFile index, int list) throws IOException {
        entries[list]++;
        if (entries[list] < ends[list]) {
            read(index, list);
        } else {
            lists--;
            heap[0] = heap[lists];
        }
        siftDown(0);
    }

    private void siftDown(int place) {
        int list = heap[place];
        int at = place;
        for (int child = 2 * at + 1; child < lists; child = 2 * at + 1) {
            if (child + 1 < lists && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], list)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = list;
    }

    private boolean isBefore(int list, int other) {
        return firstSequences[list] < firstSequences[other];
    }
}
