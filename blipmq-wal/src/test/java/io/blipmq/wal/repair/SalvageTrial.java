package io.blipmq.wal.repair;

import io.blipmq.wal.simulation.PlantedBug;
import java.io.IOException;
import java.util.function.LongFunction;

/** A {@link SalvageRun} that answers what it found wrong, for {@link PlantedBug}. Stateless. */
public final class SalvageTrial implements LongFunction<String> {

    @Override
    public String apply(long seed) {
        try {
            new SalvageRun(seed).run();
            return null;
        } catch (IOException | RuntimeException | AssertionError e) {
            return e.toString();
        }
    }
}
