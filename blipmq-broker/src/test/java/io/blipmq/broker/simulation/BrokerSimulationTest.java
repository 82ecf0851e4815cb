package io.blipmq.broker.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Many {@link BrokerSimulation}s. A failure names its seed and step; {@code -Dblipmq.simulation.seed=N} runs that one
 * alone, {@code -Dblipmq.simulation.seeds=N} runs as many, from {@code -Dblipmq.simulation.first=N} on.
 */
class BrokerSimulationTest {
    private static final int SEEDS = Integer.getInteger("blipmq.simulation.seeds", 200);
    private static final int STEPS = Integer.getInteger("blipmq.simulation.steps", 3_000);

    @Test
    void everyPromiseHolds() {
        List<AssertionError> failures = new ArrayList<>();
        seeds().forEach(seed -> {
            try {
                new BrokerSimulation(seed, STEPS).run();
            } catch (AssertionError e) {
                failures.add(e);
            }
        });
        if (!failures.isEmpty()) {
            List<String> all = failures.stream()
                    .map(failure -> failure.getMessage().lines().findFirst().orElse(""))
                    .toList();
            throw new AssertionError(
                    failures.size() + " runs failed; one runs alone with -Dtest=BrokerSimulationTest"
                            + " -Dblipmq.simulation.seed=N:\n" + String.join("\n", all) + "\nthe first of them:",
                    failures.get(0));
        }
    }

    private static LongStream seeds() {
        Long one = Long.getLong("blipmq.simulation.seed");
        long first = Long.getLong("blipmq.simulation.first", 1);
        return one == null ? LongStream.range(first, first + SEEDS) : LongStream.of(one);
    }
}
