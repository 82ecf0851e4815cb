package io.blipmq.metrics.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.metrics.AgentStats;
import io.blipmq.metrics.RuntimeSnapshot;
import io.blipmq.metrics.TimeSummary;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** The runtime console as JSON: shares from 0 to 1, times in nanoseconds. Immutable: holds nothing. */
final class RuntimeJson {
    private static final int SHARE_DIGITS = 4;

    private RuntimeJson() {}

    static void write(JsonGenerator json, RuntimeSnapshot snapshot) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("agents");
        for (AgentStats agent : snapshot.agents()) {
            writeAgent(json, agent);
        }
        json.writeEndArray();
        json.writeObjectFieldStart("queue_depths");
        for (Map.Entry<String, Long> queue : snapshot.queueDepths().entrySet()) {
            json.writeNumberField(queue.getKey(), queue.getValue());
        }
        json.writeEndObject();
        writeFsync(json, snapshot.fsync());
        json.writeEndObject();
    }

    private static void writeAgent(JsonGenerator json, AgentStats agent) throws IOException {
        json.writeStartObject();
        json.writeStringField("agent", agent.agent());
        writeShares(json, "1s", agent.busyShare1s());
        writeShares(json, "10s", agent.busyShare10s());
        writeShares(json, "since_start", agent.busyShareSinceStart());
        json.writeNumberField("turns", agent.turns());
        json.writeNumberField("longest_turn_10s_ns", agent.longestTurn10sNanos());
        json.writeNumberField("longest_turn_ns", agent.longestTurnNanos());
        json.writeNumberField("current_turn_ns", agent.currentTurnNanos());
        json.writeEndObject();
    }

    private static void writeShares(JsonGenerator json, String window, double busy) throws IOException {
        BigDecimal share = BigDecimal.valueOf(busy).setScale(SHARE_DIGITS, RoundingMode.HALF_UP);
        json.writeNumberField("busy_" + window, share);
        json.writeNumberField("idle_" + window, BigDecimal.ONE.subtract(share));
    }

    private static void writeFsync(JsonGenerator json, TimeSummary fsync) throws IOException {
        json.writeObjectFieldStart("fsync");
        json.writeNumberField("count", fsync.count());
        json.writeNumberField("p50_ns", fsync.p50Nanos());
        json.writeNumberField("p99_ns", fsync.p99Nanos());
        json.writeNumberField("max_ns", fsync.maxNanos());
        json.writeEndObject();
    }
}
