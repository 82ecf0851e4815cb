package io.blipmq.wal.segment;

import io.blipmq.wal.WalLimits;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Blocks of index files that were read last, checked. Owned by the thread that made it. Direct-mapped, so its memory is
 * bounded and nothing is allocated once it is warm.
 */
public final class IndexBlocks {
    private static final long NOTHING = -1;

    private final int blockBytes;
    private final int mask;
    private final long[] tags;
    private final ByteBuffer[] blocks;
    private final CRC32C crc = new CRC32C();

    /** @param count a power of two */
    public IndexBlocks(int count, WalLimits limits) {
        blockBytes = limits.indexBlockBytes();
        mask = count - 1;
        tags = new long[count];
        blocks = new ByteBuffer[count];
        clear();
    }

    /** Forgets everything: a file is going to be made again under the same name. */
    void clear() {
        Arrays.fill(tags, NOTHING);
    }

    /** What a block holds besides its checksum. */
    int contentBytes() {
        return blockBytes - Integer.BYTES;
    }

    /** Checks every block of an index that is not empty. */
    public void check(StorageFile file, SegmentHeader segment) throws IOException {
        long count = Math.max(1, (file.size() + blockBytes - 1) / blockBytes);
        for (int block = 0; block < count; block++) {
            block(file, segment, block);
        }
    }

    /** The content of a block, from 0 to the limit. */
    ByteBuffer block(StorageFile file, SegmentHeader segment, int number) throws IOException {
        long tag = (long) segment.ordinal() << 32 | number;
        int slot = slot(tag);
        if (tags[slot] != tag) {
            tags[slot] = NOTHING;
            load(file, segment, number, slot);
            tags[slot] = tag;
        }
        return blocks[slot];
    }

    private int slot(long tag) {
        long mixed = tag * 0x9e3779b97f4a7c15L;
        return (int) (mixed >>> 40) & mask;
    }

    private void load(StorageFile file, SegmentHeader segment, int number, int slot) throws IOException {
        if (blocks[slot] == null) {
            blocks[slot] = ByteBuffer.allocate(blockBytes);
        }
        ByteBuffer block = blocks[slot].clear();
        long offset = (long) number * blockBytes;
        int bytes = file.read(block, offset);
        int content = bytes - Integer.BYTES;
        block.clear();
        if (content < 0
                || IndexLayout.crc(crc, segment, number, block.duplicate().limit(content)) != block.getInt(content)) {
            throw IndexLayout.damaged(segment, offset);
        }
        block.limit(content);
    }
}
