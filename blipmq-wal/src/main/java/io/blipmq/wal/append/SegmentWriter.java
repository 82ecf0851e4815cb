package io.blipmq.wal.append;

import io.blipmq.wal.segment.FrameChecksum;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The segment that is being written. Owned by the thread that runs the log's turn.
 *
 * <p>Two invariants that recovery relies on: a segment gets its name only after the one before it has been forced, and
 * its first frame is written only after its header and its name have been.
 */
public final class SegmentWriter {
    private final Storage storage;
    private final PreparedSegments prepared;
    private final SegmentCatalog catalog;
    private final LogMetrics metrics;
    private final SegmentClosed onClosed;

    private SegmentHeader header;
    private FrameChecksum checksum;
    private StorageFile file;
    private long usedBytes;

    /** Told when a segment is closed, with its last record's number. */
    public interface SegmentClosed {
        void onSegmentClosed(SegmentHeader header, long lastSequence);
    }

    public SegmentWriter(
            Storage storage,
            PreparedSegments prepared,
            SegmentCatalog catalog,
            LogMetrics metrics,
            SegmentClosed onClosed,
            SegmentHeader header,
            StorageFile file,
            long usedBytes) {
        this.storage = storage;
        this.prepared = prepared;
        this.catalog = catalog;
        this.metrics = metrics;
        this.onClosed = onClosed;
        this.header = header;
        this.checksum = new FrameChecksum(header);
        this.file = file;
        this.usedBytes = usedBytes;
    }

    int ordinal() {
        return header.ordinal();
    }

    String name() {
        return header.name();
    }

    void complete(Frame frame, long durableMark) {
        checksum.complete(frame.chunk.logView, frame.start, frame.offset, durableMark);
    }

    /** Writes completed frames that follow each other. */
    void write(ByteBuffer source, int start, int end, int offset) throws IOException {
        assert offset == usedBytes : "frames must follow each other";
        file.write(source.clear().limit(end).position(start), offset);
        usedBytes = offset + (end - start);
    }

    void force() throws IOException {
        metrics.timeForce(file);
    }

    /** Cuts the segment to what is used and forces it. */
    void close(long lastSequence) throws IOException {
        file.truncate(usedBytes);
        force();
        metrics.segmentCut(header.capacity() - usedBytes);
        onClosed.onSegmentClosed(header, lastSequence);
    }

    /** Goes on in the next prepared segment, which begins with {@code first}. The current one must have been closed. */
    void openNext(int ordinal, long first) throws IOException {
        String preparedName = prepared.open();
        StorageFile next = storage.open(preparedName);
        SegmentHeader nextHeader = header.following(ordinal, first, next.size());
        next.write(SegmentLayout.encode(nextHeader), 0);
        next.force();
        storage.rename(preparedName, nextHeader.name());
        storage.syncDirectory();
        file.close();
        file = next;
        header = nextHeader;
        checksum = new FrameChecksum(nextHeader);
        usedBytes = SegmentLayout.FIRST_FRAME;
        catalog.begin(nextHeader);
    }

    void closeFile() throws IOException {
        file.close();
    }
}
