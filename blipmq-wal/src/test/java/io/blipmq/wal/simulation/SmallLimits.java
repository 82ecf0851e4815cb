package io.blipmq.wal.simulation;

import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.IndexLayout;
import java.util.Random;

/**
 * Limits so small that a random run of a few hundred records reaches what lies beyond each of them. Stateless.
 *
 * <p>Now and then a run has the product's own, beyond which it does not come.
 */
public final class SmallLimits {
    private SmallLimits() {}

    public static WalLimits draw(Random random) {
        return random.nextInt(6) == 0 ? WalLimits.defaults() : small(random, true);
    }

    /** As {@link #draw}, but what is written goes to the disk in the product's pieces, so that there are not more of them. */
    public static WalLimits drawForReading(Random random) {
        return small(random, false);
    }

    private static WalLimits small(Random random, boolean writes) {
        WalLimits product = WalLimits.defaults();
        int lookBack = FrameLayout.ALIGNMENT * (1 + random.nextInt(16));
        int window = lookBack + FrameLayout.HEADER_BYTES + random.nextInt(random.nextBoolean() ? 40 : 2_000);
        return new WalLimits(
                window,
                lookBack,
                window + random.nextInt(2_000),
                writes ? 256 << random.nextInt(6) : product.blockBytes(),
                writes ? 256 << random.nextInt(6) : product.zeroBytes(),
                writes ? 64 << random.nextInt(6) : product.copyBytes(),
                writes ? 128 << random.nextInt(8) : product.stepBytes(),
                writes ? 512 << random.nextInt(8) : product.forceBytes(),
                512 + random.nextInt(2_000), // shorter ones would be half headers, and so sparse when they are full
                2 * FrameLayout.HEADER_BYTES + FrameLayout.ALIGNMENT * random.nextInt(100),
                IndexLayout.HEADER_BYTES + Integer.BYTES + random.nextInt(100),
                writes ? 1 + random.nextInt(8) : product.indexOutputBlocks(),
                2 * (1 + random.nextInt(8)),
                1 << random.nextInt(4),
                1 << random.nextInt(3),
                1 + random.nextInt(3),
                1 + random.nextInt(random.nextBoolean() ? 4 : 100),
                1 << random.nextInt(7),
                8 * random.nextInt(4),
                1 + random.nextInt(4),
                1 << random.nextInt(11),
                1 + random.nextInt(3),
                8 << random.nextInt(4),
                random.nextInt(3),
                2 + random.nextInt(4),
                1 + random.nextInt(8),
                2 + random.nextInt(7),
                1 + random.nextInt(40));
    }
}
