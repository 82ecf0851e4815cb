package io.blipmq.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Binds what the agents' {@link DutyCycle}s tell. Thread-safe: holds nothing. */
public final class Agents {
    private Agents() {}

    /** Binds every metric whose name begins with {@code blipmq_agent_}. */
    public static void bind(MetricsRegistry.Builder builder, List<DutyCycle> agents) {
        Map<String, LongSupplier> busy = new LinkedHashMap<>();
        Map<String, LongSupplier> turns = new LinkedHashMap<>();
        for (DutyCycle agent : agents) {
            busy.put(agent.agent(), agent::busyNanos);
            turns.put(agent.agent(), agent::turns);
        }
        builder.labelled(Metric.AGENT_BUSY, busy).labelled(Metric.AGENT_TURNS, turns);
    }

    /** A snapshot of each agent. */
    public static List<AgentStats> stats(List<DutyCycle> agents, long nowNanos) {
        return agents.stream().map(agent -> agent.stats(nowNanos)).toList();
    }
}
