package io.blipmq.wal.background;

import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.append.Waker;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Checkpoints on their way from the core to the background thread, one at a time. Thread-safe: the core thread submits, the
 * background thread ends.
 */
public final class CheckpointRequests {
    /** How soon one follows that was given up, or that left work behind which frees room, or any one while the disk is full. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long logBytesMax;
    private final long intervalNanos;
    private final Waker wakeup;

    // Owned by the core thread.
    private boolean started;
    private long startedNanos;
    private long startedBytes;
    private long startedSequence;

    private volatile Request request;
    private volatile long durableSequence;
    private volatile boolean againSoon;
    /** Another one is due after the interval, although nothing new is in the log. */
    private volatile boolean unfinished;

    private volatile boolean hurried;

    /** What the core asked for. Immutable. */
    public record Request(long sequence, ByteBuffer content, LiveRecords liveness) {}

    /**
     * @param behindBytes of the log that the checkpoint on disk does not cover
     * @param uncounted whether there are segments of which nobody knows yet how much of them is needed
     */
    public CheckpointRequests(
            WalOptions options, long durableSequence, long behindBytes, boolean uncounted, Waker wakeup) {
        this.unfinished = uncounted;
        this.logBytesMax = options.checkpointBytes();
        this.intervalNanos = options.checkpointNanos();
        this.durableSequence = durableSequence;
        this.startedSequence = durableSequence;
        this.startedBytes = -behindBytes;
        this.wakeup = wakeup;
    }

    // ---- core thread

    /**
     * @param unlogged whether the state has changed since the last one by what is not in the log
     * @param full whether the log waits for room, which a checkpoint may free
     */
    public boolean isDue(long nowNanos, long logBytes, long lastSequence, boolean unlogged, boolean full) {
        if (!started) {
            started = true;
            startedNanos = nowNanos;
        }
        if (request != null) {
            return false;
        }
        long elapsed = nowNanos - startedNanos;
        if (againSoon) {
            return elapsed >= AGAIN_NANOS;
        }
        if (lastSequence == startedSequence && !unlogged) {
            return unfinished && elapsed >= intervalNanos;
        }
        return logBytes - startedBytes >= logBytesMax || elapsed >= (full ? AGAIN_NANOS : intervalNanos);
    }

    public void submit(Request newRequest, long nowNanos, long logBytes) {
        if (request != null) {
            throw new IllegalStateException("a checkpoint is being written");
        }
        if (newRequest.sequence() < durableSequence) {
            throw new IllegalArgumentException(
                    "a checkpoint of " + newRequest.sequence() + " behind that of " + durableSequence);
        }
        started = true;
        startedNanos = nowNanos;
        startedBytes = logBytes;
        startedSequence = newRequest.sequence();
        hurried = false;
        request = newRequest;
        wakeup.wake();
    }

    /** The one that is being written is to end soon. */
    public void hurry() {
        hurried = true;
        wakeup.wake();
    }

    // ---- background thread

    /** The one to work on, or null. */
    Request current() {
        return request;
    }

    /** Whether what is not needed for it is to be left to the next one. */
    boolean isHurried() {
        return hurried;
    }

    /**
     * @param soon whether another one should follow soon
     * @param more whether another one should follow, with the usual interval
     */
    void ended(boolean durable, boolean soon, boolean more) {
        if (durable) {
            durableSequence = request.sequence();
        }
        againSoon = soon;
        unfinished = more;
        request = null;
    }

    // ---- any thread

    public boolean isRunning() {
        return request != null;
    }

    /** What the checkpoint on disk covers. */
    public long durableSequence() {
        return durableSequence;
    }
}
