package io.blipmq.wal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A log from the outside: append, store, drain, read back, end and start again. */
class WalTest {
    private final SimulatedStorage storage = new SimulatedStorage(1);
    private final WalFixture log = new WalFixture(storage, WalFixture.smallOptions());

    @Test
    void aNewLogIsEmpty() throws IOException {
        log.open();

        assertThat(log.replayed()).isEmpty();
        assertThat(log.wal().appender().lastSequence()).isZero();
        assertThat(log.wal().recovery().fresh()).isTrue();
        assertThat(log.wal().recovery().nextSequence()).isEqualTo(1);
    }

    @Test
    void aRecordIsGivenOutOnceItIsStored() throws IOException {
        log.open();
        assertThat(log.append("a")).isEqualTo(1);
        assertThat(log.append("b")).isEqualTo(2);
        assertThat(log.drain().drained()).isEmpty();

        assertThat(log.wal().appender().submit(true)).isTrue();
        assertThat(log.drain().drained()).isEmpty();
        assertThat(log.wal().appender().storedSequence()).isZero();

        log.step();
        assertThat(log.drainedTexts()).containsExactly("a", "b");
        assertThat(log.wal().appender().storedSequence()).isEqualTo(2);
    }

    @Test
    void numberingGoesOnAfterACleanEnd() throws IOException {
        log.open();
        log.store("a");
        log.store("b");
        log.stop().open();

        assertThat(log.replayedTexts()).containsExactly("a", "b");
        assertThat(log.wal().recovery().sealed()).isTrue();
        assertThat(log.wal().recovery().epoch()).isEqualTo(2);
        assertThat(log.store("c")).isEqualTo(3);
        log.stop().open();
        assertThat(log.replayedTexts()).containsExactly("a", "b", "c");
    }

    @Test
    void numberingJumpsAfterTheProcessDied() throws IOException {
        log.open();
        log.store("a");
        storage.killProcess();
        log.open();

        assertThat(log.replayedTexts()).containsExactly("a");
        assertThat(log.wal().recovery().sealed()).isFalse();
        assertThat(log.store("b")).isGreaterThanOrEqualTo(1L << 32);
        storage.killProcess();
        log.open();
        assertThat(log.replayedTexts()).containsExactly("a", "b");
    }

    @Test
    void aLongLogRollsOverManySegments() throws IOException {
        log.open();
        List<String> texts = new ArrayList<>();
        for (int index = 0; index < 3000; index++) {
            texts.add("record " + index + " " + "x".repeat(index % 97));
            log.append(texts.get(index));
            if (index % 7 == 0) {
                log.wal().appender().submit(true);
                log.step();
            }
        }
        log.wal().appender().submit(true);
        log.step();

        assertThat(log.drainedTexts()).isEqualTo(texts);
        assertThat(log.wal().metrics().segments()).isGreaterThan(10);
        log.stop().open();
        assertThat(log.replayedTexts()).isEqualTo(texts);
    }
}
