package io.blipmq.wal.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.Capacity;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Checkpoints: when they are due, what a start takes from them, and in which order things reach the disk. */
class CheckpointTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final SimulatedStorage storage = new SimulatedStorage(21);
    private final WalFixture log = new WalFixture(storage, WalFixture.keyedOptions());

    @Test
    void aStartTakesTheCheckpointAndReplaysOnlyWhatIsBehindIt() throws IOException {
        log.open();
        log.store("a1");
        log.store("a2");
        log.checkpoint("two records", LiveRecords.KEEP_ALL);
        log.store("a3");
        assertThat(log.wal().checkpointedSequence()).isEqualTo(2);
        log.stop().open();

        assertThat(log.restored()).isEqualTo("two records");
        assertThat(log.restoredSequence()).isEqualTo(2);
        assertThat(log.replayedTexts()).containsExactly("a3");
        assertThat(log.wal().checkpointedSequence()).isEqualTo(2);
    }

    @Test
    void whatTheCheckpointStandsForIsFoundByKey() throws IOException {
        log.open();
        List<String> texts = new ArrayList<>();
        for (int record = 0; record < 300; record++) {
            texts.add((record % 3 == 0 ? "a" : "b") + record + "x".repeat(100));
            log.store(texts.get(record));
        }
        log.checkpoint("state", LiveRecords.KEEP_ALL);
        log.stop().open();

        assertThat(log.replayed()).isEmpty();
        assertThat(log.wal().keyIndex().indexedThrough()).isEqualTo(300);
        List<WalFixture.Seen> all = log.find("a", 1, 300, 1000);
        assertThat(all.stream().map(WalFixture.Seen::text))
                .isEqualTo(texts.stream().filter(text -> text.startsWith("a")).toList());
        assertThat(log.find("a", 4, 10, 1000).stream().map(WalFixture.Seen::sequence))
                .containsExactly(4L, 7L, 10L);
        assertThat(log.find("a", 5, 300, 2).stream().map(WalFixture.Seen::sequence))
                .containsExactly(7L, 10L);
        assertThat(log.find("c", 1, 300, 10)).isEmpty();
        assertThat(log.find("", 1, 300, 10)).isEmpty();
    }

    @Test
    void aCleanEndAfterACheckpointLeavesNothingToReplay() throws IOException {
        log.open();
        log.store("a");
        log.checkpoint("clean", LiveRecords.KEEP_ALL);
        log.stop().open();

        assertThat(log.replayed()).isEmpty();
        assertThat(log.restored()).isEqualTo("clean");
        assertThat(log.store("b")).isEqualTo(2);
        log.stop().open();
        assertThat(log.replayedTexts()).containsExactly("b");
    }

    @Test
    void dueAfterSomeTimeWithAnythingNewOrAfterSomeLog() throws IOException {
        log.with(options -> options.withCheckpoints(10_000, 30 * SECOND)).open();
        assertThat(isDue()).isFalse();
        log.advance(40 * SECOND);
        assertThat(isDue()).as("nothing new").isFalse();
        log.store("a");
        assertThat(isDue()).isTrue();
        log.beginCheckpoint("", LiveRecords.KEEP_ALL);
        assertThat(isDue()).as("one at a time").isFalse();
        assertThatThrownBy(() -> log.beginCheckpoint("", LiveRecords.KEEP_ALL))
                .isInstanceOf(IllegalStateException.class);
        log.finishCheckpoint();
        log.store("b");
        assertThat(isDue()).isFalse();
        for (int record = 0; record < 10; record++) {
            log.store("x".repeat(1000));
        }
        assertThat(isDue()).isTrue();
    }

    @Test
    void dueAtOnceAfterAStartThatReplayedALot() throws IOException {
        log.with(options -> options.withCheckpoints(10_000, 30 * SECOND)).open();
        for (int record = 0; record < 10; record++) {
            log.store("x".repeat(1000));
        }
        log.stop().open();

        assertThat(isDue()).isTrue();
    }

    @Test
    void whatIsNotStoredCannotBeCheckpointed() throws IOException {
        log.open();
        log.append("a");

        assertThatThrownBy(() -> log.wal().checkpoint(1, ByteBuffer.allocate(0), LiveRecords.KEEP_ALL))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLogIsForcedBeforeTheCheckpointGetsItsName() throws IOException {
        log.with(ForcePolicy.NONE).open();
        log.store("a");
        log.settle();
        int before = storage.calls().size();
        log.checkpoint("state", LiveRecords.KEEP_ALL);
        List<String> calls = storage.calls().subList(before, storage.calls().size());

        assertThat(calls)
                .containsSubsequence(
                        "force 0000000000000001-00000001.segment",
                        "create checkpoint.tmp",
                        "force checkpoint.tmp",
                        "rename checkpoint.tmp checkpoint",
                        "syncDirectory");
    }

    /** Were preparing always first, a flood of publishes would keep every checkpoint from being written. */
    @Test
    void aCheckpointGoesOnWhileSegmentsAreUsedAsFastAsTheyArePrepared() throws IOException {
        log.open();
        log.store("a");
        log.beginCheckpoint("state", LiveRecords.KEEP_ALL);
        int turns = 0;
        while (log.wal().isCheckpointing()) {
            while (log.wal().appender().roomFor(1000) == Capacity.YES) {
                log.append(1, ByteBuffer.allocate(1000));
                log.wal().appender().submit(true);
                log.wal().agent().doWork(log.nowNanos());
                log.drain();
            }
            log.wal().background().doWork(log.nowNanos());
            assertThat(turns++).isLessThan(500);
        }

        assertThat(log.wal().checkpointedSequence()).isEqualTo(1);
    }

    private boolean isDue() {
        return log.wal().isCheckpointDue(log.nowNanos(), false);
    }
}
