package io.blipmq.broker.simulation;

import org.junit.jupiter.api.Test;

/**
 * Many {@link BrokerSimulation}s. A failure names its seed and step; {@code -Dblipmq.simulation.seed=N} runs that one
 * alone, {@code -Dblipmq.simulation.seeds=N} runs as many, from {@code -Dblipmq.simulation.first=N} on.
 */
class BrokerSimulationTest {
    private static final int SEEDS = 200;
    private static final int STEPS = Integer.getInteger("blipmq.simulation.steps", 3_000);

    @Test
    void everyPromiseHolds() {
        Seeds.run("blipmq.simulation", SEEDS, "BrokerSimulationTest", seed -> new BrokerSimulation(seed, STEPS).run());
    }
}
