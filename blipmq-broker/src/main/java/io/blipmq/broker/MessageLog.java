package io.blipmq.broker;

import java.util.Arrays;

/**
 * The positions of a topic's QoS 1 messages, shared by its subscriptions: each reads with a cursor of its own, so a
 * fan-out to a hundred is one entry. Owned by the core thread.
 *
 * <p>Entries are numbered by <em>index</em>, from 0 at the topic's first message on, and stand in pages that are dropped
 * once every cursor has passed them. Page sizes double from small to large, so that a hundred thousand quiet topics
 * cost little and a long backlog has few pages.
 */
final class MessageLog {
    private static final int PAGE_ENTRIES_MIN = 16;
    private static final int PAGE_ENTRIES_MAX = 1024;

    private Page[] pages = new Page[4];
    private int pageCount;
    private long endIndex;
    private long endBytes;

    /** One run of entries; {@link #payloadPosition} and its kind take an index within the log. */
    static final class Page {
        private final long firstIndex;
        private final long bytesBefore;
        private final long[] sequences;
        private final long[] positions;
        private final int[] lengths;
        private final long[] published;
        private long[] expiries;
        private int count;

        private Page(long firstIndex, long bytesBefore, int capacity) {
            this.firstIndex = firstIndex;
            this.bytesBefore = bytesBefore;
            this.sequences = new long[capacity];
            this.positions = new long[capacity];
            this.lengths = new int[capacity];
            this.published = new long[capacity];
        }

        boolean contains(long index) {
            return index >= firstIndex && index < firstIndex + count;
        }

        long sequence(long index) {
            return sequences[slot(index)];
        }

        long payloadPosition(long index) {
            return positions[slot(index)];
        }

        int payloadLength(long index) {
            return lengths[slot(index)];
        }

        /** Wall-clock milliseconds. */
        long publishedMillis(long index) {
            return published[slot(index)];
        }

        /** Wall-clock milliseconds, 0 = never. */
        long expiresMillis(long index) {
            return expiries == null ? 0 : expiries[slot(index)];
        }

        private int slot(long index) {
            return (int) (index - firstIndex);
        }

        private boolean isFull() {
            return count == sequences.length;
        }
    }

    void append(long sequence, long payloadPosition, int payloadLength, long publishedMillis, long expiresMillis) {
        Page page = pageCount == 0 ? null : pages[pageCount - 1];
        if (page == null || page.isFull()) {
            page = addPage(page);
        }
        int slot = page.count++;
        page.sequences[slot] = sequence;
        page.positions[slot] = payloadPosition;
        page.lengths[slot] = payloadLength;
        page.published[slot] = publishedMillis;
        if (expiresMillis != 0) {
            if (page.expiries == null) {
                page.expiries = new long[page.sequences.length];
            }
            page.expiries[slot] = expiresMillis;
        }
        endIndex++;
        endBytes += payloadLength;
    }

    /** The index that the next message will have. */
    long endIndex() {
        return endIndex;
    }

    /** The page that holds an index which is still kept. */
    Page page(long index) {
        int low = 0;
        int high = pageCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (pages[middle].firstIndex <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Page page = pages[low];
        assert page.contains(index) : "index " + index + " is not kept";
        return page;
    }

    /** The index of the message with this sequence number, or -1 when it is not kept. */
    long indexOf(long sequence) {
        int low = 0;
        int high = pageCount - 1;
        if (high < 0 || sequence < pages[0].sequences[0]) {
            return -1;
        }
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (pages[middle].sequences[0] <= sequence) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Page page = pages[low];
        int slot = Arrays.binarySearch(page.sequences, 0, page.count, sequence);
        return slot < 0 ? -1 : page.firstIndex + slot;
    }

    /** Payload bytes of all messages from an index that is kept (or the end) on. */
    long bytesFrom(long index) {
        if (index == endIndex) {
            return 0;
        }
        Page page = page(index);
        long before = page.bytesBefore;
        for (int slot = 0; slot < page.slot(index); slot++) {
            before += page.lengths[slot];
        }
        return endBytes - before;
    }

    /** Forgets whole pages below an index that every cursor has reached. */
    void trimBefore(long index) {
        int passed = 0;
        while (passed < pageCount && pages[passed].firstIndex + pages[passed].count <= index) {
            passed++;
        }
        if (passed > 0) {
            System.arraycopy(pages, passed, pages, 0, pageCount - passed);
            Arrays.fill(pages, pageCount - passed, pageCount, null);
            pageCount -= passed;
        }
    }

    private Page addPage(Page last) {
        if (pageCount == pages.length) {
            pages = Arrays.copyOf(pages, pages.length * 2);
        }
        int capacity = last == null ? PAGE_ENTRIES_MIN : Math.min(last.sequences.length * 2, PAGE_ENTRIES_MAX);
        Page page = new Page(endIndex, endBytes, capacity);
        pages[pageCount++] = page;
        return page;
    }
}
