package io.blipmq.wal.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What each policy promises, shown by losing power with everything unforced lost. */
class ForcePolicyTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final SimulatedStorage storage = new SimulatedStorage(5);
    private final WalFixture log = new WalFixture(storage, WalFixture.smallOptions());

    @Test
    void alwaysLosesNothingStored() throws IOException {
        log.with(ForcePolicy.ALWAYS).open();
        log.store("a");
        log.store("b");
        assertThat(log.wal().appender().storedSequence()).isEqualTo(2);

        assertThat(afterPowerLoss()).containsExactly("a", "b");
    }

    @Test
    void alwaysForcesOncePerBatch() throws IOException {
        log.open();
        long forces = log.wal().metrics().forces();
        for (int turn = 0; turn < 10; turn++) {
            log.append("turn " + turn);
            log.wal().appender().submit(true);
        }
        log.wal().agent().doWork(log.nowNanos());

        assertThat(log.wal().metrics().forces() - forces).isEqualTo(1);
        assertThat(log.wal().appender().storedSequence()).isEqualTo(10);
    }

    @Test
    void alwaysDoesNotForceForATurnThatAsksForNone() throws IOException {
        log.open();
        log.store("published");
        long forces = log.wal().metrics().forces();
        log.append("ack");
        log.wal().appender().submit(false);
        log.step();

        assertThat(log.wal().metrics().forces()).isEqualTo(forces);
        assertThat(log.wal().appender().storedSequence())
                .as("written is enough for it")
                .isEqualTo(2);
        assertThat(log.wal().metrics().durableSequence()).isEqualTo(1);
        assertThat(log.advance(100 * SECOND).step().wal().metrics().forces()).isEqualTo(forces);
    }

    @Test
    void whatAskedForNoForceRidesTheNext() throws IOException {
        log.open();
        log.append("ack");
        log.wal().appender().submit(false);
        log.step();
        log.store("published");

        assertThat(log.wal().metrics().durableSequence()).isEqualTo(2);
        assertThat(afterPowerLoss()).containsExactly("ack", "published");
    }

    @Test
    void everyNLosesFewerThanNRecordsAndABatch() throws IOException {
        log.with(ForcePolicy.everyN(4)).open();
        for (int record = 1; record <= 3; record++) {
            log.store("record " + record);
        }
        assertThat(log.wal().appender().storedSequence())
                .as("stored once written")
                .isEqualTo(3);
        assertThat(log.wal().metrics().durableSequence()).isZero();
        log.store("record 4");
        assertThat(log.wal().metrics().durableSequence()).isEqualTo(4);
        log.store("record 5");

        assertThat(afterPowerLoss()).containsExactly("record 1", "record 2", "record 3", "record 4");
    }

    @Test
    void everyNForcesTheIdleTailAfterASecond() throws IOException {
        log.with(ForcePolicy.everyN(1000)).open();
        log.store("a");
        log.advance(SECOND - 1).step();
        assertThat(log.wal().metrics().durableSequence()).isZero();
        log.advance(1).step();
        assertThat(log.wal().metrics().durableSequence()).isEqualTo(1);

        assertThat(afterPowerLoss()).containsExactly("a");
    }

    @Test
    void everyNForcesASteadyTrickleAfterASecond() throws IOException {
        log.with(ForcePolicy.everyN(1000)).open();
        for (int record = 0; record < 11; record++) {
            log.store("record " + record);
            log.advance(SECOND / 10);
        }
        log.step();

        assertThat(log.wal().metrics().durableSequence()).isGreaterThanOrEqualTo(10);
    }

    @Test
    void intervalLosesWhatIsYoungerThanTheInterval() throws IOException {
        log.with(ForcePolicy.intervalMillis(20)).open();
        log.store("a");
        log.advance(15 * MILLI).step();
        log.store("b");
        assertThat(log.wal().metrics().durableSequence()).isZero();
        assertThat(log.wal().appender().storedSequence()).isEqualTo(2);
        log.advance(5 * MILLI).step();
        assertThat(log.wal().metrics().durableSequence()).as("a is 20 ms old").isEqualTo(2);
        log.store("c");
        log.advance(19 * MILLI).step();

        assertThat(afterPowerLoss()).containsExactly("a", "b");
    }

    @Test
    void noneNeverForcesOnARecordsPath() throws IOException {
        log.with(ForcePolicy.NONE).open();
        long forces = log.wal().metrics().forces();
        for (int record = 0; record < 20; record++) {
            log.store("record " + record);
            log.advance(SECOND);
        }

        assertThat(log.wal().metrics().forces()).isEqualTo(forces);
        assertThat(log.wal().appender().storedSequence()).isEqualTo(20);
        assertThat(afterPowerLoss()).isEmpty();
    }

    @Test
    void noneForcesASegmentThatCloses() throws IOException {
        log.with(ForcePolicy.NONE).open();
        int records = 0;
        while (log.wal().metrics().segments() < 3) {
            log.store("record " + records++ + "x".repeat(400));
        }
        long durable = log.wal().metrics().durableSequence();
        assertThat(durable).isBetween(1L, records - 1L);

        assertThat(afterPowerLoss()).hasSize((int) durable);
    }

    @Test
    void deathOfTheProcessLosesNothingStoredUnderAnyPolicy() throws IOException {
        for (ForcePolicy policy : new ForcePolicy[] {
            ForcePolicy.ALWAYS, ForcePolicy.NONE, ForcePolicy.everyN(100), ForcePolicy.intervalMillis(1000)
        }) {
            SimulatedStorage disk = new SimulatedStorage(6);
            WalFixture killed =
                    new WalFixture(disk, WalFixture.smallOptions()).with(policy).open();
            killed.store("a");
            killed.store("b");
            disk.killProcess();

            assertThat(killed.open().replayedTexts()).as("under %s", policy).containsExactly("a", "b");
        }
    }

    @Test
    void impossiblePoliciesAreRefused() {
        assertThatThrownBy(() -> ForcePolicy.everyN(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ForcePolicy.intervalMillis(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private List<String> afterPowerLoss() throws IOException {
        storage.losePower(0);
        return log.open().replayedTexts();
    }
}
