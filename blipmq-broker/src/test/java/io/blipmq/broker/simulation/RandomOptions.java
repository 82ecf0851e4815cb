package io.blipmq.broker.simulation;

import io.blipmq.broker.BrokerLimits;
import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.DeduplicationOptions;
import io.blipmq.broker.ScheduleLimits;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Draws a broker's options, so small that a run goes beyond many of them. Owned by the simulation's thread. */
final class RandomOptions {
    private final Random random;

    RandomOptions(Random random) {
        this.random = random;
    }

    BrokerOptions draw() {
        return new BrokerOptions(
                random.nextInt(4),
                TimeUnit.MILLISECONDS.toNanos(20L << random.nextInt(6)),
                random.nextBoolean() ? 0 : 1_000L << random.nextInt(8),
                random.nextBoolean() ? TimeUnit.HOURS.toNanos(24) : TimeUnit.SECONDS.toNanos(10),
                random.nextInt(3) == 0 ? 10_000 : 1L << 30,
                random.nextBoolean() ? TimeUnit.DAYS.toMillis(7) : 20_000,
                random.nextBoolean() ? 65_536 : 5,
                1L << 30,
                random.nextBoolean() ? 16_384 : 1 + random.nextInt(5),
                8 << random.nextInt(8),
                random.nextBoolean() ? 1_000 : 12,
                1_000,
                random.nextBoolean() ? 1L << 30 : 2_000 + random.nextInt(8_000),
                deduplication(),
                limits());
    }

    private DeduplicationOptions deduplication() {
        return new DeduplicationOptions(
                random.nextBoolean() ? 120_000 : 20L << random.nextInt(12),
                random.nextBoolean() ? 100_000 : 1 + random.nextInt(5),
                random.nextBoolean() ? 1 << 20 : 200 + random.nextInt(1_500));
    }

    /** So small that a run goes beyond each of them, in one seed of two; what is drawn is for each its own. */
    private BrokerLimits limits() {
        BrokerLimits d = BrokerLimits.defaults();
        return new BrokerLimits(
                small(d.commandsPerTurn(), 1, 8),
                small(d.expiredPerStep(), 1, 5),
                small(d.sweptMax(), 1, 8),
                small(d.tickWorkPerTurn(), 1, 300),
                small(d.captureWorkPerTurn(), 1, 200),
                random.nextBoolean() ? 0 : 5_000_000_000L,
                random.nextBoolean() ? d.downMillisMax() : 3_600_000,
                small(d.lettersPerRequest(), 1, 8),
                small(d.lettersPerTurn(), 1, 4),
                small(d.letterBytesPerTurn(), 1, 200),
                small(d.pushesPerService(), 1, 4),
                small(d.pushesPerTurn(), 1, 100),
                small(d.listItems(), 1, 4),
                small(d.listWork(), 1, 600),
                small(d.delayedMax(), 0, 3),
                small(d.waitingSettlements(), 1, 6),
                small(d.wheelTickShift(), 18, d.wheelTickShift()),
                1 << small(12, 0, 4),
                1 << small(3, 0, 2),
                4 << small(8, 0, 3),
                100,
                60,
                100,
                50,
                small(d.smallChunkBytes(), 40, 200),
                small(d.chunkBytes(), 201, 500),
                small(d.largeChunkBytes(), 501, 1_500),
                small(d.pooledSmallChunks(), 0, 2),
                small(d.pooledChunks(), 0, 2),
                1 << small(17, 0, 2),
                schedules());
    }

    private ScheduleLimits schedules() {
        ScheduleLimits d = ScheduleLimits.defaults();
        return new ScheduleLimits(
                small(d.nearMax(), 2, 7),
                random.nextBoolean() ? d.nearMillis() : random.nextInt(300_000),
                small(d.loadWorkPerTurn(), 1, 3_000),
                small(d.publishedPerTurn(), 1, 4),
                small(d.publishedBytesPerTurn(), 1, 200),
                small(d.searchWork(), 1, 3_000));
    }

    private int small(int usual, int least, int most) {
        return random.nextBoolean() ? usual : least + random.nextInt(most - least + 1);
    }
}
