package io.blipmq.broker.simulation;

import org.junit.jupiter.api.Test;

/**
 * Many {@link ReplicatedSimulation}s. A failure names its seed and step; {@code -Dblipmq.replicated.seed=N} runs that one
 * alone, {@code -Dblipmq.replicated.seeds=N} runs as many, from {@code -Dblipmq.replicated.first=N} on.
 */
class ReplicatedSimulationTest {
    private static final int SEEDS = 200;
    private static final int STEPS = Integer.getInteger("blipmq.replicated.steps", ReplicatedTrial.STEPS);

    @Test
    void allNodesAnswerAlikeAndHaveTheSameState() {
        Seeds.run(
                "blipmq.replicated",
                SEEDS,
                "ReplicatedSimulationTest",
                seed -> new ReplicatedSimulation(seed, STEPS).run());
    }
}
