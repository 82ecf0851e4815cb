package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration MIN = Duration.ofNanos(100);
    private static final Duration MAX = Duration.ofNanos(1000);

    @Test
    void doublesUpToItsLimitAndBeginsAnewAfterSuccess() {
        Backoff backoff = new Backoff(MIN, MAX, () -> 0);

        assertThat(LongStream.generate(backoff::nextNanos).limit(6))
                .containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L);
        backoff.reset();
        assertThat(backoff.nextNanos()).isEqualTo(100);
    }

    @Test
    void randomnessShortensItByUpToHalf() {
        Backoff backoff = new Backoff(MIN, MAX, () -> 0.5);

        assertThat(backoff.nextNanos()).isEqualTo(75);
        assertThat(backoff.nextNanos()).isEqualTo(150);
    }
}
