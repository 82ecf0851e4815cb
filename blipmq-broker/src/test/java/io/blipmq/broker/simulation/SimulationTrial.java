package io.blipmq.broker.simulation;

import java.util.function.LongFunction;

/** A {@link BrokerSimulation} that answers what it found wrong, for planted bugs. Stateless. */
public final class SimulationTrial implements LongFunction<String> {
    private static final int STEPS = 3_000;

    @Override
    public String apply(long seed) {
        try {
            new BrokerSimulation(seed, STEPS).run();
            return null;
        } catch (AssertionError e) {
            return e.getMessage();
        }
    }
}
