package io.blipmq.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Owned by the client's thread. How long to wait before the next attempt: twice as long each time, up to a limit, less a
 * random part of up to half, so that the clients of a restarted broker do not come back all at once.
 */
final class Backoff {
    private final long minNanos;
    private final long maxNanos;
    private final DoubleSupplier random;
    private long stepNanos;

    /** @param random 0 inclusive to 1 exclusive */
    Backoff(Duration min, Duration max, DoubleSupplier random) {
        this.minNanos = min.toNanos();
        this.maxNanos = max.toNanos();
        this.random = random;
        this.stepNanos = minNanos;
    }

    long nextNanos() {
        long step = stepNanos;
        stepNanos = Math.min(maxNanos, 2 * stepNanos);
        return step - (long) (random.getAsDouble() * (step / 2));
    }

    /** An attempt has succeeded. */
    void reset() {
        stepNanos = minNanos;
    }
}
