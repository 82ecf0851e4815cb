package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettledAheadTest {
    private final SettledAhead ahead = new SettledAhead();

    private void add(long... tags) {
        for (long tag : tags) {
            ahead.add(tag);
        }
    }

    @Test
    void aTagCountsOnceHoweverOftenItIsSettled() {
        add(30, 10, 20, 10, 30, 30);
        assertThat(ahead.count()).isEqualTo(3);
        assertThat(ahead.toArray()).containsExactly(10, 20, 30);
        assertThat(ahead.contains(20)).isTrue();
        assertThat(ahead.contains(25)).isFalse();
    }

    @Test
    void tagsThatTheCursorJumpsOverArePassedWithTheOthers() {
        add(10, 20, 30, 40);
        assertThat(ahead.passBelow(30)).isEqualTo(2);
        assertThat(ahead.toArray()).containsExactly(30, 40);
        add(35);
        assertThat(ahead.passBelow(36)).isEqualTo(2);
        assertThat(ahead.passBelow(100)).isEqualTo(1);
        assertThat(ahead.count()).isZero();
        assertThat(ahead.passBelow(200)).isZero();
        add(300);
        assertThat(ahead.toArray()).containsExactly(300);
    }
}
