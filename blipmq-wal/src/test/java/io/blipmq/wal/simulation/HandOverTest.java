package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What threads hand over to each other holds in every order in which they can do it. */
@Timeout(300)
class HandOverTest {

    @ParameterizedTest
    @EnumSource
    void holdsInEveryOrder(HandOver handOver) {
        LongFunction<String> trial = new OwnClasses(Map.of(), StepPoints::into).trial(HandOverTrial.class);

        assertThat(trial.apply(handOver.ordinal() + 1)).isNull();
    }
}
