package io.blipmq.wal.segment;

import io.blipmq.wal.NewerContentException;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the frames of one segment in order, checking each. Owned by the thread that made it. */
public final class SegmentReader implements Closeable {
    public static final RecordHandler IGNORE = (sequence, type, buffer, offset, length, position) -> {};

    private final SegmentHeader header;
    private final StorageFile file;
    private final long fileBytes;
    private final ReadWindow window;
    private final FrameChecksum checksum;

    private long offset = SegmentLayout.FIRST_FRAME;
    private long last;
    private long expected;
    private boolean sealed;
    private long highestMark;
    private long records;

    // Of the frame that isFrame found last, copied: the window moves on with whatever is looked at next.
    private long frameAt;
    private int length;
    private int kind;
    private int count;
    private long first;
    private long mark;

    private SegmentReader(SegmentHeader header, StorageFile file, ReadWindow window) throws IOException {
        this.header = header;
        this.file = file;
        this.fileBytes = file.size();
        this.window = window;
        this.checksum = new FrameChecksum(header);
        this.last = header.epoch().previous(header.first());
        this.expected = header.first();
    }

    public static SegmentReader open(Storage storage, SegmentHeader header, ReadWindow window) throws IOException {
        return open(storage, header.name(), header, window);
    }

    /** @param name of the file that holds the segment, which a repair may find under another name */
    public static SegmentReader open(Storage storage, String name, SegmentHeader header, ReadWindow window)
            throws IOException {
        StorageFile file = storage.open(name);
        try {
            return new SegmentReader(header, file, window);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Goes on through the frames, up to the record {@code limit} or to the first bytes that are no valid frame.
     *
     * @throws WalCorruptionException when a valid frame holds other numbers than those that come next
     */
    public void replay(long limit, RecordHandler handler) throws IOException {
        while (replayFrame(limit, handler)) {
            // on to the next one
        }
    }

    /**
     * As {@link #replay}, but to the end of the frame that holds {@code durable}: frames become durable as a whole, and
     * a checkpoint may cover the first records of one.
     */
    public void replayDurable(long durable, RecordHandler handler) throws IOException {
        while (expected <= durable && replayFrame(Long.MAX_VALUE, handler)) {
            // on to the next one
        }
    }

    /**
     * As {@link #replay}, one frame at most.
     *
     * @return false when there was none
     */
    public boolean replayFrame(long limit, RecordHandler handler) throws IOException {
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
        highestMark = Math.max(highestMark, mark);
        sealed = kind == FrameLayout.KIND_SEAL;
        if (kind == FrameLayout.KIND_LOST) {
            passLost(limit);
        } else {
            handOut(limit, handler);
        }
        offset += length;
        return true;
    }

    /** The log's frames may have lost more than counts, when a later epoch took over less. */
    private void passLost(long limit) {
        if (mark >= expected) {
            last = Math.min(mark, limit);
            expected = header.epoch().next(last);
        }
    }

    /** Where the next valid frame with numbers to come begins, behind bytes that are none; -1 when there is none. */
    public long nextFrame() throws IOException {
        long start = offset + FrameLayout.HEADER_BYTES;
        for (long at = start; at < fileBytes; at += FrameLayout.ALIGNMENT) {
            if (word(at) != 0 && isFrame(at) && first >= expected) {
                return at;
            }
        }
        return -1;
    }

    /** Goes on with the valid frame that {@link #isFrame} found last. */
    public void resumeAtFrame() {
        offset = frameAt;
        expected = first;
        last = header.epoch().previous(expected);
    }

    private void requireOrder() throws WalCorruptionException {
        boolean follows = header.isCompacted() ? first >= expected : first == expected;
        if (!follows) {
            throw damage(expected, first, "a frame begins with record " + first + " where " + expected + " belongs");
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

    public void requireWhole(ClosedSegment segment) throws IOException {
        boolean whole = header.isCompacted() ? sealed : last >= segment.last();
        if (!whole) {
            throw damage(segment.last(), "records that were on disk are damaged or missing");
        }
    }

    /** The log's records follow each other; those of a compacted frame say their own numbers. */
    private void handOut(long limit, RecordHandler handler) throws IOException {
        int frame = load(frameAt, length);
        ByteBuffer buffer = window.buffer();
        boolean compacted = kind == FrameLayout.KIND_COMPACTED;
        int recordHeader = FrameLayout.recordHeaderBytes(kind);
        int cursor = frame + FrameLayout.HEADER_BYTES;
        long position = Position.of(header.ordinal(), (int) offset) - frame;
        for (int remaining = count; remaining > 0 && (compacted || expected <= limit); remaining--) {
            int bytes = buffer.getInt(cursor + FrameLayout.RECORD_LENGTH_OFFSET);
            int type = buffer.getInt(cursor + FrameLayout.RECORD_TYPE_OFFSET);
            int body = cursor + recordHeader;
            last = compacted ? inRange(buffer.getLong(cursor + FrameLayout.RECORD_SEQUENCE_OFFSET)) : expected;
            expected = header.epoch().next(last);
            records++;
            handler.onRecord(last, type, buffer, body, bytes, position + body);
            cursor += recordHeader + FrameLayout.align(bytes);
        }
    }

    private long inRange(long sequence) throws WalCorruptionException {
        if (sequence < expected || sequence > header.compactedLast()) {
            throw damage(expected, sequence, "record " + sequence + " where " + expected + " or a later one belongs");
        }
        return sequence;
    }

    /** Whether a valid frame of this segment begins at {@code at}; the accessors below then tell about it. */
    public boolean isFrame(long at) throws IOException {
        int start = load(at, FrameLayout.HEADER_BYTES);
        if (start < 0) {
            return false;
        }
        int bytes = window.buffer().getInt(start + FrameLayout.LENGTH_OFFSET);
        if (!isLength(bytes, at) || !checksum.headerMatches(window.buffer(), start, at)) {
            return false;
        }
        int frame = load(at, bytes);
        if (frame < 0 || !checksum.frameMatches(window.buffer(), frame, at)) {
            return false;
        }
        copyHeader(at, window.buffer(), frame);
        return isWellFormed(window.buffer(), frame);
    }

    private void copyHeader(long at, ByteBuffer buffer, int frame) {
        frameAt = at;
        length = buffer.getInt(frame + FrameLayout.LENGTH_OFFSET);
        kind = buffer.getInt(frame + FrameLayout.KIND_OFFSET);
        count = buffer.getInt(frame + FrameLayout.COUNT_OFFSET);
        first = buffer.getLong(frame + FrameLayout.FIRST_SEQUENCE_OFFSET);
        mark = buffer.getLong(frame + FrameLayout.DURABLE_MARK_OFFSET);
    }

    private int load(long at, int bytes) throws IOException {
        return at + bytes > fileBytes ? -1 : window.load(file, at, bytes);
    }

    private boolean isLength(int bytes, long at) {
        return bytes >= FrameLayout.HEADER_BYTES && bytes % FrameLayout.ALIGNMENT == 0 && bytes <= fileBytes - at;
    }

    /** Guards the readers of records against a frame whose checksum is right by chance. */
    private boolean isWellFormed(ByteBuffer buffer, int frame) {
        if (kind == FrameLayout.KIND_LOST) {
            return count == 0;
        }
        int end = frame + length;
        int cursor = frame + FrameLayout.HEADER_BYTES;
        int recordHeader = FrameLayout.recordHeaderBytes(kind);
        for (int remaining = count; remaining > 0; remaining--) {
            if (end - cursor < recordHeader) {
                return false;
            }
            int bytes = buffer.getInt(cursor + FrameLayout.RECORD_LENGTH_OFFSET);
            if (bytes < 0 || bytes > end - cursor - recordHeader) {
                return false;
            }
            cursor += recordHeader + FrameLayout.align(bytes);
        }
        return cursor == end;
    }

    public int length() {
        return length;
    }

    public int count() {
        return count;
    }

    public long first() {
        return first;
    }

    public long mark() {
        return mark;
    }

    /** A view of the frame's bytes; valid until something else is looked at. */
    public ByteBuffer frameBytes() throws IOException {
        int frame = load(frameAt, length);
        return window.buffer().duplicate().limit(frame + length).position(frame);
    }

    /** Eight bytes of the file as a number, fewer at its end; 0 beyond. */
    public long word(long at) throws IOException {
        int bytes = (int) Math.min(Long.BYTES, fileBytes - at);
        int start = load(at, bytes);
        if (bytes == Long.BYTES) {
            return window.buffer().getLong(start);
        }
        long word = 0;
        for (int index = 0; index < bytes; index++) {
            word = word << Byte.SIZE | window.buffer().get(start + index) & 0xff;
        }
        return word;
    }

    public SegmentHeader header() {
        return header;
    }

    public StorageFile file() {
        return file;
    }

    public long fileBytes() {
        return fileBytes;
    }

    /** Behind the last frame that was read. */
    public long offset() {
        return offset;
    }

    /** The last record that was read; before any, the one before the segment. */
    public long last() {
        return last;
    }

    /** The number that comes next in this epoch. */
    public long expected() {
        return expected;
    }

    public boolean isSealed() {
        return sealed;
    }

    /** The highest durable mark in the frames read. */
    public long highestMark() {
        return highestMark;
    }

    /** How many records were handed out. */
    public long records() {
        return records;
    }

    /**
     * Damage behind the last frame that was read, with the records that are lost there.
     *
     * @param through the last one that had to be there, if no valid frame follows
     */
    public WalCorruptionException damage(long through, String what) throws IOException {
        boolean ends = sealed || nextFrame() < 0;
        return damage(expected, ends ? through : header.epoch().previous(first), what);
    }

    public WalCorruptionException damage(long firstSequence, long lastSequence, String what) {
        return new WalCorruptionException(header.name(), offset, firstSequence, lastSequence, what);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
