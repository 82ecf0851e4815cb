package io.blipmq.wal.append;

import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.segment.Epoch;
import io.blipmq.wal.segment.FrameLayout;
import java.nio.ByteBuffer;

/** Gives stored records to the core, in order, from memory. Owned by the core thread. */
final class StoredRecords {
    private final FrameRing ring;
    private final Epoch epoch;

    private Frame frame;
    private int cursor;
    private int remaining;
    private long sequence;
    private long drainedBytes;

    StoredRecords(FrameRing ring, Epoch epoch) {
        this.ring = ring;
        this.epoch = epoch;
    }

    int drain(RecordHandler handler, int limit) {
        int handled = 0;
        while (beginFrame()) {
            while (remaining > 0 && handled < limit) {
                handled++;
                next(handler);
            }
            if (remaining > 0) {
                break;
            }
            endFrame();
        }
        return handled;
    }

    private boolean beginFrame() {
        if (frame == null) {
            frame = ring.nextStored();
            if (frame == null) {
                return false;
            }
            cursor = frame.start + FrameLayout.HEADER_BYTES;
            remaining = frame.count;
            sequence = frame.first;
        }
        return true;
    }

    private void next(RecordHandler handler) {
        ByteBuffer buffer = frame.chunk.coreView;
        int length = buffer.getInt(cursor + FrameLayout.RECORD_LENGTH_OFFSET);
        int type = buffer.getInt(cursor + FrameLayout.RECORD_TYPE_OFFSET);
        int body = cursor + FrameLayout.RECORD_HEADER_BYTES;
        long record = sequence;
        cursor += FrameLayout.recordBytes(length);
        sequence = epoch.next(record);
        remaining--;
        handler.onRecord(record, type, buffer, body, length, frame.chunk.position() + body);
    }

    private void endFrame() {
        drainedBytes += frame.length;
        frame.chunk.frameDrained();
        frame = null;
        ring.drain();
    }

    /** Bytes of all frames drained so far. */
    long drainedBytes() {
        return drainedBytes;
    }
}
