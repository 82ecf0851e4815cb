package io.blipmq.wal.background;

import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.FrameChecksum;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes a compacted segment under a temporary name, in pieces. Owned by the background thread.
 *
 * <p>Its frames are of a moderate length, so that a reader can check the one that it needs.
 */
final class CompactedWriter implements Closeable {
    private final Storage storage;
    private final SegmentHeader header;
    private final String temporary;
    private final StorageFile file;
    private final FrameChecksum checksum;
    private final WalLimits limits;

    private ByteBuffer output;
    private long written = SegmentLayout.FIRST_FRAME;
    private long unforced;

    // The open frame: its start in the output, -1 without one.
    private int frame = -1;
    private int count;
    private long first;
    private long records;

    CompactedWriter(Storage storage, SegmentHeader header, WalLimits limits) throws IOException {
        this.storage = storage;
        this.header = header;
        this.temporary = SegmentNames.temporary(header.name());
        this.checksum = new FrameChecksum(header);
        this.limits = limits;
        this.output = ByteBuffer.allocateDirect(limits.blockBytes());
        storage.delete(temporary);
        this.file = storage.create(temporary);
        try {
            file.write(SegmentLayout.encode(header), 0);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Adds a record; numbers have to grow. */
    void add(long sequence, int type, ByteBuffer buffer, int offset, int length) throws IOException {
        int bytes = FrameLayout.compactedRecordBytes(length);
        if (frame >= 0 && output.position() - frame + bytes > limits.compactedFrameBytes()) {
            endFrame(FrameLayout.KIND_COMPACTED);
        }
        if (frame < 0) {
            openFrame(FrameLayout.HEADER_BYTES + bytes, sequence);
        }
        output.putInt(length).putInt(type).putLong(sequence);
        output.put(output.position(), buffer, offset, length);
        output.position(output.position() + length);
        while (output.position() % FrameLayout.ALIGNMENT != 0) {
            output.put((byte) 0);
        }
        count++;
        records++;
    }

    private void openFrame(int bytesMin, long sequence) throws IOException {
        int bytes = Math.max(limits.compactedFrameBytes(), bytesMin);
        if (output.remaining() < bytes) {
            flush();
        }
        if (output.capacity() < bytes) {
            output = ByteBuffer.allocateDirect(bytes);
        }
        frame = output.position();
        first = sequence;
        count = 0;
        output.position(frame + FrameLayout.HEADER_BYTES);
    }

    private void endFrame(int kind) {
        int end = output.position();
        FrameLayout.putHeader(output, frame, end - frame, header.epoch().number(), count, first, kind);
        checksum.complete(output, frame, written + frame, 0);
        output.clear().position(end);
        frame = -1;
    }

    private void flush() throws IOException {
        output.flip();
        int bytes = output.remaining();
        file.write(output, written);
        output.clear();
        written += bytes;
        unforced += bytes;
        if (unforced >= limits.forceBytes()) {
            file.force();
            unforced = 0;
        }
    }

    /** Ends the segment with its seal and gives it its name. */
    void finish() throws IOException {
        if (frame >= 0) {
            endFrame(FrameLayout.KIND_COMPACTED);
        }
        openFrame(FrameLayout.HEADER_BYTES, header.compactedLast() + 1);
        endFrame(FrameLayout.KIND_SEAL);
        flush();
        file.force();
        file.close();
        storage.rename(temporary, header.name());
    }

    void discard() throws IOException {
        file.close();
        storage.delete(temporary);
    }

    long records() {
        return records;
    }

    /** Of the whole file. */
    long bytes() {
        return written;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
