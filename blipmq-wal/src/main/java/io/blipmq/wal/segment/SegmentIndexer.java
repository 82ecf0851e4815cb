package io.blipmq.wal.segment;

import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.RecordKey;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;

/** Writes the index files of closed segments, where they are missing or not intact. Owned by the thread that made it. */
public final class SegmentIndexer {
    private final Storage storage;
    private final RecordKey recordKey;
    private final WalLimits limits;
    private final IndexBlocks blocks;
    private ReadWindow window;

    public SegmentIndexer(Storage storage, WalOptions options, IndexBlocks blocks) {
        this.storage = storage;
        this.recordKey = options.recordKey();
        this.limits = options.limits();
        this.blocks = blocks;
    }

    /** Whether the segment has a file for its index, and it is intact as far as {@link #isIndexed} says. */
    public boolean exists(ClosedSegment segment) throws IOException {
        return storage.list().contains(SegmentNames.index(segment.name())) && isIndexed(segment);
    }

    /** Whether the segment's index, which has to be there, is of this segment; of a damaged one only the first block is noticed. */
    public boolean isIndexed(ClosedSegment segment) throws IOException {
        try {
            IndexFile.open(storage, segment, blocks).close();
            return true;
        } catch (WalCorruptionException e) {
            return false;
        }
    }

    /** @throws WalCorruptionException when the segment is damaged */
    public void index(ClosedSegment segment) throws IOException {
        write(segment, build(segment));
    }

    /** Reads the whole segment, checking it. */
    public IndexBuilder build(ClosedSegment segment) throws IOException {
        if (window == null) {
            window = new ReadWindow(limits.windowBytes());
        }
        IndexBuilder index = new IndexBuilder(limits);
        try (SegmentReader reader = SegmentReader.open(storage, segment.header(), window)) {
            reader.replayWhole(segment, into(index));
        }
        return index;
    }

    private RecordHandler into(IndexBuilder index) {
        return (sequence, type, buffer, offset, length, position) -> {
            long key = recordKey.locate(type, buffer, offset, length);
            if (key != RecordKey.NONE) {
                index.add(buffer, key, sequence, Position.offset(position), length);
            }
        };
    }

    public void write(ClosedSegment segment, IndexBuilder index) throws IOException {
        String name = SegmentNames.index(segment.name());
        String temporary = SegmentNames.temporary(name);
        storage.delete(temporary);
        try (StorageFile file = storage.create(temporary)) {
            index.write(file, segment);
            file.force();
        } catch (IOException e) {
            storage.delete(temporary);
            throw e;
        }
        storage.rename(temporary, name);
        storage.syncDirectory();
    }
}
