package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CalmTest {
    private static final long FAST = Calm.SLOW_NANOS;
    private static final long SLOW = Calm.SLOW_NANOS + 1;

    private final Calm calm = new Calm(true);
    private long sequence = 1000;

    /** Hand-overs that leave it calm if they were enough. */
    private void handOver(int count) {
        for (int i = 0; i < count; i++) {
            handOver(Calm.RECORDS_MAX, (int) Calm.WORK_MAX);
        }
    }

    private void handOver(long records, int work) {
        sequence += records;
        calm.onTurn(work);
        calm.onHandOver(sequence);
    }

    /** The first one has nothing that it could be compared with. */
    private void begin() {
        handOver(1, 1);
    }

    private void force(int count, long nanos) {
        for (int i = 0; i < count; i++) {
            calm.onForced(nanos);
        }
    }

    @Test
    void itIsCalmAfterManySmallHandOversInARow() {
        begin();
        handOver(Calm.HAND_OVERS_MIN - 1);
        assertThat(calm.isCalm()).isFalse();
        handOver(1);
        assertThat(calm.isCalm()).isTrue();
        handOver(10 * Calm.HAND_OVERS_MIN);
        assertThat(calm.isCalm()).isTrue();
    }

    @Test
    void aHandOverOfManyRecordsStartsTheCountAgain() {
        begin();
        handOver(Calm.HAND_OVERS_MIN);
        handOver(Calm.RECORDS_MAX + 1, 1);
        assertThat(calm.isCalm()).isFalse();
        handOver(Calm.HAND_OVERS_MIN - 1);
        assertThat(calm.isCalm()).isFalse();
        handOver(1);
        assertThat(calm.isCalm()).isTrue();
    }

    @Test
    void workOfAllTurnsBeforeAHandOverCounts() {
        begin();
        handOver(Calm.HAND_OVERS_MIN);
        calm.onTurn((int) Calm.WORK_MAX - 1);
        calm.onTurn(1);
        assertThat(calm.isCalm())
                .as("it is looked at when something is handed over")
                .isTrue();
        handOver(1, 1);
        assertThat(calm.isCalm()).isFalse();
        handOver(Calm.HAND_OVERS_MIN);
        assertThat(calm.isCalm()).isTrue();
    }

    @Test
    void aHandOverWithoutRecordsIsSmall() {
        begin();
        for (int i = 0; i < Calm.HAND_OVERS_MIN; i++) {
            handOver(0, 0);
        }
        assertThat(calm.isCalm()).isTrue();
    }

    /** Whether it is calm after so many hand-overs more, and not before. */
    private void requireCalmAfter(int handOvers) {
        handOver(handOvers - 1);
        assertThat(calm.isCalm()).isFalse();
        handOver(1);
        assertThat(calm.isCalm()).isTrue();
    }

    @Test
    void aSlowForceStartsTheCountAgain() {
        begin();
        handOver(Calm.HAND_OVERS_MIN);
        force(Calm.SLOW_COST, FAST);
        assertThat(calm.isCalm()).isTrue();
        force(1, SLOW);
        assertThat(calm.isCalm()).isFalse();
        requireCalmAfter(Calm.HAND_OVERS_MIN);
    }

    @Test
    void aSlowDiskIsLeftAlone() {
        begin();
        handOver(Calm.HAND_OVERS_MIN);
        for (int i = 0; i < 3; i++) {
            calm.onForced(SLOW);
            requireCalmAfter(Calm.HAND_OVERS_MIN);
            calm.onSlow();
            requireCalmAfter(Calm.HAND_OVERS_MAX);
        }
    }

    @Test
    void aDiskThatWasLeftAloneAndIsFastAgainIsAskedNoMoreThanAnother() {
        begin();
        handOver(Calm.HAND_OVERS_MIN);
        force(Calm.CREDIT_AT_FIRST / Calm.SLOW_COST, SLOW);
        requireCalmAfter(Calm.HAND_OVERS_MAX);
        force(1, FAST);
        handOver(Calm.RECORDS_MAX + 1, 1);
        requireCalmAfter(Calm.HAND_OVERS_MIN);
    }

    @Test
    void slowForcesAreExcusedWhileTheyAreRare() {
        begin();
        handOver(Calm.HAND_OVERS_MIN);
        for (int i = 0; i < 100; i++) {
            force(Calm.SLOW_COST, FAST);
            force(1, SLOW);
            requireCalmAfter(Calm.HAND_OVERS_MIN);
        }
        force(10 * Calm.CREDIT_MAX, FAST);
        for (int slow = 0; slow < Calm.CREDIT_MAX / Calm.SLOW_COST - 1; slow++) {
            force(1, SLOW);
            requireCalmAfter(Calm.HAND_OVERS_MIN);
        }
        force(1, SLOW);
        requireCalmAfter(Calm.HAND_OVERS_MAX);
    }

    @Test
    void itIsNeverCalmWhereOthersGoOnWhileTheLogIsWritten() {
        Calm never = new Calm(false);
        for (int i = 0; i < 2 * Calm.HAND_OVERS_MAX; i++) {
            never.onTurn(1);
            never.onHandOver(i);
        }
        assertThat(never.isCalm()).isFalse();
    }
}
