package io.blipmq.daemon;

import io.blipmq.metrics.Health;
import io.blipmq.wal.RecordHandler;

/**
 * How far a start has come, and whether it is to go on. Thread-safe: the main thread reports, any thread asks.
 *
 * <p>A start that is to end does so between two records: nothing that it has done until then keeps the next one from
 * doing the same.
 */
final class StartProgress {
    private final long startNanos = System.nanoTime();
    private volatile String step = "waiting for the log";
    /** Written by the main thread only. */
    private volatile long records;

    private volatile boolean stopping;

    /** Unchecked, for it goes through the log's and the broker's replay. */
    static final class StoppedException extends RuntimeException {
        private StoppedException() {
            super("the start was cancelled", null, false, false);
        }
    }

    /** On the main thread: what is done next. */
    void step(String newStep) {
        requireGoingOn();
        step = newStep;
    }

    /** Counts what a handler takes, on the main thread. */
    RecordHandler counting(RecordHandler handler) {
        return (sequence, type, buffer, offset, length, position) -> {
            requireGoingOn();
            handler.onRecord(sequence, type, buffer, offset, length, position);
            records++;
        };
    }

    /** Ends the start before its next record or step. */
    void stop() {
        stopping = true;
    }

    /** It is alive, and says how far it has come. */
    Health health() {
        return new Health(true, text());
    }

    /** It does not serve anybody yet. */
    Health readiness() {
        return Health.down(text());
    }

    private String text() {
        return "starting: " + step + ", " + records + " records replayed, " + Daemon.millisSince(startNanos) / 1000
                + " s";
    }

    private void requireGoingOn() {
        if (stopping) {
            throw new StoppedException();
        }
    }
}
