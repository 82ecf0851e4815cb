package io.blipmq.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DutyCycleTest {
    private static final long START = -7_000_000_000L;
    private static final long MS = 1_000_000L;
    private static final long S = 1_000 * MS;
    private static final Offset<Double> EXACT = within(1e-9);

    private final DutyCycle cycle = new DutyCycle("broker", START);

    private void turn(long fromNanos, long toNanos) {
        cycle.turnBegan(START + fromNanos);
        cycle.turnEnded(START + toNanos);
    }

    private AgentStats statsAt(long nanos) {
        return cycle.stats(START + nanos);
    }

    @Test
    void anAgentThatNeverWorkedIsIdle() {
        assertThat(statsAt(5 * S)).isEqualTo(new AgentStats("broker", 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void sharesAreThoseOfTheLastWholeSeconds() {
        turn(100 * MS, 600 * MS);
        turn(1_000 * MS, 1_250 * MS);

        assertThat(statsAt(2 * S).busyShare1s()).isCloseTo(0.25, EXACT);
        assertThat(statsAt(2 * S).busyShare10s()).isCloseTo(0.375, EXACT);
        assertThat(statsAt(3 * S).busyShare1s()).isZero();
        assertThat(statsAt(10 * S).busyShare10s()).isCloseTo(0.075, EXACT);
        assertThat(statsAt(10 * S).busyShareSinceStart()).isCloseTo(0.075, EXACT);
    }

    @Test
    void theFirstSecondCountsAsFarAsItHasGone() {
        turn(0, 100 * MS);

        assertThat(statsAt(200 * MS).busyShare1s()).isCloseTo(0.5, EXACT);
    }

    @Test
    void aLongTurnIsSpreadOverItsSeconds() {
        turn(500 * MS, 3_250 * MS);

        assertThat(statsAt(1_000 * MS + 2 * S).busyShare1s()).isCloseTo(1, EXACT);
        assertThat(statsAt(4 * S).busyShare1s()).isCloseTo(0.25, EXACT);
        assertThat(statsAt(4 * S).busyShare10s()).isCloseTo(2.75 / 4, EXACT);
        assertThat(cycle.busyNanos()).isEqualTo(2_750 * MS);
    }

    @Test
    void aTurnThatStillRunsCounts() {
        cycle.turnBegan(START + 500 * MS);

        AgentStats stats = statsAt(2_500 * MS);
        assertThat(stats.currentTurnNanos()).isEqualTo(2 * S);
        assertThat(stats.longestTurnNanos()).isEqualTo(2 * S);
        assertThat(stats.longestTurn10sNanos()).isEqualTo(2 * S);
        assertThat(stats.busyShare1s()).isCloseTo(1, EXACT);
        assertThat(stats.busyShareSinceStart()).isCloseTo(0.8, EXACT);
        assertThat(stats.turns()).isZero();
    }

    @Test
    void theLongestTurnLeavesTheWindowAndStaysSinceTheStart() {
        turn(0, 300 * MS);
        turn(15 * S, 15 * S + MS);

        AgentStats stats = statsAt(16 * S);
        assertThat(stats.longestTurn10sNanos()).isEqualTo(MS);
        assertThat(stats.longestTurnNanos()).isEqualTo(300 * MS);
        assertThat(stats.turns()).isEqualTo(2);
    }

    @Test
    void secondsThatTheRingHasLeftAreForgotten() {
        for (int second = 0; second < 40; second++) {
            turn(second * S, second * S + 100 * MS);
        }

        assertThat(statsAt(40 * S).busyShare10s()).isCloseTo(0.1, EXACT);
        assertThat(statsAt(60 * S).busyShare10s()).isZero();
        assertThat(statsAt(60 * S).longestTurn10sNanos()).isZero();
    }

    @Test
    void anAgentStuckInOneTurnIsNotAlive() {
        AtomicLong clock = new AtomicLong(START);
        Liveness liveness = new Liveness(List.of(new DutyCycle("log", START), cycle), clock::get, 10 * S);

        cycle.turnBegan(START);
        clock.set(START + 10 * S);
        assertThat(liveness.get()).isEqualTo(Health.ok());
        clock.set(START + 12 * S);
        assertThat(liveness.get()).isEqualTo(Health.down("the broker thread has been in one turn for 12 s"));
        cycle.turnEnded(START + 12 * S);
        assertThat(liveness.get()).isEqualTo(Health.ok());
    }
}
