package io.blipmq.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random traffic, random crashes, and what may never be wrong after one. A failure names its seed; {@code
 * -Dblipmq.wal.seed=N} runs that one alone.
 */
class CrashTest {
    private static final int RUNS = 300;

    @Test
    void whatIsConfirmedSurvivesInOrder() {
        seeds().forEach(seed -> {
            try {
                new CrashRun(seed, new SimulatedStorage(seed)).run();
            } catch (Exception | AssertionError e) {
                fail("seed " + seed + ": " + e, e);
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

    @ParameterizedTest
    @EnumSource
    void aPlantedBugIsFoundOut(BuggyStorage.PlantedBug bug) {
        boolean found = LongStream.range(0, RUNS).anyMatch(seed -> {
            SimulatedStorage disk = new SimulatedStorage(seed);
            try {
                new CrashRun(seed, disk, new BuggyStorage(disk, bug)).run();
                return false;
            } catch (Exception | AssertionError e) {
                return true;
            }
        });

        assertThat(found).isTrue();
    }

    private static LongStream seeds() {
        Long one = Long.getLong("blipmq.wal.seed");
        return one == null ? LongStream.range(0, RUNS) : LongStream.of(one);
    }
}
