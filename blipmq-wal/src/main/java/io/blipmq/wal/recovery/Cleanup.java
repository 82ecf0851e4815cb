package io.blipmq.wal.recovery;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.IndexBlocks;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentIndexer;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts the files of a log in order at a start: what a start or a run before left unfinished or superfluous goes, what is
 * missing beside the segments is made (cases 15 to 18 and 24 of {@link Recovery}). Owned by the thread that opens the log.
 */
final class Cleanup {
    private final Storage storage;
    private final WalOptions options;

    Cleanup(Storage storage, WalOptions options) {
        this.storage = storage;
        this.options = options;
    }

    /**
     * Deletes unfinished files.
     *
     * @return the prepared files that are whole
     */
    List<String> sweep(List<String> names) throws IOException {
        List<String> prepared = new ArrayList<>();
        for (String name : names) {
            if (SegmentNames.isTemporary(name)) {
                storage.delete(name);
            } else if (SegmentNames.isPrepared(name)) {
                if (storage.size(name) == options.segmentBytes()) {
                    prepared.add(name);
                } else {
                    storage.delete(name);
                }
            }
        }
        prepared.sort(null);
        return prepared;
    }

    /**
     * Deletes what nothing refers to; only now, when the new epoch exists.
     *
     * @param evidence stays for this time, because there was no room to set its torn tail aside; or null
     */
    void deleteSuperseded(List<String> names, SegmentChain chain, long cut, SegmentHeader evidence) throws IOException {
        for (String name : chain.dropped()) {
            storage.delete(name);
        }
        Set<String> kept = new HashSet<>();
        chain.listed().forEach(segment -> kept.add(SegmentNames.index(segment.name())));
        for (SegmentHeader segment : chain.segments()) {
            if (chain.isSuperseded(segment, cut) && segment != evidence) {
                storage.delete(segment.name());
            } else {
                kept.add(SegmentNames.index(segment.name()));
            }
        }
        for (String name : names) {
            if (SegmentNames.isIndex(name) && !kept.contains(name)) {
                storage.delete(name);
            }
        }
    }

    /**
     * Reads the segments whose index is missing. Replay does not read what the checkpoint lists, so their damage would
     * otherwise be found by {@link #index}, when files have been changed.
     *
     * @throws WalCorruptionException when one is damaged
     */
    void requireIndexable(List<ClosedSegment> listed) throws IOException {
        SegmentIndexer indexer = indexer();
        for (ClosedSegment segment : notIndexed(listed, indexer)) {
            indexer.build(segment);
        }
    }

    /**
     * Makes the indexes that are missing: of the last run's segments at most, unless files were damaged or removed, or are of
     * another version.
     */
    void index(List<ClosedSegment> closed) throws IOException {
        SegmentIndexer indexer = indexer();
        for (ClosedSegment segment : notIndexed(closed, indexer)) {
            index(indexer, segment);
        }
    }

    private SegmentIndexer indexer() {
        return new SegmentIndexer(storage, options, new IndexBlocks(1, options.limits()));
    }

    private List<ClosedSegment> notIndexed(List<ClosedSegment> closed, SegmentIndexer indexer) throws IOException {
        Set<String> present = Set.copyOf(storage.list());
        List<ClosedSegment> missing = new ArrayList<>();
        for (ClosedSegment segment : closed) {
            if (!present.contains(SegmentNames.index(segment.name())) || !indexer.isIndexed(segment)) {
                missing.add(segment);
            }
        }
        return missing;
    }

    /** On a full disk the ballast gives the room. */
    private void index(SegmentIndexer indexer, ClosedSegment segment) throws IOException {
        try {
            indexer.index(segment);
        } catch (DiskFullException e) {
            storage.delete(SegmentNames.BALLAST);
            try {
                indexer.index(segment);
            } catch (DiskFullException again) {
                throw new DiskFullException(
                        "the disk has no room for the index of a log segment in " + storage.describe()
                                + ": make room and start again",
                        again);
            }
        }
    }
}
