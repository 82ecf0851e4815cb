package io.blipmq.wal.storage;

import io.blipmq.wal.WalLimits;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes zeros, which is how room on disk is claimed. Owned by the thread that made it. */
public final class Zeros {
    private final ByteBuffer block;

    public Zeros(WalLimits limits) {
        block = ByteBuffer.allocateDirect(limits.zeroBytes());
    }

    public void fill(StorageFile file, long from, long to) throws IOException {
        for (long at = from; at < to; at += block.capacity()) {
            block.clear().limit((int) Math.min(block.capacity(), to - at));
            file.write(block, at);
        }
    }
}
