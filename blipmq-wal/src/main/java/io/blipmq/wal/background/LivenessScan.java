package io.blipmq.wal.background;

import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.IndexBlocks;
import io.blipmq.wal.segment.IndexFile;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.util.Arrays;

/** Asks which of a segment's records are live, by its index. Owned by the background thread. */
final class LivenessScan {
    private final Storage storage;
    private final IndexBlocks blocks;

    private long liveBytes;
    private long[] sequences = new long[1024];
    private int count;

    LivenessScan(Storage storage, IndexBlocks blocks) {
        this.storage = storage;
        this.blocks = blocks;
    }

    /** Whether every record is known to be live, without a look at each. */
    boolean isWhollyLive(ClosedSegment segment, LiveRecords liveness) throws IOException {
        if (liveness.firstLive() > segment.first()) {
            return false;
        }
        try (IndexFile index = IndexFile.open(storage, segment, blocks)) {
            for (int slot = 0; slot < index.keys(); slot++) {
                LiveRecordsOfKey key = liveness.of(index.key(slot));
                if (key == null || !key.areAllLive(segment.first(), segment.last())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** What the live records take in a compacted segment. */
    long countBytes(ClosedSegment segment, LiveRecords liveness) throws IOException {
        scan(segment, liveness, false);
        return liveBytes;
    }

    /** The numbers of the live records, in order. */
    long[] sequences(ClosedSegment segment, LiveRecords liveness) throws IOException {
        scan(segment, liveness, true);
        Arrays.sort(sequences, 0, count);
        return Arrays.copyOf(sequences, count);
    }

    private void scan(ClosedSegment segment, LiveRecords liveness, boolean collect) throws IOException {
        liveBytes = 0;
        count = 0;
        try (IndexFile index = IndexFile.open(storage, segment, blocks)) {
            for (int slot = 0; slot < index.keys(); slot++) {
                LiveRecordsOfKey key = liveness.of(index.key(slot));
                if (key != null) {
                    scanKey(index, key, liveness.firstLive(), collect);
                }
            }
        }
    }

    private void scanKey(IndexFile index, LiveRecordsOfKey key, long firstLive, boolean collect) throws IOException {
        for (int entry = index.lowerBound(firstLive); entry < index.count(); entry++) {
            index.entry(entry);
            if (key.isLive(index.sequence())) {
                liveBytes += FrameLayout.compactedRecordBytes(index.length());
                if (collect) {
                    collect(index.sequence());
                }
            }
        }
    }

    private void collect(long sequence) {
        if (count == sequences.length) {
            sequences = Arrays.copyOf(sequences, count * 2);
        }
        sequences[count++] = sequence;
    }
}
