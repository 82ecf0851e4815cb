package io.blipmq.wal.simulation;

import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.function.LongFunction;

/** A {@link CrashRun} that answers what it found wrong, for {@link PlantedBug}. Stateless. */
public final class CrashTrial implements LongFunction<String> {

    @Override
    public String apply(long seed) {
        try {
            new CrashRun(seed, new SimulatedStorage(seed)).run();
            return null;
        } catch (IOException | RuntimeException | AssertionError e) {
            return e.toString();
        }
    }
}
