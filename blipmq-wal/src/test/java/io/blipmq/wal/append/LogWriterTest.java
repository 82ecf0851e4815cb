package io.blipmq.wal.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The log thread's duty cycle: batching, order of writes and forces, faults, markers and the seal. */
class LogWriterTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final String FIRST = "0000000000000001-00000001.segment";

    private final SimulatedStorage storage = new SimulatedStorage(14);
    private final WalFixture log = new WalFixture(storage, WalFixture.smallOptions());

    @Test
    void turnsSubmittedTogetherAreOneWriteAndOneForce() throws IOException {
        log.open();
        for (int turn = 0; turn < 5; turn++) {
            log.append("turn " + turn);
            log.wal().appender().submit(true);
        }
        List<String> calls = callsOf(() -> log.wal().agent().doWork(log.nowNanos()));

        assertThat(calls).hasSize(2);
        assertThat(calls.get(0)).startsWith("write " + FIRST);
        assertThat(calls.get(1)).isEqualTo("force " + FIRST);
    }

    @Test
    void theCoreIsWokenWhenRecordsAreStored() throws IOException {
        log.open();
        int[] wakeups = new int[1];
        log.wal().agent().onStored(() -> wakeups[0]++);
        assertThat(log.wal().agent().doWork(log.nowNanos())).isZero();
        assertThat(wakeups[0]).isZero();
        log.store("a");
        assertThat(wakeups[0]).isEqualTo(1);
    }

    @Test
    void aSegmentIsForcedBeforeTheNextIsNamedAndNamedBeforeItIsUsed() throws IOException {
        log.open();
        log.step();
        List<String> calls = callsOf(() -> {
            while (log.wal().metrics().segments() < 2) {
                log.append("x".repeat(1000));
                log.wal().appender().submit(true);
                log.wal().agent().doWork(log.nowNanos());
                log.drain();
            }
        });
        int cut = indexOf(calls, "truncate " + FIRST);
        List<String> roll = calls.subList(cut, calls.size());
        String second = storage.list().stream()
                .filter(SegmentNames::isSegment)
                .skip(1)
                .findFirst()
                .orElseThrow();

        assertThat(roll.get(1)).isEqualTo("force " + FIRST);
        assertThat(roll.get(2)).startsWith("write next-00000001.prepared 0 4096");
        assertThat(roll.get(3)).isEqualTo("force next-00000001.prepared");
        assertThat(roll.get(4)).isEqualTo("rename next-00000001.prepared " + second);
        assertThat(roll.get(5)).isEqualTo("syncDirectory");
        assertThat(roll.get(6)).startsWith("write " + second + " 4096");
    }

    @Test
    void afterAFailedForceNothingIsStoredAnyMore() throws IOException {
        log.open();
        log.store("a");
        log.append("b");
        log.wal().appender().submit(true);
        storage.failForce();

        assertThatThrownBy(log::step)
                .isInstanceOf(StorageFailedException.class)
                .hasMessageContaining(FIRST)
                .hasMessageContaining("Input/output error");
        assertThat(log.wal().appender().storedSequence()).isEqualTo(1);
        assertThat(log.drain().drainedTexts()).containsExactly("a");
        long changes = storage.changes();
        assertThatThrownBy(log::step).isInstanceOf(StorageFailedException.class);
        assertThat(storage.changes()).as("nothing is tried again").isEqualTo(changes);
    }

    @Test
    void afterAFailedWriteNothingIsStoredAnyMore() throws IOException {
        for (ForcePolicy policy : List.of(ForcePolicy.ALWAYS, ForcePolicy.NONE)) {
            SimulatedStorage disk = new SimulatedStorage(15);
            WalFixture failing =
                    new WalFixture(disk, WalFixture.smallOptions()).with(policy).open();
            failing.store("a");
            failing.append("b");
            failing.wal().appender().submit(true);
            disk.failWriteAfter(10);

            assertThatThrownBy(failing::step).isInstanceOf(StorageFailedException.class);
            assertThat(failing.wal().appender().storedSequence()).isEqualTo(1);
            disk.killProcess();
            assertThat(failing.open().replayedTexts()).containsExactly("a");
        }
    }

    @Test
    void aFailedForceOfAPreparedSegmentIsFinalToo() throws IOException {
        log.open();
        storage.failForce();

        assertThatThrownBy(() -> log.wal().background().doWork(log.nowNanos()))
                .isInstanceOf(StorageFailedException.class);
        assertThatThrownBy(() -> log.wal().background().doWork(log.nowNanos()))
                .isInstanceOf(StorageFailedException.class);
    }

    @Test
    void aMarkerRecordsTheDurableMarkAfterASecondOfIdleness() throws IOException {
        log.open();
        log.store("a");
        log.wal().appender().markIdle(log.nowNanos());
        log.advance(SECOND - 1).wal().appender().markIdle(log.nowNanos());
        assertThat(log.wal().agent().doWork(log.nowNanos())).isZero();

        log.advance(1).wal().appender().markIdle(log.nowNanos());
        long forces = storage.forces();
        assertThat(log.wal().agent().doWork(log.nowNanos())).isEqualTo(1);
        assertThat(storage.forces()).as("a marker is no reason to force").isEqualTo(forces);
        log.drain();

        log.advance(10 * SECOND).wal().appender().markIdle(log.nowNanos());
        assertThat(log.wal().agent().doWork(log.nowNanos())).as("one is enough").isZero();

        storage.killProcess();
        log.open();
        assertThat(log.wal().recovery().rewrittenRecords())
                .as("a is known durable")
                .isZero();
        assertThat(log.replayedTexts()).containsExactly("a");
    }

    @Test
    void theSealEndsTheLogAtWhatIsUsed() throws IOException {
        log.with(ForcePolicy.NONE).open();
        log.append("a");
        log.wal().appender().seal();
        assertThat(log.wal().agent().isSealed()).isFalse();
        log.step();

        assertThat(log.wal().agent().isSealed()).isTrue();
        assertThat(log.drainedTexts()).containsExactly("a");
        assertThat(log.wal().metrics().durableSequence()).isEqualTo(1);
        assertThat(storage.content(FIRST))
                .hasSize(SegmentLayout.FIRST_FRAME + 2 * FrameLayout.HEADER_BYTES + FrameLayout.recordBytes(1));
        assertThatThrownBy(() -> log.append("b"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sealed");
        storage.losePower(0);
        log.open();
        assertThat(log.wal().recovery().sealed()).isTrue();
        assertThat(log.replayedTexts()).containsExactly("a");
    }

    /** The seal says that everything before it is durable. */
    @Test
    void everythingIsForcedBeforeTheSealIsWritten() throws IOException {
        log.with(ForcePolicy.NONE).open();
        log.append("a");
        log.wal().appender().seal();
        List<String> calls = callsOf(() -> log.wal().agent().doWork(log.nowNanos()));

        assertThat(calls).hasSize(5);
        assertThat(calls.get(0)).startsWith("write " + FIRST);
        assertThat(calls.get(1)).isEqualTo("force " + FIRST);
        assertThat(calls.get(2)).startsWith("write " + FIRST);
        assertThat(calls.get(3)).startsWith("truncate " + FIRST);
        assertThat(calls.get(4)).isEqualTo("force " + FIRST);
    }

    @Test
    void waitingEndsWhenSomethingIsSubmitted() throws IOException {
        log.open();
        log.append("a");
        log.wal().appender().submit(true);

        assertThat(log.wal().agent().awaitWork(TimeUnit.HOURS.toNanos(1))).isTrue();
        assertThat(log.wal().agent().awaitWork(0)).as("once").isFalse();
        assertThat(log.wal().agent().doWork(log.nowNanos())).isPositive();
    }

    @Test
    void aForceThatIsDueLaterIsWaitedForAgain() throws IOException {
        log.with(ForcePolicy.intervalMillis(5)).open();
        log.append("a");
        log.wal().appender().submit(true);
        assertThat(log.wal().agent().awaitWork(0)).isTrue();
        log.wal().agent().doWork(log.nowNanos());

        assertThat(log.wal().agent().awaitWork(0)).isTrue();
        log.wal().agent().doWork(log.nowNanos() + TimeUnit.MILLISECONDS.toNanos(5));
        assertThat(log.wal().agent().awaitWork(0)).as("nothing is due").isFalse();
    }

    @Test
    void whatIsHandedOverWakesNobodyWhileWakeupsAreHeld() throws IOException {
        log.open();
        log.wal().appender().holdWakeups(true);
        log.append("a");
        log.wal().appender().submit(true);
        assertThat(log.wal().appender().submittedFrames()).isEqualTo(1);
        assertThat(log.wal().agent().awaitWork(0)).isFalse();
        assertThat(log.wal().agent().doWork(log.nowNanos()))
                .as("a frame and a force")
                .isEqualTo(2);

        log.wal().agent().wakeup();
        assertThat(log.wal().agent().awaitWork(TimeUnit.HOURS.toNanos(1))).isTrue();
        log.wal().appender().holdWakeups(false);
        log.append("b");
        log.wal().appender().submit(true);
        assertThat(log.wal().agent().awaitWork(TimeUnit.HOURS.toNanos(1))).isTrue();
    }

    @Test
    void aTurnThatOnlyWritesStoresWithoutAForce() throws IOException {
        log.with(ForcePolicy.everyN(3)).open();
        log.append("a");
        log.wal().appender().submit(true);
        boolean[] owed = new boolean[1];
        List<String> calls = callsOf(() -> owed[0] = log.wal().agent().write(log.nowNanos()));

        assertThat(calls).singleElement().asString().startsWith("write " + FIRST);
        assertThat(owed[0]).isFalse();
        assertThat(log.drain().drainedTexts()).containsExactly("a");
        log.append("b");
        log.append("c");
        log.wal().appender().submit(true);
        assertThat(log.wal().agent().write(log.nowNanos())).as("a force is due").isTrue();
        log.append("d");
        log.wal().appender().submit(true);
        assertThat(callsOf(() -> log.wal().agent().write(log.nowNanos())))
                .as("no more than the policy lets a power loss take")
                .isEmpty();
        assertThat(log.drain().drainedTexts()).containsExactly("a", "b", "c");
        log.wal().agent().doWork(log.nowNanos());
        assertThat(log.drain().drainedTexts()).containsExactly("a", "b", "c", "d");
        assertThat(storage.calls()).last().isEqualTo("force " + FIRST);
    }

    @Test
    void aTurnThatOnlyWritesLeavesTheNextSegmentAndTheSeal() throws IOException {
        log.with(ForcePolicy.NONE).open();
        log.step();
        while (!log.wal().agent().write(log.nowNanos())) {
            log.drain();
            log.append("x".repeat(1000));
            log.wal().appender().submit(true);
        }
        assertThat(log.wal().metrics().segments()).isEqualTo(1);
        long stored = log.wal().appender().storedSequence();
        log.step();
        assertThat(log.wal().metrics().segments()).isEqualTo(2);
        assertThat(log.wal().appender().storedSequence()).isEqualTo(stored + 1);

        log.wal().appender().seal();
        assertThat(log.wal().agent().write(log.nowNanos())).isTrue();
        assertThat(log.wal().agent().isSealed()).isFalse();
        log.step();
        assertThat(log.wal().agent().isSealed()).isTrue();
    }

    @Test
    void nothingIsStoredByAWriteWhereRecordsWaitForTheForce() throws IOException {
        log.open();
        assertThatThrownBy(() -> log.wal().agent().write(log.nowNanos())).isInstanceOf(IllegalStateException.class);
    }

    private List<String> callsOf(Runnable work) {
        int before = storage.calls().size();
        work.run();
        return storage.calls().subList(before, storage.calls().size());
    }

    private static int indexOf(List<String> calls, String start) {
        for (int index = 0; index < calls.size(); index++) {
            if (calls.get(index).startsWith(start)) {
                return index;
            }
        }
        throw new AssertionError(start + " not in " + calls);
    }
}
