package io.blipmq.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes zeros, which is how room on disk is claimed. Owned by the thread that made it. */
final class Zeros {
    static final int BLOCK_BYTES = 1 << 18;

    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);

    void fill(StorageFile file, long from, long to) throws IOException {
        for (long at = from; at < to; at += BLOCK_BYTES) {
            block.clear().limit((int) Math.min(BLOCK_BYTES, to - at));
            file.write(block, at);
        }
    }
}
