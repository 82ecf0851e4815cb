package io.blipmq.net;

import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.TextRefusal;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** When one connection has taken too long for something. Owned by the broker thread. */
final class ConnectionDeadlines {
    /** Heartbeats that may be missed. */
    private static final int HEARTBEATS_MISSED_MAX = 2;

    private final NetTimes times;
    private final Session session;
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

    /** What took too long. */
    enum Overdue {
        HANDSHAKE(NetMetric.HANDSHAKE_TIMEOUTS, 408, "no handshake within ", NetTimes::handshakeNanos),
        INPUT(
                NetMetric.PARTIAL_FRAME_TIMEOUTS,
                408,
                "a frame that has begun made no progress for ",
                NetTimes::inputNanos),
        INPUT_SHORT(
                NetMetric.PARTIAL_FRAME_TIMEOUTS,
                408,
                "others wait for the room of a frame that has begun, and it made no progress for ",
                NetTimes::inputShortNanos),
        HEARTBEAT(NetMetric.HEARTBEAT_TIMEOUTS, 408, "nothing came for more than twice the heartbeat", null),
        DISK(null, 507, "the disk is full, and an acknowledgement found no room within ", NetTimes::diskNanos),
        OUTPUT(NetMetric.OUTPUT_TIMEOUTS, 408, "none of the output was taken for ", NetTimes::outputNanos);

        private final NetMetric metric;
        private final int code;
        private final String text;
        private final ToLongFunction<NetTimes> limit;

        Overdue(NetMetric metric, int code, String text, ToLongFunction<NetTimes> limit) {
            this.metric = metric;
            this.code = code;
            this.text = text;
            this.limit = limit;
        }

        void count(NetMetrics metrics) {
            if (metric != null) {
                metrics.increment(metric);
            }
        }

        /** For the peer, and for the log. */
        Refusal reason(NetTimes times) {
            return new TextRefusal(code, limit == null ? text : text + seconds(limit.applyAsLong(times)));
        }

        private static String seconds(long nanos) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
            return seconds == 0 ? TimeUnit.NANOSECONDS.toMillis(nanos) + " ms" : seconds + " seconds";
        }
    }

    ConnectionDeadlines(LoopResources shared, Session session, InputBuffer input, OutputQueue output, long nowNanos) {
        times = shared.times;
        this.session = session;
        this.input = input;
        this.output = output;
        acceptedNanos = nowNanos;
        heardNanos = nowNanos;
        handshakeNanos = session.isSurplus() ? times.surplusNanos() : times.handshakeNanos();
    }

    /** Its session ends, and has so long to say its last. */
    void onEnding(long nowNanos, long limitNanos) {
        endNanos = nowNanos + limitNanos;
    }

    /** Whether it has had its time to end. */
    boolean isEndOverdue(long nowNanos) {
        return session.isClosing() && nowNanos - endNanos > 0;
    }

    /** The journal took a frame, or takes none for the first time. */
    void onJournalMoved(long nowNanos) {
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
     * @param waitsForDisk whether its next frame waits for room on the disk
     * @param isShort what all connections together have too much of
     */
    Overdue overdue(long nowNanos, boolean waitsForDisk, Shortage isShort) {
        if (!session.isReady() && nowNanos - acceptedNanos > handshakeNanos) {
            return Overdue.HANDSHAKE;
        }
        if (input.isStuckSinceBefore(nowNanos - times.inputNanos())) {
            return Overdue.INPUT;
        }
        if (isShort.ofInput() && input.holdsRoom() && input.isStuckSinceBefore(nowNanos - times.inputShortNanos())) {
            return Overdue.INPUT_SHORT;
        }
        if (waitsForDisk && nowNanos - refusedSinceNanos > times.diskNanos()) {
            return Overdue.DISK;
        }
        long heartbeatNanos = session.heartbeatNanos();
        if (heartbeatNanos > 0 && nowNanos - heardNanos > HEARTBEATS_MISSED_MAX * heartbeatNanos) {
            return Overdue.HEARTBEAT;
        }
        boolean watched = session.isPushed() || isShort.ofOutput();
        return watched && isOutputStuck(nowNanos) ? Overdue.OUTPUT : null;
    }

    /** Whether output waits and none of it has been taken for too long. */
    boolean isOutputStuck(long nowNanos) {
        return !output.isEmpty() && nowNanos - outputMovedNanos > times.outputNanos();
    }
}
