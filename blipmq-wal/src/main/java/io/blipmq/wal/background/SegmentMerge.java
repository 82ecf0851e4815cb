package io.blipmq.wal.background;

import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.IndexBuilder;
import io.blipmq.wal.segment.ReadWindow;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentIndexer;
import io.blipmq.wal.segment.SegmentReader;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Rewrites the live records of adjacent segments into one, in small steps. Owned by the background thread.
 *
 * <p>Every frame of a source is checked before anything of it is copied, so damage is never given a fresh checksum.
 */
final class SegmentMerge {
    private final Storage storage;
    private final LivenessScan scan;
    private final SegmentIndexer indexer;
    private final LiveRecords liveness;
    private final List<ClosedSegment> sources;
    private final ClosedSegment target;
    private final ReadWindow window;
    private final WalLimits limits;

    private CompactedWriter writer;
    private int sourceIndex;
    private SegmentReader reader;
    private long[] live;
    private int nextLive;
    private IOException failure;
    private boolean empty;

    SegmentMerge(
            Storage storage,
            LivenessScan scan,
            SegmentIndexer indexer,
            LiveRecords liveness,
            List<ClosedSegment> sources,
            int ordinal,
            ReadWindow window,
            WalLimits limits) {
        this.storage = storage;
        this.scan = scan;
        this.indexer = indexer;
        this.liveness = liveness;
        this.sources = sources;
        this.window = window;
        this.limits = limits;
        this.target = new ClosedSegment(targetHeader(sources, ordinal), last(sources));
    }

    private static SegmentHeader targetHeader(List<ClosedSegment> sources, int ordinal) {
        SegmentHeader newest = sources.get(sources.size() - 1).header();
        return SegmentHeader.compacted(
                newest.journalId(),
                newest.bootId(),
                newest.epoch().number(),
                ordinal,
                sources.get(0).first(),
                last(sources));
    }

    private static long last(List<ClosedSegment> sources) {
        return sources.get(sources.size() - 1).last();
    }

    /** @return whether there is more to do */
    boolean step() throws IOException {
        if (writer == null) {
            writer = new CompactedWriter(storage, target.header(), limits);
        }
        if (reader != null) {
            copy();
        } else if (sourceIndex < sources.size()) {
            openSource();
        } else {
            finish();
            return false;
        }
        return true;
    }

    private void openSource() throws IOException {
        ClosedSegment source = sources.get(sourceIndex);
        try {
            live = scan.sequences(source, liveness);
            nextLive = 0;
            reader = SegmentReader.open(storage, source.header(), window);
        } catch (IOException e) {
            throw unreadable(source, e);
        }
    }

    /** A source that cannot be read is damaged; only the segment that is written must not fail. */
    private static WalCorruptionException unreadable(ClosedSegment source, IOException cause) {
        if (cause instanceof WalCorruptionException damage) {
            return damage;
        }
        return new WalCorruptionException(source.name(), 0, source.first(), source.last(), cause.getMessage());
    }

    private void copy() throws IOException {
        ClosedSegment source = sources.get(sourceIndex);
        boolean more = copyFrames(source);
        if (failure != null) {
            throw failure;
        }
        if (!more) {
            requireAllFound();
            reader.close();
            reader = null;
            sourceIndex++;
        }
    }

    /** @return whether there are more */
    private boolean copyFrames(ClosedSegment source) throws WalCorruptionException {
        long end = reader.offset() + limits.stepBytes();
        boolean more = true;
        try {
            while (more && failure == null && reader.offset() < end) {
                more = reader.replayFrame(source.last(), this::onRecord);
            }
            if (!more) {
                reader.requireWhole(source);
            }
            return more;
        } catch (IOException e) {
            throw unreadable(source, e);
        }
    }

    private void requireAllFound() throws WalCorruptionException {
        if (nextLive < live.length) {
            throw reader.damage(live[nextLive], live[live.length - 1], "records that the index lists are not there");
        }
    }

    private void onRecord(long sequence, int type, ByteBuffer buffer, int offset, int length, long position) {
        if (nextLive == live.length || live[nextLive] != sequence || failure != null) {
            return;
        }
        nextLive++;
        try {
            writer.add(sequence, type, buffer, offset, length);
        } catch (IOException e) {
            failure = e;
        }
    }

    private void finish() throws IOException {
        if (writer.records() == 0) {
            empty = true;
            writer.discard();
            return;
        }
        writer.finish();
        IndexBuilder index = readBack();
        if (index.entries() != writer.records()) {
            throw new IOException(target.name() + " reads back " + index.entries() + " records, not the "
                    + writer.records() + " that were written");
        }
        indexer.write(target, index);
    }

    private IndexBuilder readBack() throws IOException {
        try {
            return indexer.build(target);
        } catch (WalCorruptionException e) {
            throw new IOException(target.name() + " reads back other bytes than were written", e);
        }
    }

    /** Leaves nothing behind. */
    void discard() throws IOException {
        close();
        for (String name : List.of(target.name(), SegmentNames.index(target.name()))) {
            storage.delete(SegmentNames.temporary(name));
            storage.delete(name);
        }
    }

    List<ClosedSegment> sources() {
        return sources;
    }

    /** The new segment, or null when nothing was live after all. */
    ClosedSegment result() {
        return empty ? null : target;
    }

    long bytes() {
        return writer.bytes();
    }

    /** The source that is being read. */
    ClosedSegment source() {
        return sources.get(Math.min(sourceIndex, sources.size() - 1));
    }

    void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
        if (writer != null) {
            writer.close();
        }
    }
}
