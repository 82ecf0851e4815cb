package io.blipmq.wal.segment;

import java.io.IOException;

/**
 * The records of an index in the order of their numbers, whatever their keys. Owned by the thread that made it.
 *
 * <p>It reads a group of records at a time into memory of its own, so other readers may use the index in between.
 */
public final class IndexOrder {
    private final byte[] group = new byte[IndexLayout.GROUP_RECORDS * IndexLayout.ORDER_RECORD_BYTES_MAX];

    private IndexFile index;
    private long from;
    private int nextGroup;
    private int nextBegin;
    private int at;
    private int end;

    // The record that was read last.
    private long sequence;
    private int offset;
    private int length;
    private int slot;

    /** Begins with the first record whose number is at least {@code newFrom}. */
    public void begin(IndexFile newIndex, long newFrom) throws IOException {
        index = newIndex;
        from = newFrom;
        nextGroup = Math.max(0, groupsUpTo(newFrom) - 1);
        nextBegin = nextGroup == 0 ? 0 : index.groupEnd(nextGroup - 1);
        at = 0;
        end = 0;
    }

    /** How many groups begin with a number up to this one. */
    private int groupsUpTo(long number) throws IOException {
        int low = 0;
        int high = index.groups();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (index.groupFirst(middle) <= number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Reads the next record; the accessors below then tell about it. @return false when there is none */
    public boolean next() throws IOException {
        do {
            if (at == end && !loadGroup()) {
                return false;
            }
            decode();
        } while (sequence < from);
        return true;
    }

    private boolean loadGroup() throws IOException {
        if (nextGroup == index.groups()) {
            return false;
        }
        sequence = index.groupFirst(nextGroup);
        int groupEnd = index.groupEnd(nextGroup);
        index.readGroup(nextBegin, groupEnd, group);
        at = 0;
        end = groupEnd - nextBegin;
        offset = 0;
        length = 0;
        nextGroup++;
        nextBegin = groupEnd;
        return true;
    }

    private void decode() throws IOException {
        sequence += number();
        offset += length + (int) number();
        length = (int) number();
        slot = (int) number();
        if (slot < 0 || slot >= index.keys()) {
            throw index.outside();
        }
    }

    private long number() throws IOException {
        long value = 0;
        for (int shift = 0; at < end && shift < Long.SIZE; shift += 7) {
            byte next = group[at++];
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw index.outside();
    }

    public long sequence() {
        return sequence;
    }

    /** Of the record's body in the segment. */
    public int offset() {
        return offset;
    }

    /** Of the record's body. */
    public int length() {
        return length;
    }

    /** The place of the record's key among the keys. */
    public int slot() {
        return slot;
    }
}
