package io.blipmq.cli;

import java.util.function.LongUnaryOperator;

/** Acts on many dead letters, a few at a time. Stateless. */
final class Batches {
    private static final int BATCH_MAX = 256;

    private Batches() {}

    /**
     * @param total letters at most
     * @param perSecond 0: as fast as it goes
     * @param act acts on so many letters, and says how many it were
     * @return how many there were in all
     */
    static long run(long total, double perSecond, LongUnaryOperator act) {
        Rate pace = new Rate(perSecond);
        int batch = perSecond == 0 ? BATCH_MAX : 1;
        long acted = 0;
        long last = batch;
        while (last == batch && acted < total) {
            pace.await();
            long wanted = Math.min(batch, total - acted);
            long count = act.applyAsLong(wanted);
            acted += count;
            last = count == wanted ? batch : 0;
        }
        return acted;
    }
}
