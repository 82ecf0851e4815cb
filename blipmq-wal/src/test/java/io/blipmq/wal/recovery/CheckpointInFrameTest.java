package io.blipmq.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LogContent;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.repair.LogSurvey;
import io.blipmq.wal.repair.Repair;
import io.blipmq.wal.storage.SimulatedCrash;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A turn of the core may end within a long frame, and a checkpoint then stands for the frame's first records only. */
class CheckpointInFrameTest {
    private final SimulatedStorage storage = new SimulatedStorage(5);
    private final WalFixture log = new WalFixture(storage, WalFixture.keyedOptions());
    private final List<String> behind = new ArrayList<>();

    @Test
    void theNextStartReplaysTheRestOfTheFrame() throws IOException {
        checkpointInTheFrameAndDie();
        log.open();

        assertThat(log.restored()).isEqualTo("the first three");
        assertThat(log.replayedTexts()).isEqualTo(behind);
        assertThat(log.wal().recovery().rewrittenRecords())
                .as("the frame is on disk")
                .isZero();
        log.store("after");
        behind.add("after");
        storage.losePower();
        log.open();
        assertThat(log.replayedTexts()).isEqualTo(behind);
    }

    @Test
    void aStartThatDiesChangesNothingOfThat() throws IOException {
        checkpointInTheFrameAndDie();
        for (int changes = 1; changes < 8; changes++) {
            storage.crashAfterChanges(changes);
            try {
                log.open();
            } catch (SimulatedCrash crash) {
                // the next one goes on
            }
            storage.losePower();
        }
        log.open();

        assertThat(log.replayedTexts()).isEqualTo(behind);
    }

    @Test
    void whatFollowsTheFrameSurvives() throws IOException {
        checkpointInTheFrameAndDie("x", "y");
        log.open();

        assertThat(log.replayedTexts()).isEqualTo(behind);
        assertThat(log.wal().recovery().rewrittenRecords()).isEqualTo(2);
    }

    @Test
    void verifyRepairAndSalvageFindItWholeAsTheStartDoes() throws IOException {
        checkpointInTheFrameAndDie();

        assertThat(LogSurvey.of(storage, WalLimits.defaults(), LogContent.ANY)
                        .report()
                        .damages())
                .isEmpty();
        assertThat(Repair.run(storage, WalLimits.defaults(), LogContent.ANY).damages())
                .isEmpty();
        log.with(options -> options.withSalvage(true)).open();
        assertThat(log.wal().salvage().damages()).isEmpty();
        assertThat(log.replayedTexts()).isEqualTo(behind);
    }

    /** A frame of ten records, of which the core has taken three; then frames of one. */
    private void checkpointInTheFrameAndDie(String... more) throws IOException {
        log.open();
        for (int number = 0; number < 10; number++) {
            log.append("record " + number);
            if (number >= 3) {
                behind.add("record " + number);
            }
        }
        log.wal().appender().submit(true);
        log.wal().agent().doWork(log.nowNanos());
        log.drain(3).beginCheckpoint(3, "the first three", LiveRecords.KEEP_ALL).finishCheckpoint();
        for (String text : more) {
            log.append(text);
            log.wal().appender().submit(false);
            log.wal().agent().doWork(log.nowNanos());
            behind.add(text);
        }
        storage.killProcess();
    }
}
