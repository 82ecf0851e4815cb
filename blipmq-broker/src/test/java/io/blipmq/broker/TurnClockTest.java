package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TurnClockTest {
    /** Time passes with each look at it: much with some, as when the thread has to wait. */
    private static final class PassingClock implements BrokerClock {
        private long nanos = TimeUnit.DAYS.toNanos(1);
        private int looks;

        private void look() {
            nanos += ++looks % 5 == 0 ? 1_700_000 : 700_000_000;
        }

        @Override
        public long nanoTime() {
            look();
            return nanos;
        }

        @Override
        public long epochMillis() {
            look();
            return TimeUnit.NANOSECONDS.toMillis(nanos);
        }
    }

    private final PassingClock clock = new PassingClock();
    private final WallTime wall = new WallTime(BrokerLimits.defaults());
    private final TurnClock turns = new TurnClock(wall, clock);

    private void expectNearlyRight() {
        for (int turn = 0; turn < 20; turn++) {
            clock.look();
            turns.advance(clock.nanos);
            long millis = TimeUnit.NANOSECONDS.toMillis(clock.nanos);
            assertThat(turns.nowMillis()).isBetween(millis - 705, millis);
        }
    }

    @Test
    void afterAStartItIsNeverAheadOfTheClockOnTheWall() {
        turns.start(0);
        expectNearlyRight();
    }

    @Test
    void whoBeginsToLeadIsNotAheadOfItEither() {
        wall.follow();
        turns.startLeading();
        expectNearlyRight();
    }
}
