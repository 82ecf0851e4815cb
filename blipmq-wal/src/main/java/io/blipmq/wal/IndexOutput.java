package io.blipmq.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes an index file block by block, so that it is never in memory as a whole. Owned by the thread that made it. */
final class IndexOutput {
    private static final int BLOCKS = 64;

    static final int BYTES = BLOCKS * IndexLayout.BLOCK_BYTES;

    private final StorageFile file;
    private final SegmentHeader segment;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer output = ByteBuffer.allocateDirect(BYTES);
    private final ByteBuffer block = ByteBuffer.allocate(IndexLayout.BLOCK_CONTENT_BYTES);
    private long written;
    private int blocks;

    IndexOutput(StorageFile file, SegmentHeader segment) {
        this.file = file;
        this.segment = segment;
    }

    void put(byte[] bytes, int length) throws IOException {
        int from = 0;
        while (from < length) {
            int part = Math.min(length - from, block.remaining());
            block.put(bytes, from, part);
            from += part;
            if (!block.hasRemaining()) {
                endBlock();
            }
        }
    }

    private void endBlock() throws IOException {
        block.flip();
        int sum = IndexLayout.crc(crc, segment, blocks, block.duplicate());
        output.put(block).putInt(sum);
        block.clear();
        blocks++;
        if (output.remaining() < IndexLayout.BLOCK_BYTES) {
            flush();
        }
    }

    private void flush() throws IOException {
        output.flip();
        int bytes = output.remaining();
        file.write(output, written);
        written += bytes;
        output.clear();
    }

    void end() throws IOException {
        if (block.position() > 0) {
            endBlock();
        }
        flush();
    }
}
