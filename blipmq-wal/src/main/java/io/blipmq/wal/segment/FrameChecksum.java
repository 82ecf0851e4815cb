package io.blipmq.wal.segment;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Computes the checksums of one segment's frames. Owned by the thread that made it.
 *
 * <p>The seed ties a frame to its place: journal id (16 bytes), epoch (4), segment ordinal (4), offset (8).
 */
public final class FrameChecksum {
    private static final int SEED_BYTES = 32;
    private static final int SEED_OFFSET = 24;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer seed = ByteBuffer.allocateDirect(SEED_BYTES);

    public FrameChecksum(SegmentHeader header) {
        SegmentLayout.putId(seed, 0, header.journalId());
        seed.putInt(16, header.epoch().number());
        seed.putInt(20, header.ordinal());
    }

    /**
     * Completes a frame: puts the durable mark and both checksums.
     *
     * @param buffer its position and limit are changed
     * @param offset where in the segment the frame is going to stand
     */
    public void complete(ByteBuffer buffer, int start, long offset, long durableMark) {
        buffer.clear().putLong(start + FrameLayout.DURABLE_MARK_OFFSET, durableMark);
        buffer.putInt(start + FrameLayout.HEADER_CRC_OFFSET, header(buffer, start, offset));
        buffer.putInt(start + FrameLayout.CRC_OFFSET, frame(buffer, start, offset));
    }

    public boolean headerMatches(ByteBuffer buffer, int start, long offset) {
        return buffer.getInt(start + FrameLayout.HEADER_CRC_OFFSET) == header(buffer, start, offset);
    }

    public boolean frameMatches(ByteBuffer buffer, int start, long offset) {
        return buffer.getInt(start + FrameLayout.CRC_OFFSET) == frame(buffer, start, offset);
    }

    private int header(ByteBuffer buffer, int start, long offset) {
        return sum(buffer, start + FrameLayout.LENGTH_OFFSET, start + FrameLayout.HEADER_CRC_OFFSET, offset);
    }

    private int frame(ByteBuffer buffer, int start, long offset) {
        int length = buffer.getInt(start + FrameLayout.LENGTH_OFFSET);
        return sum(buffer, start + FrameLayout.LENGTH_OFFSET, start + length, offset);
    }

    private int sum(ByteBuffer buffer, int from, int to, long offset) {
        begin(offset);
        add(buffer, from, to);
        return sum();
    }

    /** For a frame that comes in pieces, from {@link FrameLayout#LENGTH_OFFSET} on: this, {@link #add}, {@link #sum}. */
    public void begin(long offset) {
        crc.reset();
        seed.clear().putLong(SEED_OFFSET, offset);
        crc.update(seed);
    }

    public void add(ByteBuffer buffer, int from, int to) {
        crc.update(buffer.clear().limit(to).position(from));
        buffer.clear();
    }

    public int sum() {
        return (int) crc.getValue();
    }
}
