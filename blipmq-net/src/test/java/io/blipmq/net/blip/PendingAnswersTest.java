package io.blipmq.net.blip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.net.NetLimits;
import io.blipmq.protocol.Nack;
import org.junit.jupiter.api.Test;

class PendingAnswersTest {
    /** One that is never written. */
    private static final AnswerKind<BlipSession> KIND = (session, correlationId, value, secondValue, detail) -> true;

    private final PendingAnswers<BlipSession> pending =
            new PendingAnswers<>(NetLimits.defaults().pendingAnswersMax());
    private long nextIn;
    private long nextOut;

    @Test
    void keepsItsOrderWhileItGrowsAndShrinks() {
        for (int round = 0; round < 20; round++) {
            add(700);
            remove(650);
        }
        remove(pending.count());
        assertThat(pending.isEmpty()).isTrue();
        assertThat(nextOut).isEqualTo(14_000);
    }

    @Test
    void takesNoMoreThanItsLimit() {
        add(NetLimits.defaults().pendingAnswersMax() - NetLimits.ANSWERS_PER_PACKET_MAX);
        assertThat(pending.isFull()).isFalse();
        add(1);
        assertThat(pending.isFull()).isTrue();
        add(NetLimits.ANSWERS_PER_PACKET_MAX - 1);
        assertThatThrownBy(() -> add(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void takesNoMoreWhenAnswersNameManyTags() {
        for (int i = 0; i < 2; i++) {
            pending.add(KIND, 1, 1, 0, 0, new long[4096]);
            assertThat(pending.isFull()).isEqualTo(i == 1);
        }
        pending.removeFirst();
        assertThat(pending.isFull()).isFalse();
    }

    private void add(int count) {
        for (int i = 0; i < count; i++, nextIn++) {
            pending.add(KIND, nextIn, nextIn + 1, nextIn + 2, nextIn + 3, Nack.EMPTY_TOPIC);
        }
    }

    private void remove(int count) {
        for (int i = 0; i < count; i++, nextOut++) {
            assertThat(pending.kind()).isEqualTo(KIND);
            assertThat(pending.sequence()).isEqualTo(nextOut);
            assertThat(pending.correlationId()).isEqualTo(nextOut + 1);
            assertThat(pending.value()).isEqualTo(nextOut + 2);
            assertThat(pending.secondValue()).isEqualTo(nextOut + 3);
            assertThat(pending.detail()).isEqualTo(Nack.EMPTY_TOPIC);
            pending.removeFirst();
        }
    }
}
