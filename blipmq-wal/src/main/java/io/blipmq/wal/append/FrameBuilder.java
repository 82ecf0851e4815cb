package io.blipmq.wal.append;

import io.blipmq.wal.Capacity;
import io.blipmq.wal.segment.Epoch;
import io.blipmq.wal.segment.FrameLayout;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Builds frames in memory: gives every record its number and its place in the log, and fills the ring with the frames.
 * Owned by the core thread.
 *
 * <p>One frame may be open. It begins where the used bytes of the chunk end, and grows record by record until somebody
 * closes it, or a record comes that does not fit and opens the next one. Callers must ask for room before they claim.
 */
final class FrameBuilder {
    private final FrameRing ring;
    private final PositionAllocator positions;
    private final TailCache tail;
    private final Epoch epoch;
    private final LongSupplier clock;

    private Chunk chunk;

    /** Of the open frame; 0 without one. */
    private int openBytes;

    private int openCount;

    private int claimedBody;
    private int claimedBytes;
    private boolean claimed;

    private long lastSequence;
    private long filledBytes;

    FrameBuilder(
            FrameRing ring,
            PositionAllocator positions,
            TailCache tail,
            Epoch epoch,
            LongSupplier clock,
            long lastSequence) {
        this.ring = ring;
        this.positions = positions;
        this.tail = tail;
        this.epoch = epoch;
        this.clock = clock;
        this.lastSequence = lastSequence;
    }

    /** Whether there is room on disk for another record, with {@code reserveBytes} left over. */
    Capacity roomFor(int recordBytes, long reserveBytes) {
        int fresh = FrameLayout.HEADER_BYTES + recordBytes;
        return positions.roomFor(openBytes, fitsOpenFrame(recordBytes) ? recordBytes : fresh, fresh, reserveBytes);
    }

    /** Whether the current segment has room for a frame without records. */
    boolean hasRoomForEmpty() {
        return positions.fits(FrameLayout.HEADER_BYTES);
    }

    private boolean fitsOpenFrame(int recordBytes) {
        return openBytes > 0 && chunk.usedBytes() + openBytes + recordBytes <= chunk.capacity();
    }

    /** See {@link LogAppender#claim}. */
    int claim(int bodyBytes) {
        int record = FrameLayout.recordBytes(bodyBytes);
        if (!fitsOpenFrame(record) || !positions.fits(openBytes + record)) {
            close();
            open(FrameLayout.HEADER_BYTES + record);
        }
        claimedBody = chunk.usedBytes() + openBytes + FrameLayout.RECORD_HEADER_BYTES;
        claimedBytes = bodyBytes;
        claimed = true;
        return claimedBody;
    }

    /** Holds the claimed body at its absolute offset. */
    ByteBuffer buffer() {
        return chunk.coreView;
    }

    /** Adds the claimed record to the open frame. @return its sequence number */
    long commit(int type) {
        if (!claimed) {
            throw new IllegalStateException("nothing is claimed");
        }
        claimed = false;
        FrameLayout.putRecord(chunk.coreView, claimedBody, claimedBytes, type);
        openBytes += FrameLayout.recordBytes(claimedBytes);
        openCount++;
        lastSequence = epoch.next(lastSequence);
        return lastSequence;
    }

    /** Where the body claimed or committed last is in the log. */
    long position() {
        return chunk.position() + claimedBody;
    }

    /** The number of the last record, added or recovered; 0 in a new log. */
    long lastSequence() {
        return lastSequence;
    }

    boolean hasOpenRecords() {
        return openCount > 0;
    }

    /** What the open frame takes; 0 without one. */
    int openBytes() {
        return openBytes;
    }

    /** Bytes of all frames filled so far. */
    long filledBytes() {
        return filledBytes;
    }

    /** Fills the open frame into the ring, if there is one with records. */
    void close() {
        claimed = false;
        if (hasOpenRecords()) {
            fill(FrameLayout.KIND_RECORDS, openBytes, openCount);
        }
        openBytes = 0;
        openCount = 0;
    }

    /** Closes the open frame and fills one without records behind it, a marker or the seal. */
    void addEmpty(int kind) {
        close();
        extendChunk(FrameLayout.HEADER_BYTES);
        fill(kind, FrameLayout.HEADER_BYTES, 0);
    }

    private void open(int bytes) {
        if (!positions.fits(bytes)) {
            positions.roll();
            chunk = null;
        }
        extendChunk(bytes);
        openBytes = FrameLayout.HEADER_BYTES;
    }

    /** Makes sure the chunk goes on where the next frame is placed, and has room for it. */
    private void extendChunk(int bytes) {
        if (chunk == null || chunk.usedBytes() + bytes > chunk.capacity()) {
            chunk = tail.extend(bytes, positions.position());
        }
    }

    private void fill(int kind, int length, int count) {
        Frame frame = ring.vacant();
        frame.chunk = chunk;
        frame.start = chunk.usedBytes();
        frame.length = length;
        frame.kind = kind;
        frame.count = count;
        frame.last = lastSequence;
        frame.first = firstOf(count);
        frame.ordinal = positions.ordinal();
        frame.offset = positions.offset();
        frame.submitNanos = clock.getAsLong();
        FrameLayout.putHeader(chunk.coreView, frame.start, length, epoch.number(), count, frame.first, kind);
        ring.fill();
        chunk.addFrame(length);
        positions.advance(length);
        filledBytes += length;
    }

    /** New records have no gaps among them, so the first number of a frame follows from the last. */
    private long firstOf(int count) {
        return count == 0 ? epoch.next(lastSequence) : lastSequence - count + 1;
    }
}
