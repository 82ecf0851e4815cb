package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.blipmq.wal.storage.SimulatedStorage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random traffic, random crashes, and what may never be wrong after one. A failure names its seed; {@code
 * -Dblipmq.wal.seed=N} runs that one alone, {@code -Dblipmq.wal.seeds=N} runs as many, from {@code -Dblipmq.wal.first=N} on.
 */
class CrashTest {
    private static final long SEEDS = Long.getLong("blipmq.wal.seeds", 300);
    private static final long FIRST = Long.getLong("blipmq.wal.first", 0);

    @Test
    void whatIsConfirmedSurvivesInOrder() {
        seeds().forEach(seed -> {
            try {
                new CrashRun(seed, new SimulatedStorage(seed)).run();
            } catch (Exception | AssertionError e) {
                fail("seed " + seed + " (run it alone with -Dtest=CrashTest -Dblipmq.wal.seed=" + seed + "): " + e, e);
            }
        });
    }

    /** The runs above are worth something only if they notice a log that forgets to force. */
    @Test
    void aLogThatDoesNotForceIsFoundOut() {
        long found = LongStream.range(0, 40)
                .filter(seed -> {
                    SimulatedStorage storage = new SimulatedStorage(seed);
                    storage.skipForce();
                    try {
                        new CrashRun(seed, storage).run();
                        return false;
                    } catch (Exception | AssertionError e) {
                        return true;
                    }
                })
                .count();

        assertThat(found).isGreaterThan(10);
    }

    private static LongStream seeds() {
        Long one = Long.getLong("blipmq.wal.seed");
        return one == null ? LongStream.range(FIRST, FIRST + SEEDS) : LongStream.of(one);
    }
}
