package io.blipmq.daemon.threads;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LightLoadTest {
    private static final long FAST = LightLoad.SLOW_NANOS;
    private static final long SLOW = LightLoad.SLOW_NANOS + 1;

    private final LightLoad load = new LightLoad(true);
    private long sequence = 1000;

    /** Hand-overs that leave it calm if they were enough. */
    private void handOver(int count) {
        for (int i = 0; i < count; i++) {
            handOver(LightLoad.RECORDS_MAX, (int) LightLoad.WORK_MAX);
        }
    }

    private void handOver(long records, int work) {
        sequence += records;
        load.onTurn(work);
        load.onHandOver(sequence);
    }

    /** The first one has nothing that it could be compared with. */
    private void begin() {
        handOver(1, 1);
    }

    private void force(int count, long nanos) {
        for (int i = 0; i < count; i++) {
            load.onForced(nanos);
        }
    }

    @Test
    void theLoadIsLightAfterManySmallHandOversInARow() {
        begin();
        handOver(LightLoad.HAND_OVERS_MIN - 1);
        assertThat(load.isLight()).isFalse();
        handOver(1);
        assertThat(load.isLight()).isTrue();
        handOver(10 * LightLoad.HAND_OVERS_MIN);
        assertThat(load.isLight()).isTrue();
    }

    @Test
    void aHandOverOfManyRecordsStartsTheCountAgain() {
        begin();
        handOver(LightLoad.HAND_OVERS_MIN);
        handOver(LightLoad.RECORDS_MAX + 1, 1);
        assertThat(load.isLight()).isFalse();
        handOver(LightLoad.HAND_OVERS_MIN - 1);
        assertThat(load.isLight()).isFalse();
        handOver(1);
        assertThat(load.isLight()).isTrue();
    }

    @Test
    void workOfAllTurnsBeforeAHandOverCounts() {
        begin();
        handOver(LightLoad.HAND_OVERS_MIN);
        load.onTurn((int) LightLoad.WORK_MAX - 1);
        load.onTurn(1);
        assertThat(load.isLight())
                .as("it is looked at when something is handed over")
                .isTrue();
        handOver(1, 1);
        assertThat(load.isLight()).isFalse();
        handOver(LightLoad.HAND_OVERS_MIN);
        assertThat(load.isLight()).isTrue();
    }

    @Test
    void aHandOverWithoutRecordsIsSmall() {
        begin();
        for (int i = 0; i < LightLoad.HAND_OVERS_MIN; i++) {
            handOver(0, 0);
        }
        assertThat(load.isLight()).isTrue();
    }

    /** Whether it is calm after so many hand-overs more, and not before. */
    private void requireLightAfter(int handOvers) {
        handOver(handOvers - 1);
        assertThat(load.isLight()).isFalse();
        handOver(1);
        assertThat(load.isLight()).isTrue();
    }

    @Test
    void aSlowForceStartsTheCountAgain() {
        begin();
        handOver(LightLoad.HAND_OVERS_MIN);
        force(LightLoad.SLOW_COST, FAST);
        assertThat(load.isLight()).isTrue();
        force(1, SLOW);
        assertThat(load.isLight()).isFalse();
        requireLightAfter(LightLoad.HAND_OVERS_MIN);
    }

    @Test
    void aSlowDiskIsLeftAlone() {
        begin();
        handOver(LightLoad.HAND_OVERS_MIN);
        for (int i = 0; i < 3; i++) {
            load.onForced(SLOW);
            requireLightAfter(LightLoad.HAND_OVERS_MIN);
            load.onSlow();
            requireLightAfter(LightLoad.HAND_OVERS_MAX);
        }
    }

    @Test
    void aDiskThatWasLeftAloneAndIsFastAgainIsAskedNoMoreThanAnother() {
        begin();
        handOver(LightLoad.HAND_OVERS_MIN);
        force(LightLoad.CREDIT_AT_FIRST / LightLoad.SLOW_COST, SLOW);
        requireLightAfter(LightLoad.HAND_OVERS_MAX);
        force(1, FAST);
        handOver(LightLoad.RECORDS_MAX + 1, 1);
        requireLightAfter(LightLoad.HAND_OVERS_MIN);
    }

    @Test
    void slowForcesAreExcusedWhileTheyAreRare() {
        begin();
        handOver(LightLoad.HAND_OVERS_MIN);
        for (int i = 0; i < 100; i++) {
            force(LightLoad.SLOW_COST, FAST);
            force(1, SLOW);
            requireLightAfter(LightLoad.HAND_OVERS_MIN);
        }
        force(10 * LightLoad.CREDIT_MAX, FAST);
        for (int slow = 0; slow < LightLoad.CREDIT_MAX / LightLoad.SLOW_COST - 1; slow++) {
            force(1, SLOW);
            requireLightAfter(LightLoad.HAND_OVERS_MIN);
        }
        force(1, SLOW);
        requireLightAfter(LightLoad.HAND_OVERS_MAX);
    }

    @Test
    void theLoadIsNeverLightWhereOthersGoOnWhileTheLogIsWritten() {
        LightLoad never = new LightLoad(false);
        for (int i = 0; i < 2 * LightLoad.HAND_OVERS_MAX; i++) {
            never.onTurn(1);
            never.onHandOver(i);
        }
        assertThat(never.isLight()).isFalse();
    }
}
