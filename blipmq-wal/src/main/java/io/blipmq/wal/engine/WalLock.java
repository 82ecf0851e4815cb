package io.blipmq.wal.engine;

import io.blipmq.wal.WalLockedException;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Takes the log's lock, waiting a little for a daemon that is just ending. Stateless. */
final class WalLock {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    static void acquire(Storage storage, WalOptions options) throws IOException {
        long deadline = options.nanoClock().getAsLong() + options.lockWaitNanos();
        OptionalLong holder = storage.tryLock();
        while (holder.isPresent()) {
            if (deadline - options.nanoClock().getAsLong() <= 0) {
                throw new WalLockedException(storage.describe(), holder.getAsLong());
            }
            LockSupport.parkNanos(POLL_NANOS);
            holder = storage.tryLock();
        }
    }

    private WalLock() {}
}
