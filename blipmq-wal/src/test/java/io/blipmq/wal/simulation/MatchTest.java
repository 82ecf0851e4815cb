package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.fail;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random keys, matchers and limits: what a search with a matcher finds is what a list of all records says. A failure names its
 * seed; {@code -Dblipmq.match.seed=N} runs that one alone, {@code -Dblipmq.match.seeds=N} runs as many, from {@code
 * -Dblipmq.match.first=N} on.
 */
class MatchTest {
    private static final long SEEDS = Long.getLong("blipmq.match.seeds", 300);
    private static final long FIRST = Long.getLong("blipmq.match.first", 0);

    @Test
    void searchesFindExactlyWhatMatchesInOrder() {
        Long one = Long.getLong("blipmq.match.seed");
        LongStream seeds = one == null ? LongStream.range(FIRST, FIRST + SEEDS) : LongStream.of(one);
        seeds.forEach(seed -> {
            try {
                new MatchRun(seed).run();
            } catch (Exception | AssertionError e) {
                fail(
                        "seed " + seed + " (run it alone with -Dtest=MatchTest -Dblipmq.match.seed=" + seed + "): " + e,
                        e);
            }
        });
    }
}
