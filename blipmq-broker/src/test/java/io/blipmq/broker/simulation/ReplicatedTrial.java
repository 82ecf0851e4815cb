package io.blipmq.broker.simulation;

import java.util.function.LongFunction;

/** A {@link ReplicatedSimulation} that answers what it found wrong, for planted bugs. Stateless. */
public final class ReplicatedTrial implements LongFunction<String> {
    static final int STEPS = 1_500;

    @Override
    public String apply(long seed) {
        try {
            new ReplicatedSimulation(seed, STEPS).run();
            return null;
        } catch (AssertionError e) {
            return e.getMessage();
        }
    }
}
