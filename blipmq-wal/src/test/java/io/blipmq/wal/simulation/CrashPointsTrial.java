package io.blipmq.wal.simulation;

import io.blipmq.wal.ForcePolicy;
import java.io.IOException;
import java.util.function.LongFunction;

/** The {@link CrashPoints} of one workload, by number from 1, for {@link PlantedBug}. Stateless. */
public final class CrashPointsTrial implements LongFunction<String> {

    @Override
    public String apply(long number) {
        Workload workload = Workload.values()[(int) number - 1];
        try {
            new CrashPoints(workload, ForcePolicy.ALWAYS, CrashPoints.StartsDie.NEVER).run();
            return null;
        } catch (IOException | RuntimeException | AssertionError e) {
            return e.toString();
        }
    }
}
