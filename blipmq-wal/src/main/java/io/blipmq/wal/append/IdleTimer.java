package io.blipmq.wal.append;

import java.util.concurrent.TimeUnit;

/** Tells when nothing has been appended for a second, by looking at every tick. Owned by the core thread. */
final class IdleTimer {
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private boolean started;
    private long sequence;
    private long sinceNanos;

    boolean isIdle(long lastSequence, long nowNanos) {
        if (!started || lastSequence != sequence) {
            started = true;
            sequence = lastSequence;
            sinceNanos = nowNanos;
            return false;
        }
        return nowNanos - sinceNanos >= IDLE_NANOS;
    }
}
