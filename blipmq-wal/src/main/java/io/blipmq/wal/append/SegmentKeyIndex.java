package io.blipmq.wal.append;

import io.blipmq.wal.KeyIndex;
import io.blipmq.wal.KeyMatcher;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.IndexBlocks;
import io.blipmq.wal.segment.IndexFile;
import io.blipmq.wal.segment.Position;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks into the index files of closed segments, newest list first. Owned by the core thread.
 *
 * <p>Memory is bounded: a few open files and a cache of their blocks.
 */
public final class SegmentKeyIndex implements KeyIndex {
    private final Storage storage;
    private final IndexedSegments indexed;
    private final WalLimits limits;
    private final IndexBlocks blocks;
    private final MatchSearch matches;
    private final Map<Integer, IndexFile> files = new LinkedHashMap<>(16, 0.75f, true);

    /** What the open files were chosen from. */
    private List<ClosedSegment> segments = List.of();

    public SegmentKeyIndex(Storage storage, IndexedSegments indexed, WalLimits limits) {
        this.storage = storage;
        this.indexed = indexed;
        this.limits = limits;
        this.blocks = new IndexBlocks(limits.historyBlocks(), limits);
        this.matches = new MatchSearch(limits);
    }

    @Override
    public long indexedThrough() {
        return indexed.through();
    }

    @Override
    public int segmentCount() {
        return indexed.segments().size();
    }

    @Override
    public int find(
            byte[] key, long fromSequence, long throughSequence, long[] sequences, long[] positions, int[] lengths) {
        while (true) {
            closeStale();
            try {
                return search(key, fromSequence, throughSequence, sequences, positions, lengths);
            } catch (IOException e) {
                requireReplaced(e);
            }
        }
    }

    @Override
    public int find(
            KeyMatcher matcher,
            long fromSequence,
            long throughSequence,
            long[] sequences,
            long[] positions,
            int[] lengths) {
        while (true) {
            long through = indexed.through(); // before the list, which may only be newer
            closeStale();
            try {
                matches.begin(matcher, fromSequence, throughSequence, sequences, positions, lengths);
                searchMatches(fromSequence, throughSequence, through);
                return matches.found();
            } catch (IOException e) {
                requireReplaced(e);
            }
        }
    }

    @Override
    public long searchedThrough() {
        return matches.searchedThrough();
    }

    private void searchMatches(long from, long through, long indexedThrough) throws IOException {
        if (matches.isFull()) {
            return;
        }
        for (int at = firstEndingAt(from);
                at < segments.size() && segments.get(at).first() <= through;
                at++) {
            if (!matches.visit(file(segments.get(at)))) {
                return;
            }
        }
        matches.searchedThrough(indexedThrough);
    }

    /** A segment that was replaced meanwhile is not there any more; the newer list is without it. */
    private void requireReplaced(IOException failure) {
        if (indexed.segments() == segments) {
            deleteIfDamaged(failure);
            throw new StorageFailedException("an index of the log cannot be read: " + failure, failure);
        }
    }

    /** A start looks at the first block only, so it would go on with the rest of a damaged index as it is. */
    private void deleteIfDamaged(IOException failure) {
        if (failure instanceof WalCorruptionException damage && SegmentNames.isIndex(damage.file())) {
            try {
                storage.delete(damage.file());
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private int search(byte[] key, long from, long through, long[] sequences, long[] positions, int[] lengths)
            throws IOException {
        int found = 0;
        for (int at = firstEndingAt(from);
                at < segments.size()
                        && found < sequences.length
                        && segments.get(at).first() <= through;
                at++) {
            IndexFile index = file(segments.get(at));
            if (!index.select(key)) {
                continue;
            }
            int ordinal = segments.get(at).ordinal();
            for (int entry = index.lowerBound(from); entry < index.count() && found < sequences.length; entry++) {
                index.entry(entry);
                if (index.sequence() > through) {
                    return found;
                }
                sequences[found] = index.sequence();
                positions[found] = Position.of(ordinal, index.offset());
                lengths[found] = index.length();
                found++;
            }
        }
        return found;
    }

    /** The first segment that may hold numbers from {@code from} on. */
    private int firstEndingAt(long from) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).last() < from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private IndexFile file(ClosedSegment segment) throws IOException {
        IndexFile file = files.get(segment.ordinal());
        if (file == null) {
            file = IndexFile.open(storage, segment, blocks);
            files.put(segment.ordinal(), file);
            closeEldest();
        }
        return file;
    }

    private void closeEldest() throws IOException {
        if (files.size() > limits.openIndexesMax()) {
            Iterator<IndexFile> eldest = files.values().iterator();
            eldest.next().close();
            eldest.remove();
        }
    }

    /** Lets go of deleted files, which hold room on disk while they are open. Called every turn. */
    void closeStale() {
        List<ClosedSegment> newest = indexed.segments();
        if (newest == segments) {
            return;
        }
        segments = newest;
        try {
            for (Iterator<IndexFile> open = files.values().iterator(); open.hasNext(); ) {
                IndexFile file = open.next();
                if (!newest.contains(file.segment())) {
                    file.close();
                    open.remove();
                }
            }
        } catch (IOException e) {
            throw new StorageFailedException("closing an index of the log failed", e);
        }
    }

    public void close() throws IOException {
        for (IndexFile file : files.values()) {
            file.close();
        }
        files.clear();
    }
}
