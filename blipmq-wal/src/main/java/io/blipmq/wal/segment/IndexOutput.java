package io.blipmq.wal.segment;

import io.blipmq.wal.WalLimits;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes an index file block by block, so that it is never in memory as a whole. Owned by the thread that made it. */
final class IndexOutput {
    private final StorageFile file;
    private final SegmentHeader segment;
    private final CRC32C crc = new CRC32C();
    private final int blockBytes;
    private final ByteBuffer output;
    private final ByteBuffer block;
    private long written;
    private int blocks;

    IndexOutput(StorageFile file, SegmentHeader segment, WalLimits limits) {
        this.file = file;
        this.segment = segment;
        this.blockBytes = limits.indexBlockBytes();
        this.output = ByteBuffer.allocateDirect(limits.indexOutputBlocks() * blockBytes);
        this.block = ByteBuffer.allocate(blockBytes - Integer.BYTES);
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
        if (output.remaining() < blockBytes) {
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
