package io.blipmq.wal.repair;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Whatever is damaged, a salvage starts, gives records that were stored, in order, and leaves a log that a strict start
 * takes. Another seed: {@code -Dblipmq.salvage.seed=N}, more runs: {@code -Dblipmq.salvage.count=N}.
 */
class SalvageRandomTest {
    private static final long SEED = Long.getLong("blipmq.salvage.seed", 1);
    private static final long COUNT = Long.getLong("blipmq.salvage.count", 150);

    @Test
    void randomDamage() {
        for (long seed = SEED; seed < SEED + COUNT; seed++) {
            try {
                new SalvageRun(seed).run();
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}
