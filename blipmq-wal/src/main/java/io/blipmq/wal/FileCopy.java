package io.blipmq.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Copies bytes from one file to another. Stateless. */
final class FileCopy {
    private static final int BLOCK_BYTES = 1 << 16;

    /** Copies what stands from {@code start} to {@code end}, as far as the file goes. */
    static void copy(StorageFile from, long start, long end, StorageFile to, long target) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        long at = start;
        while (at < end) {
            block.clear().limit((int) Math.min(block.capacity(), end - at));
            int bytes = from.read(block, at);
            if (bytes == 0) {
                return;
            }
            to.write(block.flip(), target + (at - start));
            at += bytes;
        }
    }

    private FileCopy() {}
}
