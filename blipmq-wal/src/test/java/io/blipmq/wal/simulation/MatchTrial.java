package io.blipmq.wal.simulation;

import java.io.IOException;
import java.util.function.LongFunction;

/** A {@link MatchRun} that answers what it found wrong, for {@link PlantedBug}. Stateless. */
public final class MatchTrial implements LongFunction<String> {

    @Override
    public String apply(long seed) {
        try {
            new MatchRun(seed).run();
            return null;
        } catch (IOException | RuntimeException | AssertionError e) {
            return e.toString();
        }
    }
}
