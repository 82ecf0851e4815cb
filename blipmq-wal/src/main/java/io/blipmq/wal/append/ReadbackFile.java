package io.blipmq.wal.append;

import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.FrameChecksum;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A segment that records are read back from, through a window, so that reading on costs a call to the system for hundreds
 * of records. Owned by the core thread.
 *
 * <p>Nothing is given out that has not been checked with its frame. Where a reader comes to the middle of one, its beginning
 * is looked for. What stands behind the last checked frame is not used: the segment may be the one that is being written,
 * and those bytes not yet what they are going to be. A frame that is longer than the largest window is checked piece by
 * piece, and then read past the window.
 */
final class ReadbackFile implements Closeable {
    private static final long NONE = -1;

    private final SegmentHeader header;
    private final StorageFile file;
    private final FrameChecksum checksum;
    private final WalLimits limits;
    private ByteBuffer window;

    /** The bytes of the file from here on are in the window… */
    private long start;
    /** …and good for use up to here… */
    private long end;
    /** …of what was read up to here. */
    private long filledEnd;

    /** Frames longer than the window that have been checked, each with its end behind it: a segment has room for a few. */
    private long[] longFrames = {};

    private ReadbackFile(SegmentHeader header, StorageFile file, WalLimits limits) {
        this.header = header;
        this.file = file;
        this.checksum = new FrameChecksum(header);
        this.limits = limits;
    }

    /** The file must be a segment that has its name, so its header is there. */
    static ReadbackFile open(Storage storage, String name, WalLimits limits) throws IOException {
        StorageFile file = storage.open(name);
        boolean opened = false;
        try {
            ReadbackFile readback = new ReadbackFile(SegmentLayout.read(name, file), file, limits);
            opened = true;
            return readback;
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    /** @return false when the file ends before */
    boolean read(long offset, int length, ByteBuffer target) throws IOException {
        if (!holds(offset, length) && (isInLong(offset, length) || !load(offset, length))) {
            return readPast(offset, length, target);
        }
        target.put(target.position(), window, (int) (offset - start), length);
        target.position(target.position() + length);
        return true;
    }

    private boolean holds(long offset, int length) {
        return offset >= start && offset + length <= end;
    }

    private boolean isInLong(long offset, int length) {
        for (int index = 0; index < longFrames.length; index += 2) {
            if (offset >= longFrames[index] && offset + length <= longFrames[index + 1]) {
                return true;
            }
        }
        return false;
    }

    private boolean readPast(long offset, int length, ByteBuffer target) throws IOException {
        int limit = target.limit();
        target.limit(target.position() + length);
        try {
            return file.read(target, offset) == length;
        } finally {
            target.limit(limit);
        }
    }

    /** @return whether the window holds it now; otherwise the file ends before, or it is in a long frame that is whole */
    private boolean load(long offset, int length) throws IOException {
        if (file.size() < offset + length) {
            return false;
        }
        if (window == null) {
            window = ByteBuffer.allocateDirect(limits.windowBytes());
        }
        long frame = findFrame(offset);
        if (frame == NONE) {
            end = start;
            throw damage(SegmentLayout.FIRST_FRAME);
        }
        end = check(frame);
        return holds(offset, length) || loadAlone(offset, length);
    }

    /**
     * Fills the window from the beginning of a frame before what is wanted, of its own if that can be found.
     *
     * @return the first frame in the window, or {@link #NONE}
     */
    private long findFrame(long offset) throws IOException {
        // A reader that goes on finds a frame where the last checked one ended; another reader is likely to want a
        // first record.
        boolean goesOn = end > start && offset >= end && offset - end < limits.lookBackBytes();
        fill(goesOn ? end : beforeRecord(offset));
        if (isFrame(start)) {
            return start;
        }
        int step = limits.lookBackBytes();
        for (long before = offset; before > SegmentLayout.FIRST_FRAME; before = start) {
            fill(Math.max(SegmentLayout.FIRST_FRAME, (before - step) & -FrameLayout.ALIGNMENT));
            for (long at = start; at < before; at += FrameLayout.ALIGNMENT) {
                if (isFrame(at)) {
                    return at;
                }
            }
            step = window.capacity() - FrameLayout.HEADER_BYTES;
        }
        return NONE;
    }

    private long beforeRecord(long offset) {
        int headers = FrameLayout.HEADER_BYTES
                + (header.isCompacted() ? FrameLayout.COMPACTED_RECORD_HEADER_BYTES : FrameLayout.RECORD_HEADER_BYTES);
        long before = (offset - headers) & -FrameLayout.ALIGNMENT;
        return Math.max(SegmentLayout.FIRST_FRAME, before);
    }

    private void fill(long from) throws IOException {
        start = from;
        end = from;
        window.clear();
        filledEnd = from + file.read(window, from);
        window.clear();
    }

    private boolean isFrame(long at) {
        if (at + FrameLayout.HEADER_BYTES > filledEnd) {
            return false;
        }
        int frame = (int) (at - start);
        return window.getInt(frame + FrameLayout.EPOCH_OFFSET) == header.epoch().number()
                && checksum.headerMatches(window, frame, at);
    }

    private int frameBytes(long at) {
        return window.getInt((int) (at - start) + FrameLayout.LENGTH_OFFSET);
    }

    /** Checks the frames from {@code frame} on. @return where the first one begins that is not whole */
    private long check(long frame) {
        long at = frame;
        while (isFrame(at)
                && frameBytes(at) >= FrameLayout.HEADER_BYTES
                && at + frameBytes(at) <= filledEnd
                && checksum.frameMatches(window, (int) (at - start), at)) {
            at += frameBytes(at);
        }
        return at;
    }

    /** The wanted bytes are stored, so they are in a frame behind the last checked one, unless theirs is damaged. */
    private boolean loadAlone(long offset, int length) throws IOException {
        long frame = end;
        while (true) {
            fill(frame);
            if (isFrame(frame) && frameBytes(frame) > limits.longFrameBytes() && offset < frame + frameBytes(frame)) {
                checkLong(frame, frameBytes(frame));
                return false;
            }
            if (isFrame(frame)
                    && frameBytes(frame) > window.capacity()
                    && frameBytes(frame) <= limits.longFrameBytes()) {
                window = ByteBuffer.allocateDirect(limits.longFrameBytes());
                fill(frame);
            }
            end = check(frame);
            if (holds(offset, length)) {
                return true;
            }
            long next = end > frame ? end : behindBad(frame);
            if (next > offset) {
                throw damage(end);
            }
            frame = next;
        }
    }

    /** Reads a frame piece by piece; nothing of it is in the window afterwards. */
    private void checkLong(long frame, int length) throws IOException {
        int expected = window.getInt(FrameLayout.CRC_OFFSET);
        checksum.begin(frame);
        int from = FrameLayout.LENGTH_OFFSET;
        while (start < frame + length && filledEnd > start) {
            checksum.add(window, from, (int) (Math.min(filledEnd, frame + length) - start));
            from = 0;
            fill(filledEnd);
        }
        if (checksum.sum() != expected) {
            throw damage(frame);
        }
        longFrames = Arrays.copyOf(longFrames, longFrames.length + 2);
        longFrames[longFrames.length - 2] = frame;
        longFrames[longFrames.length - 1] = frame + length;
    }

    /** A damaged or long frame is no reason to withhold those behind it, as long as its header is good. */
    private long behindBad(long frame) {
        boolean known = isFrame(frame) && frameBytes(frame) >= FrameLayout.HEADER_BYTES;
        return known ? frame + frameBytes(frame) : Long.MAX_VALUE;
    }

    private WalCorruptionException damage(long at) {
        return new WalCorruptionException(header.name(), at, "records that were stored are damaged");
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
