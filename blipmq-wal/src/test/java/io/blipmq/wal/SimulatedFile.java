package io.blipmq.wal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A file's bytes as the system sees them and as the disk holds them. Owned by its {@link SimulatedStorage}, under its
 * lock. Pages of zeros take no memory, so large prepared segments are cheap.
 */
final class SimulatedFile {
    private static final int PAGE_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;
    private static final byte[] ZEROS = new byte[PAGE_BYTES];

    private Map<Integer, byte[]> current = new HashMap<>();
    private Map<Integer, byte[]> durable = new HashMap<>();
    private final Set<Integer> dirty = new HashSet<>();
    private long size;
    private long durableSize;

    long size() {
        return size;
    }

    void write(ByteBuffer source, long position) {
        long at = position;
        while (source.hasRemaining()) {
            int page = (int) (at / PAGE_BYTES);
            int offset = (int) (at % PAGE_BYTES);
            int length = Math.min(PAGE_BYTES - offset, source.remaining());
            writePage(page, offset, source, length);
            at += length;
        }
        size = Math.max(size, at);
    }

    private void writePage(int page, int offset, ByteBuffer source, int length) {
        byte[] bytes = new byte[length];
        source.get(bytes);
        boolean zeros = Arrays.mismatch(bytes, 0, length, ZEROS, 0, length) < 0;
        if (zeros && !current.containsKey(page) && !durable.containsKey(page)) {
            return;
        }
        System.arraycopy(bytes, 0, current.computeIfAbsent(page, absent -> new byte[PAGE_BYTES]), offset, length);
        dirty.add(page);
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

    void truncate(long newSize) {
        if (newSize < size) {
            size = newSize;
            for (int page : Set.copyOf(current.keySet())) {
                if ((page + 1L) * PAGE_BYTES > newSize) {
                    dirty.add(page);
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
        for (int page : dirty) {
            keep(page, current.get(page));
        }
        dirty.clear();
        durableSize = size;
    }

    private void keep(int page, byte[] bytes) {
        if (bytes == null) {
            durable.remove(page);
        } else {
            durable.put(page, bytes.clone());
        }
    }

    /** As real systems do it: the pages count as clean afterwards, but the disk does not hold them. */
    void failForce() {
        dirty.clear();
    }

    /** @param chance how likely each unforced sector has reached the disk */
    void losePower(Random random, double chance) {
        for (int page : dirty) {
            keep(page, mix(page, random, chance));
        }
        dirty.clear();
        size = random.nextDouble() < chance ? size : durableSize;
        durableSize = size;
        cut(durable, size);
        current = new HashMap<>();
        durable.forEach((page, bytes) -> current.put(page, bytes.clone()));
    }

    private byte[] mix(int page, Random random, double chance) {
        byte[] newer = current.getOrDefault(page, ZEROS);
        byte[] mixed = durable.getOrDefault(page, ZEROS).clone();
        for (int sector = 0; sector < PAGE_BYTES; sector += SECTOR_BYTES) {
            if (random.nextDouble() < chance) {
                System.arraycopy(newer, sector, mixed, sector, SECTOR_BYTES);
            }
        }
        return mixed;
    }

    /** Damages a byte on disk and in memory alike. */
    void flip(long position) {
        for (Map<Integer, byte[]> pages : List.of(current, durable)) {
            byte[] page = pages.computeIfAbsent((int) (position / PAGE_BYTES), absent -> new byte[PAGE_BYTES]);
            page[(int) (position % PAGE_BYTES)] ^= 0x40;
        }
    }

    SimulatedFile copy() {
        SimulatedFile copy = new SimulatedFile();
        current.forEach((page, bytes) -> copy.current.put(page, bytes.clone()));
        durable.forEach((page, bytes) -> copy.durable.put(page, bytes.clone()));
        copy.dirty.addAll(dirty);
        copy.size = size;
        copy.durableSize = durableSize;
        return copy;
    }
}
