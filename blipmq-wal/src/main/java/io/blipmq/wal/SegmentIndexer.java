package io.blipmq.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the index files of closed segments, where they are missing or not intact. Owned by the background thread.
 *
 * <p>An index is a shortcut: without one the log is complete, so a failure here is only reported.
 */
final class SegmentIndexer {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexer.class);

    private final Storage storage;
    private final RecordKey recordKey;

    SegmentIndexer(Storage storage, RecordKey recordKey) {
        this.storage = storage;
        this.recordKey = recordKey;
    }

    void index(SegmentPreparer.ClosedSegment segment) {
        String name = segment.header().name();
        try {
            if (load(segment) == null) {
                write(segment, build(segment));
            }
        } catch (IOException e) {
            LOG.warn("no index for log segment {}, which is read without one: {}", name, e.toString());
        }
    }

    /** The intact index of a segment, or null when there is none. */
    SegmentIndex load(SegmentPreparer.ClosedSegment segment) throws IOException {
        String name = SegmentNames.index(segment.header().name());
        if (!storage.list().contains(name)) {
            return null;
        }
        try (StorageFile file = storage.open(name)) {
            if (file.size() > Integer.MAX_VALUE - 8) {
                return null;
            }
            ByteBuffer content = ByteBuffer.allocate((int) file.size());
            file.read(content, 0);
            content.flip();
            boolean intact = IndexLayout.isIndexOf(content, segment.header(), segment.lastSequence());
            return intact ? SegmentIndex.decode(content) : null;
        }
    }

    private SegmentIndex build(SegmentPreparer.ClosedSegment segment) throws IOException {
        SegmentIndex index = new SegmentIndex();
        try (SegmentReader reader = SegmentReader.open(storage, segment.header(), new ReadWindow())) {
            reader.replay(segment.lastSequence(), (sequence, type, buffer, offset, length, position) -> {
                long key = recordKey.locate(type, buffer, offset, length);
                if (key != RecordKey.NONE) {
                    byte[] bytes = new byte[(int) key];
                    buffer.get((int) (key >>> 32), bytes);
                    index.add(bytes, sequence, Position.offset(position));
                }
            });
        }
        return index;
    }

    private void write(SegmentPreparer.ClosedSegment segment, SegmentIndex index) throws IOException {
        String name = SegmentNames.index(segment.header().name());
        String temporary = SegmentNames.temporary(name);
        storage.delete(temporary);
        try (StorageFile file = storage.create(temporary)) {
            file.write(index.encode(segment.header(), segment.lastSequence()), 0);
            file.force();
        } catch (IOException e) {
            storage.delete(temporary);
            throw e;
        }
        storage.rename(temporary, name);
        storage.syncDirectory();
    }
}
