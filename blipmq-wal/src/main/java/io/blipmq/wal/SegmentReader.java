package io.blipmq.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the frames of one segment in order, checking each. Owned by the thread that made it. */
final class SegmentReader implements Closeable {
    static final RecordHandler IGNORE = (sequence, type, buffer, offset, length, position) -> {};

    private final SegmentHeader header;
    private final StorageFile file;
    private final ReadWindow window;
    private final FrameChecksum checksum;

    private long offset = SegmentLayout.FIRST_FRAME;
    private long last;
    private long expected;
    private boolean sealed;
    private long highestMark;
    private long records;

    /** Of the frame that {@link #isFrame} found last, in the window's buffer. */
    private int frame;

    private SegmentReader(SegmentHeader header, StorageFile file, ReadWindow window) {
        this.header = header;
        this.file = file;
        this.window = window;
        this.checksum = new FrameChecksum(header);
        this.last = header.epoch().previous(header.first());
        this.expected = header.first();
    }

    static SegmentReader open(Storage storage, SegmentHeader header, ReadWindow window) throws IOException {
        return open(storage, header.name(), header, window);
    }

    /** @param name of the file that holds the segment, which a repair may find under another name */
    static SegmentReader open(Storage storage, String name, SegmentHeader header, ReadWindow window)
            throws IOException {
        StorageFile file = storage.open(name);
        try {
            window.open(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new SegmentReader(header, file, window);
    }

    /**
     * Goes on through the frames, up to the record {@code limit} or to the first bytes that are no valid frame.
     *
     * @throws WalCorruptionException when a valid frame holds other numbers than those that come next, or {@code limit}
     *     is in the middle of one: frames become durable as a whole, so no mark and no cut can be there
     */
    void replay(long limit, RecordHandler handler) throws IOException {
        while (replayFrame(limit, handler)) {
            // on to the next one
        }
    }

    /**
     * As {@link #replay}, one frame at most.
     *
     * @return false when there was none
     */
    boolean replayFrame(long limit, RecordHandler handler) throws IOException {
        try {
            return readFrame(limit, handler);
        } catch (NewerContentException e) {
            throw WalCorruptionException.newerContent(header.name(), offset, e);
        }
    }

    private boolean readFrame(long limit, RecordHandler handler) throws IOException {
        boolean beyond = expected > limit && !header.isCompacted();
        if (beyond || sealed || !isFrame(offset)) {
            return false;
        }
        requireOrder();
        int length = length();
        highestMark = Math.max(highestMark, mark());
        sealed = kind() == FrameLayout.KIND_SEAL;
        if (kind() == FrameLayout.KIND_LOST) {
            passLost(limit);
        } else if (kind() == FrameLayout.KIND_COMPACTED) {
            handOutCompacted(handler);
        } else if (handOut(limit, handler) > 0) {
            throw damage(
                    expected,
                    WalCorruptionException.UNKNOWN,
                    "the log is marked as on disk up to record " + limit + ", in the middle of a frame");
        }
        offset += length;
        return true;
    }

    /** The log's frames may have lost more than counts, when a later epoch took over less. */
    private void passLost(long limit) {
        if (mark() >= expected) {
            last = Math.min(mark(), limit);
            expected = header.epoch().next(last);
        }
    }

    /** Goes on with the valid frame that {@link #isFrame} found last, at {@code at}. */
    void resumeAt(long at) {
        offset = at;
        expected = first();
        last = header.epoch().previous(expected);
    }

    private void requireOrder() throws WalCorruptionException {
        boolean follows = header.isCompacted() ? first() >= expected : first() == expected;
        if (!follows) {
            throw damage(
                    expected, first(), "a frame begins with record " + first() + " where " + expected + " belongs");
        }
    }

    /**
     * Reads a closed segment up to its last record that counts.
     *
     * @throws WalCorruptionException when it does not go so far
     */
    void replayWhole(ClosedSegment segment, RecordHandler handler) throws IOException {
        replay(segment.last(), handler);
        requireWhole(segment);
    }

    void requireWhole(ClosedSegment segment) throws WalCorruptionException {
        boolean whole = header.isCompacted() ? sealed : last >= segment.last();
        if (!whole) {
            throw damage(expected, segment.last(), "records that were on disk are damaged or missing");
        }
    }

    /** @return how many records of the frame are beyond the limit */
    private int handOut(long limit, RecordHandler handler) {
        ByteBuffer buffer = window.buffer();
        int cursor = frame + FrameLayout.HEADER_BYTES;
        long position = Position.of(header.ordinal(), (int) offset) - frame;
        int remaining = count();
        for (; remaining > 0 && expected <= limit; remaining--) {
            int bytes = buffer.getInt(cursor + FrameLayout.RECORD_LENGTH_OFFSET);
            int type = buffer.getInt(cursor + FrameLayout.RECORD_TYPE_OFFSET);
            int body = cursor + FrameLayout.RECORD_HEADER_BYTES;
            last = expected;
            expected = header.epoch().next(last);
            records++;
            handler.onRecord(last, type, buffer, body, bytes, position + body);
            cursor += FrameLayout.recordBytes(bytes);
        }
        return remaining;
    }

    /** The records of a compacted frame say their own numbers. */
    private void handOutCompacted(RecordHandler handler) throws WalCorruptionException {
        ByteBuffer buffer = window.buffer();
        int cursor = frame + FrameLayout.HEADER_BYTES;
        long position = Position.of(header.ordinal(), (int) offset) - frame;
        for (int remaining = count(); remaining > 0; remaining--) {
            int bytes = buffer.getInt(cursor + FrameLayout.RECORD_LENGTH_OFFSET);
            int type = buffer.getInt(cursor + FrameLayout.RECORD_TYPE_OFFSET);
            long sequence = buffer.getLong(cursor + FrameLayout.RECORD_SEQUENCE_OFFSET);
            int body = cursor + FrameLayout.COMPACTED_RECORD_HEADER_BYTES;
            if (sequence < expected || sequence > header.compactedLast()) {
                throw damage(expected, sequence, "record " + sequence + " stands where " + expected + " may begin");
            }
            last = sequence;
            expected = sequence + 1;
            records++;
            handler.onRecord(sequence, type, buffer, body, bytes, position + body);
            cursor += FrameLayout.compactedRecordBytes(bytes);
        }
    }

    /** Whether a valid frame of this segment begins at {@code at}; the accessors below then tell about it. */
    boolean isFrame(long at) throws IOException {
        int start = window.load(at, FrameLayout.HEADER_BYTES);
        if (start < 0) {
            return false;
        }
        int length = window.buffer().getInt(start + FrameLayout.LENGTH_OFFSET);
        if (!isLength(length, at) || !checksum.headerMatches(window.buffer(), start, at)) {
            return false;
        }
        frame = window.load(at, length);
        return frame >= 0 && checksum.frameMatches(window.buffer(), frame, at) && isWellFormed();
    }

    private boolean isLength(int length, long at) {
        return length >= FrameLayout.HEADER_BYTES
                && length % FrameLayout.ALIGNMENT == 0
                && length <= window.fileBytes() - at;
    }

    /** Guards the readers of records against a frame whose checksum is right by chance. */
    private boolean isWellFormed() {
        if (kind() == FrameLayout.KIND_LOST) {
            return count() == 0;
        }
        int end = frame + length();
        int cursor = frame + FrameLayout.HEADER_BYTES;
        int recordHeader = FrameLayout.recordHeaderBytes(kind());
        for (int remaining = count(); remaining > 0; remaining--) {
            if (end - cursor < recordHeader) {
                return false;
            }
            int bytes = window.buffer().getInt(cursor + FrameLayout.RECORD_LENGTH_OFFSET);
            if (bytes < 0 || bytes > end - cursor - recordHeader) {
                return false;
            }
            cursor += recordHeader + FrameLayout.align(bytes);
        }
        return cursor == end;
    }

    int length() {
        return window.buffer().getInt(frame + FrameLayout.LENGTH_OFFSET);
    }

    int count() {
        return window.buffer().getInt(frame + FrameLayout.COUNT_OFFSET);
    }

    long first() {
        return window.buffer().getLong(frame + FrameLayout.FIRST_SEQUENCE_OFFSET);
    }

    long mark() {
        return window.buffer().getLong(frame + FrameLayout.DURABLE_MARK_OFFSET);
    }

    private int kind() {
        return window.buffer().getInt(frame + FrameLayout.KIND_OFFSET);
    }

    /** A view of the frame's bytes. */
    ByteBuffer frameBytes() {
        return window.buffer().duplicate().limit(frame + length()).position(frame);
    }

    /** Eight bytes of the file as a number, fewer at its end; 0 beyond. */
    long word(long at) throws IOException {
        int bytes = (int) Math.min(Long.BYTES, window.fileBytes() - at);
        int start = window.load(at, bytes);
        if (bytes == Long.BYTES) {
            return window.buffer().getLong(start);
        }
        long word = 0;
        for (int index = 0; index < bytes; index++) {
            word = word << Byte.SIZE | window.buffer().get(start + index) & 0xff;
        }
        return word;
    }

    SegmentHeader header() {
        return header;
    }

    StorageFile file() {
        return file;
    }

    long fileBytes() {
        return window.fileBytes();
    }

    /** Behind the last frame that was read. */
    long offset() {
        return offset;
    }

    /** The last record that was read; before any, the one before the segment. */
    long last() {
        return last;
    }

    /** The number that comes next in this epoch. */
    long expected() {
        return expected;
    }

    boolean isSealed() {
        return sealed;
    }

    /** The highest durable mark in the frames read. */
    long highestMark() {
        return highestMark;
    }

    /** How many records were handed out. */
    long records() {
        return records;
    }

    WalCorruptionException damage(long firstSequence, long lastSequence, String what) {
        return new WalCorruptionException(header.name(), offset, firstSequence, lastSequence, what);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
