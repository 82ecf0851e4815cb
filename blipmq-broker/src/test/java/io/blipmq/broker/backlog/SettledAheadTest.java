package io.blipmq.broker.backlog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettledAheadTest {
    private final SettledAhead ahead = new SettledAhead();

    private void add(long... tags) {
        for (long tag : tags) {
            ahead.add(tag, (int) tag * 100);
        }
    }

    @Test
    void aTagCountsOnceHoweverOftenItIsSettled() {
        add(30, 10, 20, 10, 30, 30);
        assertThat(ahead.count()).isEqualTo(3);
        assertThat(ahead.tags()).containsExactly(10, 20, 30);
        assertThat(ahead.lengths()).containsExactly(1_000, 2_000, 3_000);
        assertThat(ahead.bytes()).isEqualTo(6_000);
        assertThat(ahead.contains(20)).isTrue();
        assertThat(ahead.contains(25)).isFalse();
    }

    @Test
    void tagsThatTheCursorJumpsOverArePassedWithTheOthers() {
        add(10, 20, 30, 40);
        ahead.passBelow(30);
        assertThat(ahead.tags()).containsExactly(30, 40);
        assertThat(ahead.bytes()).isEqualTo(7_000);
        add(35);
        ahead.passBelow(36);
        assertThat(ahead.tags()).containsExactly(40);
        assertThat(ahead.lengths()).containsExactly(4_000);
        ahead.passBelow(100);
        assertThat(ahead.count()).isZero();
        assertThat(ahead.bytes()).isZero();
        ahead.passBelow(200);
        assertThat(ahead.count()).isZero();
        add(300);
        assertThat(ahead.tags()).containsExactly(300);
    }

    @Test
    void whatHasBeenPassedTakesNoMemoryEvenIfSomeAreAlwaysLeft() {
        for (long tag = 1; tag <= 100_000; tag++) {
            ahead.add(tag, 10);
            ahead.passBelow(tag - 2);
        }
        assertThat(ahead.tags()).containsExactly(99_998, 99_999, 100_000);
        assertThat(ahead.bytes()).isEqualTo(30);
        assertThat(ahead.capacity()).isLessThan(100);
    }
}
