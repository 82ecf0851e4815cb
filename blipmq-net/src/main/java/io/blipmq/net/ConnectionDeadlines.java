package io.blipmq.net;

/** When one connection has taken too long for something. Owned by the broker thread. */
final class ConnectionDeadlines {
    private final NetTimes times;
    private final InputBuffer input;
    private final OutputQueue output;
    private final long acceptedNanos;
    private final long handshakeNanos;
    /** Until when it may go on after its session has ended. */
    private long endNanos;

    private long refusedSinceNanos;
    /** When something came from its peer last, or could not be read for reasons that are not the peer's. */
    private long heardNanos;
    /** When its socket last took some of its output, or when there began to be some again that it does not take. */
    private long outputMovedNanos;

    private boolean outputWaits;

    ConnectionDeadlines(LoopResources shared, InputBuffer input, OutputQueue output, boolean surplus, long nowNanos) {
        times = shared.times;
        this.input = input;
        this.output = output;
        acceptedNanos = nowNanos;
        heardNanos = nowNanos;
        handshakeNanos = surplus ? times.surplusNanos() : times.handshakeNanos();
    }

    /** Its session ends, and has so long to say its last. */
    void onEnding(long nowNanos, long limitNanos) {
        endNanos = nowNanos + limitNanos;
    }

    /** Whether a connection whose session has ended has had its time. */
    boolean isEndOverdue(long nowNanos) {
        return nowNanos - endNanos > 0;
    }

    /** The log took a packet, or takes none for the first time. */
    void onLogMoved(long nowNanos) {
        refusedSinceNanos = nowNanos;
    }

    /** Something came from the peer, or it cannot be heard. */
    void onHeard(long nowNanos) {
        heardNanos = nowNanos;
    }

    /** Its output, if there was any, was offered to its socket, which took so many bytes of it. */
    void onWritten(long written, long nowNanos) {
        if (written > 0 || !outputWaits) {
            outputMovedNanos = nowNanos;
        }
        outputWaits = !output.isEmpty();
    }

    /**
     * What a session that goes on has taken too long for by now, or null.
     *
     * @param waitsForDisk whether its next packet waits for room on the disk
     * @param isShort what all connections together have too much of
     */
    EndReason overdue(Session session, long nowNanos, boolean waitsForDisk, Shortage isShort) {
        if (!session.isReady() && nowNanos - acceptedNanos > handshakeNanos) {
            return EndReason.HANDSHAKE_TIMEOUT;
        }
        if (input.isStuckSinceBefore(nowNanos - times.inputNanos())) {
            return EndReason.INPUT_TIMEOUT;
        }
        if (isShort.ofInput() && input.holdsRoom() && input.isStuckSinceBefore(nowNanos - times.inputShortNanos())) {
            return EndReason.INPUT_SHORT_TIMEOUT;
        }
        if (waitsForDisk && nowNanos - refusedSinceNanos > times.diskNanos()) {
            return EndReason.DISK_FULL;
        }
        long silenceNanosMax = session.silenceNanosMax();
        if (silenceNanosMax > 0 && nowNanos - heardNanos > silenceNanosMax) {
            return EndReason.SILENCE;
        }
        boolean watched = session.isOutputTimed() || isShort.ofOutput();
        return watched && isOutputStuck(nowNanos) ? EndReason.OUTPUT_TIMEOUT : null;
    }

    /** Whether output waits and none of it has been taken for too long. */
    boolean isOutputStuck(long nowNanos) {
        return !output.isEmpty() && nowNanos - outputMovedNanos > times.outputNanos();
    }
}
