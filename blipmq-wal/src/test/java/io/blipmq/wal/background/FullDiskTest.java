package io.blipmq.wal.background;

import static io.blipmq.wal.engine.WalFixture.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Checkpoints, indexes and compaction on a disk that is full, and on one that fails. */
class FullDiskTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final SimulatedStorage storage = new SimulatedStorage(51);
    private final WalFixture log = new WalFixture(storage, WalFixture.keyedOptions());

    @Test
    void theBallastMakesRoomForTheCheckpointThatFreesRoom() throws IOException {
        log.open();
        fill();
        log.settle();
        assertThat(storage.list()).contains("ballast");
        storage.limitBytes(storage.usedBytes());
        log.checkpoint("x".repeat(500), live(sequence -> false));

        assertThat(log.wal().metrics().checkpoints()).isEqualTo(1);
        assertThat(storage.list()).filteredOn(SegmentNames::isSegment).hasSize(1);
        log.advance(SECOND).settle();
        assertThat(storage.list()).as("claimed again").contains("ballast");
        log.stop().open();
        assertThat(log.restored()).isEqualTo("x".repeat(500));
    }

    @Test
    void aCheckpointWithoutRoomIsGivenUpAndDueAgainSoon() throws IOException {
        log.open();
        fill();
        log.settle();
        storage.limitBytes(storage.usedBytes());
        log.checkpoint("x".repeat(50_000), LiveRecords.KEEP_ALL);

        assertThat(log.wal().metrics().checkpointsGivenUp()).isEqualTo(1);
        assertThat(log.wal().checkpointedSequence()).isZero();
        assertThat(storage.list()).doesNotContain("checkpoint", "checkpoint.tmp");
        log.advance(SECOND);
        assertThat(log.wal().isCheckpointDue(log.nowNanos(), false)).isTrue();
        storage.limitBytes(Long.MAX_VALUE);
        log.checkpoint("x".repeat(50_000), LiveRecords.KEEP_ALL);
        assertThat(log.wal().metrics().checkpoints()).isEqualTo(1);
    }

    @Test
    void whileTheDiskIsFullACheckpointIsDueEverySecondThatBringsAnything() throws IOException {
        log.open();
        fill();
        log.settle();
        log.checkpoint("state", LiveRecords.KEEP_ALL);
        storage.limitBytes(storage.usedBytes() + 3000); // for a checkpoint, not for a segment
        while (!log.wal().metrics().isFull()) {
            log.store("a");
            log.settle();
        }
        log.checkpoint("state", LiveRecords.KEEP_ALL);
        log.advance(SECOND).settle();
        assertThat(log.wal().isCheckpointDue(log.nowNanos(), false))
                .as("nothing is new")
                .isFalse();
        assertThat(log.wal().isCheckpointDue(log.nowNanos(), true))
                .as("what has no room")
                .isTrue();
        log.store("b");
        assertThat(log.wal().isCheckpointDue(log.nowNanos(), false)).isTrue();
        log.checkpoint("state", LiveRecords.KEEP_ALL);
        log.store("c");
        assertThat(log.wal().isCheckpointDue(log.nowNanos(), false))
                .as("too soon")
                .isFalse();
    }

    @Test
    void compactionWithoutRoomIsLeftAndTheCheckpointWritten() throws IOException {
        log.open();
        fill();
        log.settle();
        storage.limitBytes(storage.usedBytes() + 2000);
        log.checkpoint("state", live(sequence -> sequence % 5 == 0));

        assertThat(log.wal().metrics().checkpoints()).isEqualTo(1);
        assertThat(storage.list()).noneMatch(name -> name.contains("compacted"));
        assertThat(log.find("a", 1, 1000, 1000)).isNotEmpty();
    }

    /** Or it would be given up again and again, and nothing of what it frees would be deleted. */
    @Test
    void compactionDoesNotTakeTheRoomOfTheCheckpoint() throws IOException {
        log.open();
        fill();
        log.settle();
        storage.limitBytes(storage.usedBytes() + 24_000);
        LiveRecords live = live(sequence -> sequence > 30 && sequence % 3 == 0);
        for (int attempt = 0; attempt < 4 && log.wal().metrics().checkpoints() == 0; attempt++) {
            log.checkpoint("x".repeat(15_000), live);
            log.advance(SECOND);
        }

        assertThat(log.wal().metrics().checkpoints()).isEqualTo(1);
        assertThat(storage.list()).as("dead").doesNotContain("0000000000000001-00000001.segment");
        storage.limitBytes(Long.MAX_VALUE);
        log.checkpoint("x".repeat(15_000), live);
        assertThat(storage.list()).as("sparse").anyMatch(SegmentNames::isCompacted);
    }

    @Test
    void compactionWithoutRoomLeavesNoFileOpen() throws IOException {
        log.open();
        fill();
        log.settle();
        int before = storage.openHandles();
        storage.limitBytes(storage.usedBytes() + 1500);
        for (int attempt = 0; attempt < 5; attempt++) {
            log.checkpoint("state", live(sequence -> sequence % 5 == 0));
        }

        assertThat(storage.openHandles()).isEqualTo(before);
    }

    @Test
    void theBallastIsStillThereForTheFirstCheckpointAfterAStart() throws IOException {
        log.open();
        fill();
        log.checkpoint("x".repeat(20_000), LiveRecords.KEEP_ALL).settle();
        log.advance(SECOND).settle();
        log.stop().open();
        log.store("a");
        log.advance(SECOND).settle();
        storage.limitBytes(storage.usedBytes());
        log.checkpoint("x".repeat(20_000), live(sequence -> false));

        assertThat(log.wal().metrics().checkpoints()).isEqualTo(1);
    }

    /** Somebody else has filled the disk, and there is no prepared segment left. */
    @Test
    void theBallastMakesRoomForTheFirstSegmentOfAStart() throws IOException {
        log.with(options -> options.withSegments(1 << 20, 1 << 20, 2048, 1024)).open();
        fill();
        log.settle();
        storage.killProcess();
        storage.list().stream().filter(SegmentNames::isPrepared).toList().forEach(storage::lose);
        storage.limitBytes(storage.usedBytes());
        log.open();

        assertThat(log.replayed()).hasSize(150);
        assertThat(storage.list()).doesNotContain("ballast");
    }

    /** Less and less room, until the start needs the ballast's. */
    @Test
    void theBallastMakesRoomForTheIndexOfAStart() throws IOException {
        log.open();
        for (long missing = 0; storage.list().contains("ballast"); missing += 200) {
            fill();
            log.settle();
            storage.killProcess();
            storage.lose("0000000000000001-00000001.index");
            storage.limitBytes(storage.usedBytes() - missing);
            log.open();

            assertThat(storage.list()).contains("0000000000000001-00000001.index");
            storage.limitBytes(Long.MAX_VALUE);
        }
    }

    @Test
    void anIndexThatFoundRoomAgainEndsTheFullDiskWithoutAnotherSegment() throws IOException {
        log.open().settle();
        while (log.wal().appender().submittedFrames() < 40) {
            log.append("a" + "x".repeat(400));
            log.wal().appender().submit(true);
        }
        log.settle(); // prepares the next segment, before the first one is closed
        log.wal().agent().doWork(log.nowNanos());
        assertThat(storage.list()).filteredOn(SegmentNames::isSegment).hasSize(2);
        storage.limitBytes(storage.usedBytes() - storage.content("ballast").length);
        log.drain().settle();
        assertThat(log.wal().metrics().isFull()).as("no room for the index").isTrue();
        storage.limitBytes(Long.MAX_VALUE);
        log.advance(SECOND).settle();

        assertThat(storage.list()).contains("0000000000000001-00000001.index");
        assertThat(log.wal().metrics().isFull()).isFalse();
    }

    @Test
    void aFailedForceOfACheckpointIsFinal() throws IOException {
        log.open();
        log.store("a");
        log.settle();
        storage.failForce();
        log.beginCheckpoint("state", LiveRecords.KEEP_ALL);

        assertThatThrownBy(log::finishCheckpoint).isInstanceOf(StorageFailedException.class);
        assertThatThrownBy(() -> log.wal().background().doWork(log.nowNanos()))
                .isInstanceOf(StorageFailedException.class);
    }

    @Test
    void theScrubReportsDamageBeforeAnybodyNeedsWhatIsDamaged() throws IOException {
        log.with(options -> options.withScrubNanos(SECOND)).open();
        fill();
        log.settle();
        storage.flipBit("0000000000000001-00000001.segment", 5000);
        int segments =
                (int) storage.list().stream().filter(SegmentNames::isSegment).count() - 1;
        for (int turn = 0; turn < 3 * segments; turn++) {
            log.advance(SECOND).settle();
        }

        assertThat(log.wal().metrics().damages()).as("reported once").isEqualTo(1);
        assertThat(log.wal().metrics().segmentsScrubbed()).isEqualTo(3L * (segments - 1));
    }

    /** @return the second segment, which stays as it is */
    private String makeSecondIndexUnreadable() throws IOException {
        String second = storage.list().stream()
                .filter(SegmentNames::isSegment)
                .skip(1)
                .findFirst()
                .orElseThrow();
        storage.makeUnreadable(SegmentNames.index(second), 100);
        return second;
    }

    @Test
    void theScrubReportsWhatTheDiskCannotRead() throws IOException {
        log.with(options -> options.withScrubNanos(SECOND)).open();
        fill();
        log.settle();
        storage.makeUnreadable("0000000000000001-00000001.segment", 5000);
        makeSecondIndexUnreadable();
        for (int turn = 0; turn < 20; turn++) {
            log.advance(SECOND).settle();
        }

        assertThat(log.wal().metrics().damages()).isEqualTo(2);
        assertThat(log.wal().metrics().segmentsScrubbed()).isPositive();
    }

    @Test
    void whatTheDiskCannotReadIsNotCompactedAndDeletedOnceItIsDead() throws IOException {
        log.open();
        fill();
        log.settle();
        String first = "0000000000000001-00000001.segment";
        storage.makeUnreadable(first, 5000);
        String second = makeSecondIndexUnreadable();
        log.checkpoint("state", live(sequence -> sequence % 5 == 0));

        assertThat(log.wal().metrics().checkpoints()).isEqualTo(1);
        assertThat(log.wal().metrics().damages()).isEqualTo(2);
        assertThat(storage.list()).contains(first, second);
        log.checkpoint("state", live(sequence -> sequence % 5 == 0));
        assertThat(storage.list()).anyMatch(SegmentNames::isCompacted);
        log.checkpoint("state", live(sequence -> false));
        assertThat(storage.list()).doesNotContain(first);
    }

    private void fill() {
        for (int record = 0; record < 150; record++) {
            log.store("a" + record + "x".repeat(400));
        }
    }
}
