package io.blipmq.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the runtime console shows at one moment; queue depths in the order given. */
public record RuntimeSnapshot(List<AgentStats> agents, Map<String, Long> queueDepths, TimeSummary fsync) {
    public RuntimeSnapshot {
        agents = List.copyOf(agents);
        queueDepths = new LinkedHashMap<>(queueDepths);
    }
}
