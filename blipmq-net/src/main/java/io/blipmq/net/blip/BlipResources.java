package io.blipmq.net.blip;

import io.blipmq.broker.Broker;
import io.blipmq.net.NetLimits;
import io.blipmq.net.NetMetrics;
import java.util.List;

/** What the sessions of all versions share. Owned by the broker thread. */
public final class BlipResources {
    private final Broker broker;
    private final NetLimits limits;
    private final NetMetrics metrics;
    private final ApiKeys keys;

    /** @param keys the API keys that are let in, in UTF-8; none lets nobody in */
    public BlipResources(Broker broker, NetLimits limits, NetMetrics metrics, List<byte[]> keys) {
        this.broker = broker;
        this.limits = limits;
        this.metrics = metrics;
        this.keys = new ApiKeys(keys);
    }

    public Broker broker() {
        return broker;
    }

    public NetLimits limits() {
        return limits;
    }

    NetMetrics metrics() {
        return metrics;
    }

    ApiKeys keys() {
        return keys;
    }
}
