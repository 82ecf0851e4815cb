package io.blipmq.net;

import java.util.concurrent.TimeUnit;

/** When one connection has taken too long for something. Owned by the broker thread. */
final class ConnectionDeadlines {
    /** Time to say HELLO and show a key; longer than any network needs, short enough to get rid of strangers. */
    private static final long HANDSHAKE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /**
     * Time for the rest of a frame that has begun, for taking the last answers of a session that ends, and for room on a
     * full disk.
     */
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** Time for taking any output while others need its room: meanwhile they may have none. */
    private static final long OUTPUT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Session session;
    private final InputBuffer input;
    private final OutputQueue output;

    private final long acceptedNanos;
    private long closingSinceNanos;
    private long refusedSinceNanos;
    /** When its socket last took some of its output, or when there began to be some again that it does not take. */
    private long outputMovedNanos;

    private boolean outputWaits;

    /** What took too long. */
    enum Overdue {
        LAST_ANSWERS(null, "its last answers were not taken within 60 seconds"),
        HANDSHAKE(NetMetric.HANDSHAKE_TIMEOUTS, "no handshake within 10 seconds"),
        FRAME(NetMetric.PARTIAL_FRAME_TIMEOUTS, "the rest of a frame did not come within 60 seconds"),
        DISK(null, "the disk is full, and its acknowledgement found no room within 60 seconds"),
        OUTPUT(
                NetMetric.OUTPUT_TIMEOUTS,
                "it took none of its output for 10 seconds, and others need the room for theirs");

        private final NetMetric metric;
        private final String reason;

        Overdue(NetMetric metric, String reason) {
            this.metric = metric;
            this.reason = reason;
        }

        void count(NetMetrics metrics) {
            if (metric != null) {
                metrics.increment(metric);
            }
        }

        /** For the log. */
        String reason() {
            return reason;
        }
    }

    ConnectionDeadlines(Session session, InputBuffer input, OutputQueue output, long acceptedNanos) {
        this.session = session;
        this.input = input;
        this.output = output;
        this.acceptedNanos = acceptedNanos;
    }

    /** Its session ends, and may say its last. */
    void onClosing(long nowNanos) {
        closingSinceNanos = nowNanos;
    }

    /** The journal took a frame, or takes none for the first time. */
    void onJournalMoved(long nowNanos) {
        refusedSinceNanos = nowNanos;
    }

    /** Its output, if there was any, was offered to its socket, which took so many bytes of it. */
    void onWritten(long written, long nowNanos) {
        if (written > 0 || !outputWaits) {
            outputMovedNanos = nowNanos;
        }
        outputWaits = !output.isEmpty();
    }

    /**
     * What has taken too long by now, or null.
     *
     * @param waitsForDisk whether its next frame waits for room on the disk
     * @param roomIsShort whether all connections together have too much output
     */
    Overdue overdue(long nowNanos, boolean waitsForDisk, boolean roomIsShort) {
        boolean closing = session.isClosing();
        if (closing && nowNanos - closingSinceNanos > PROGRESS_NANOS) {
            return Overdue.LAST_ANSWERS;
        }
        if (!closing && !session.isReady() && nowNanos - acceptedNanos > HANDSHAKE_NANOS) {
            return Overdue.HANDSHAKE;
        }
        if (input.isPartialSinceBefore(nowNanos - PROGRESS_NANOS)) {
            return Overdue.FRAME;
        }
        if (waitsForDisk && nowNanos - refusedSinceNanos > PROGRESS_NANOS) {
            return Overdue.DISK;
        }
        boolean stuck = roomIsShort && !output.isEmpty() && nowNanos - outputMovedNanos > OUTPUT_NANOS;
        return stuck ? Overdue.OUTPUT : null;
    }
}
