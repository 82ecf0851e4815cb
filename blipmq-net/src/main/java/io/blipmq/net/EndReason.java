package io.blipmq.net;

import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** Why the server ends a connection. Immutable. Each protocol has its own word or number for it. */
public enum EndReason {
    HANDSHAKE_TIMEOUT(NetMetric.HANDSHAKE_TIMEOUTS, "no handshake within ", NetTimes::handshakeNanos),
    INPUT_TIMEOUT(
            NetMetric.PARTIAL_PACKET_TIMEOUTS, "a frame that has begun made no progress for ", NetTimes::inputNanos),
    /** Others need the room that it takes. */
    INPUT_SHORT_TIMEOUT(
            NetMetric.PARTIAL_PACKET_TIMEOUTS,
            "a large frame, whose memory others wait for, made no progress for ",
            NetTimes::inputShortNanos),
    SILENCE(NetMetric.SILENCE_TIMEOUTS, "the client sent nothing for longer than it promised", null),
    DISK_FULL(null, "the disk is full, and an acknowledgement found no room within ", NetTimes::diskNanos),
    OUTPUT_TIMEOUT(NetMetric.OUTPUT_TIMEOUTS, "the client read none of its output for ", NetTimes::outputNanos),
    REPLACED(NetMetric.CONNECTIONS_REPLACED, "replaced by a newer connection of the same client", null),
    /** Nothing that a session asks for can take effect. */
    NOT_LEADER(null, "this node does not lead its cluster: connect to another node", null),
    MALFORMED_PACKET(NetMetric.PROTOCOL_ERRORS, null, null),
    PACKET_TOO_LONG(NetMetric.PROTOCOL_ERRORS, null, null);

    private final NetMetric metric;
    private final String text;
    private final ToLongFunction<NetTimes> limit;

    EndReason(NetMetric metric, String text, ToLongFunction<NetTimes> limit) {
        this.metric = metric;
        this.text = text;
        this.limit = limit;
    }

    void count(NetMetrics metrics) {
        if (metric != null) {
            metrics.increment(metric);
        }
    }

    /** For the peer, and for the log. */
    String text(NetTimes times) {
        return limit == null ? text : text + duration(limit.applyAsLong(times));
    }

    private static String duration(long nanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
        return seconds == 0 ? TimeUnit.NANOSECONDS.toMillis(nanos) + " ms" : seconds + " seconds";
    }
}
