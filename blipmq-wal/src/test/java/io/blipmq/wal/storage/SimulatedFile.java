package io.blipmq.wal.storage;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * A file's bytes as the system sees them and as the disk holds them. Owned by its {@link SimulatedStorage}, under its
 * lock. Pages of zeros take no memory, so large prepared segments are cheap.
 */
final class SimulatedFile {
    private static final int PAGE_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;
    private static final int PAGE_SECTORS = PAGE_BYTES / SECTOR_BYTES;
    private static final byte[] ZEROS = new byte[PAGE_BYTES];

    private Map<Integer, byte[]> current = new HashMap<>();
    private Map<Integer, byte[]> durable = new HashMap<>();
    /** Sectors that are not forced, and in which call each was written last. */
    private final Map<Integer, Long> dirty = new LinkedHashMap<>();

    private long size;
    private long durableSize;

    /** A byte that the disk cannot read any more, or -1. */
    private long unreadable = -1;

    long size() {
        return size;
    }

    /** @param call numbers the calls of all files */
    void write(ByteBuffer source, long position, long call) {
        long at = position;
        while (source.hasRemaining()) {
            int page = (int) (at / PAGE_BYTES);
            int offset = (int) (at % PAGE_BYTES);
            int length = Math.min(PAGE_BYTES - offset, source.remaining());
            writePage(page, offset, source, length, call);
            at += length;
        }
        size = Math.max(size, at);
    }

    private void writePage(int page, int offset, ByteBuffer source, int length, long call) {
        byte[] bytes = new byte[length];
        source.get(bytes);
        boolean zeros = Arrays.mismatch(bytes, 0, length, ZEROS, 0, length) < 0;
        if (zeros && !current.containsKey(page) && !durable.containsKey(page)) {
            return;
        }
        System.arraycopy(bytes, 0, current.computeIfAbsent(page, absent -> new byte[PAGE_BYTES]), offset, length);
        markDirty(page, offset / SECTOR_BYTES, (offset + length - 1) / SECTOR_BYTES, call);
    }

    private void markDirty(int page, int first, int last, long call) {
        for (int sector = first; sector <= last; sector++) {
            dirty.put(page * PAGE_SECTORS + sector, call);
        }
    }

    int read(ByteBuffer target, long position) {
        int total = (int) Math.max(0, Math.min(target.remaining(), size - position));
        long at = position;
        for (int remaining = total; remaining > 0; ) {
            int offset = (int) (at % PAGE_BYTES);
            int length = Math.min(PAGE_BYTES - offset, remaining);
            target.put(current.getOrDefault((int) (at / PAGE_BYTES), ZEROS), offset, length);
            at += length;
            remaining -= length;
        }
        return total;
    }

    void truncate(long newSize, long call) {
        if (newSize < size) {
            size = newSize;
            for (int page : Set.copyOf(current.keySet())) {
                if ((page + 1L) * PAGE_BYTES > newSize) {
                    markDirty(page, 0, PAGE_SECTORS - 1, call);
                }
            }
            cut(current, newSize);
        }
    }

    private static void cut(Map<Integer, byte[]> pages, long size) {
        pages.keySet().removeIf(page -> (long) page * PAGE_BYTES >= size);
        byte[] lastPage = pages.get((int) (size / PAGE_BYTES));
        if (lastPage != null) {
            Arrays.fill(lastPage, (int) (size % PAGE_BYTES), PAGE_BYTES, (byte) 0);
        }
    }

    void force() {
        dirty.keySet().forEach(this::keep);
        dirty.clear();
        durableSize = size;
        cut(durable, size);
    }

    private void keep(int sector) {
        int page = sector / PAGE_SECTORS;
        int offset = sector % PAGE_SECTORS * SECTOR_BYTES;
        byte[] kept = durable.computeIfAbsent(page, absent -> new byte[PAGE_BYTES]);
        System.arraycopy(current.getOrDefault(page, ZEROS), offset, kept, offset, SECTOR_BYTES);
    }

    /** As real systems do it: the pages count as clean afterwards, but the disk does not hold them. */
    void failForce() {
        dirty.clear();
    }

    /** The sectors that are not forced, with the call that wrote each last. */
    Map<Integer, Long> dirty() {
        return dirty;
    }

    boolean isSizeForced() {
        return size == durableSize;
    }

    /** @param kept which of the unforced sectors have reached the disk */
    void losePower(IntPredicate kept, boolean sizeKept) {
        dirty.keySet().stream().filter(kept::test).forEach(this::keep);
        dirty.clear();
        size = sizeKept ? size : durableSize;
        durableSize = size;
        cut(durable, size);
        current = new HashMap<>();
        durable.forEach((page, bytes) -> current.put(page, bytes.clone()));
    }

    /** Damages a byte on disk and in memory alike. */
    void flip(long position) {
        for (Map<Integer, byte[]> pages : List.of(current, durable)) {
            byte[] page = pages.computeIfAbsent((int) (position / PAGE_BYTES), absent -> new byte[PAGE_BYTES]);
            page[(int) (position % PAGE_BYTES)] ^= 0x40;
        }
    }

    void makeUnreadable(long position) {
        unreadable = position;
    }

    boolean isUnreadable(long position, int length) {
        return unreadable >= position && unreadable < Math.min(size, position + length);
    }

    SimulatedFile copy() {
        SimulatedFile copy = new SimulatedFile();
        current.forEach((page, bytes) -> copy.current.put(page, bytes.clone()));
        durable.forEach((page, bytes) -> copy.durable.put(page, bytes.clone()));
        copy.dirty.putAll(dirty);
        copy.size = size;
        copy.durableSize = durableSize;
        copy.unreadable = unreadable;
        return copy;
    }
}
