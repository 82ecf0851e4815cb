package io.blipmq.wal.storage;

import io.blipmq.wal.WalLimits;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Copies bytes from one file to another. Stateless. */
public final class FileCopy {

    /** Copies what stands from {@code start} to {@code end}, as far as the file goes. */
    public static void copy(StorageFile from, long start, long end, StorageFile to, long target, WalLimits limits)
            throws IOException {
        ByteBuffer block = ByteBuffer.allocate(limits.copyBytes());
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
