package io.blipmq.wal.repair;

import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.FrameChecksum;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.FileCopy;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes segments whose lost records are named as such, under a temporary name, forced. Owned by the thread that made it.
 *
 * <p>Whole frames stay where they are, byte for byte, so that positions of their records stay true.
 */
final class SegmentMend {
    private final Storage storage;
    private final WalLimits limits;

    SegmentMend(Storage storage, WalLimits limits) {
        this.storage = storage;
        this.limits = limits;
    }

    /** @return the temporary name */
    String write(RepairPlan.Mend mend) throws IOException {
        SegmentHeader header = mend.header();
        String temporary = SegmentNames.temporary(header.name());
        storage.delete(temporary);
        try (StorageFile from = storage.open(header.name());
                StorageFile to = storage.create(temporary)) {
            FileCopy.copy(from, 0, end(mend, from), to, 0, limits);
            to.write(SegmentLayout.encode(header), 0);
            for (Hole hole : mend.holes()) {
                fill(hole, header, to);
            }
            to.force();
        }
        return temporary;
    }

    private static long end(RepairPlan.Mend mend, StorageFile file) throws IOException {
        if (mend.holes().isEmpty()) {
            return file.size();
        }
        Hole last = mend.holes().get(mend.holes().size() - 1);
        return last.isOpen() ? last.offset() : file.size();
    }

    private void fill(Hole hole, SegmentHeader header, StorageFile to) throws IOException {
        if (hole.isOpen()) {
            put(hole.offset(), FrameLayout.HEADER_BYTES, hole.firstLost(), hole.lastLost(), header, to);
            if (header.isCompacted()) {
                seal(hole.offset() + FrameLayout.HEADER_BYTES, header, to);
            }
            return;
        }
        long first = hole.firstLost();
        for (long at = hole.offset(); at < hole.end(); ) {
            int bytes = pieceBytes(hole.end() - at);
            put(at, bytes, first, hole.lastLost(), header, to);
            first = header.epoch().next(hole.lastLost());
            at += bytes;
        }
    }

    /** Leaves nothing, or room for another frame. */
    private int pieceBytes(long left) {
        int most = limits.lostFrameBytes();
        if (left <= most) {
            return (int) left;
        }
        return left - most < FrameLayout.HEADER_BYTES ? most - FrameLayout.HEADER_BYTES : most;
    }

    private static void put(long offset, int bytes, long first, long last, SegmentHeader header, StorageFile to)
            throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(bytes);
        FrameLayout.putHeader(frame, 0, bytes, header.epoch().number(), 0, first, FrameLayout.KIND_LOST);
        new FrameChecksum(header).complete(frame, 0, offset, last);
        to.write(frame.clear(), offset);
    }

    private static void seal(long offset, SegmentHeader header, StorageFile to) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(FrameLayout.HEADER_BYTES);
        long next = header.compactedLast() + 1;
        FrameLayout.putHeader(frame, 0, frame.capacity(), header.epoch().number(), 0, next, FrameLayout.KIND_SEAL);
        new FrameChecksum(header).complete(frame, 0, offset, 0);
        to.write(frame.clear(), offset);
    }

    /** @return the temporary name */
    String write(RepairPlan.Placeholder placeholder) throws IOException {
        SegmentHeader header = placeholder.header();
        String temporary = SegmentNames.temporary(header.name());
        storage.delete(temporary);
        try (StorageFile to = storage.create(temporary)) {
            to.write(SegmentLayout.encode(header), 0);
            put(
                    SegmentLayout.FIRST_FRAME,
                    FrameLayout.HEADER_BYTES,
                    header.first(),
                    placeholder.lastLost(),
                    header,
                    to);
            to.force();
        }
        return temporary;
    }
}
