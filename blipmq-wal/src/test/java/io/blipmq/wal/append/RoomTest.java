package io.blipmq.wal.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.Capacity;
import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the log takes, and when it says busy or full instead. */
class RoomTest {
    private static final int BODY = 100;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final SimulatedStorage storage = new SimulatedStorage(13);
    private final WalFixture log = new WalFixture(storage, WalFixture.smallOptions());

    @Test
    void busyWhenTheNextSegmentIsNotPreparedYet() throws IOException {
        log.open();
        while (room() == Capacity.YES) {
            appendAndWrite();
        }
        assertThat(room()).isEqualTo(Capacity.BUSY);
        log.wal().background().doWork(log.nowNanos());
        assertThat(room()).isEqualTo(Capacity.YES);
    }

    @Test
    void theCoreIsWokenWhenASegmentIsPrepared() throws IOException {
        log.open();
        int[] wakeups = new int[1];
        log.wal().background().onPrepared(() -> wakeups[0]++);
        log.wal().background().doWork(log.nowNanos());

        assertThat(wakeups[0]).isEqualTo(1);
        log.settle();
        assertThat(wakeups[0]).as("one is enough").isEqualTo(1);
    }

    @Test
    void busyWhenTooMuchIsUnstored() throws IOException {
        WalFixture small = new WalFixture(storage, WalFixture.smallOptions().withMemory(4096, 1000, 0)).open();
        while (small.wal().appender().roomFor(BODY) == Capacity.YES) {
            small.append(1, ByteBuffer.allocate(BODY));
        }
        assertThat(small.wal().appender().roomFor(BODY)).isEqualTo(Capacity.BUSY);
        assertThat(small.wal().appender().lastSequence()).isBetween(5L, 9L);
        small.wal().appender().submit(true);
        small.step();
        assertThat(small.wal().appender().roomFor(BODY)).isEqualTo(Capacity.YES);
    }

    @Test
    void smallRecordsLeaveALargeOneThatWaitsItsRoom() throws IOException {
        WalFixture small = new WalFixture(storage, WalFixture.smallOptions().withMemory(4096, 4000, 0)).open();
        boolean taken = false;
        for (int turn = 0; turn < 100 && !taken; turn++) {
            while (small.wal().appender().roomFor(BODY) == Capacity.YES) {
                small.append(1, ByteBuffer.allocate(BODY));
            }
            taken = small.wal().appender().roomFor(1900) == Capacity.YES;
            small.wal().appender().submit(true);
            small.wal().agent().doWork(small.nowNanos());
            small.wal().background().doWork(small.nowNanos());
            small.drain(10);
        }

        assertThat(taken).isTrue();
        assertThat(small.wal().appender().roomFor(BODY)).isEqualTo(Capacity.YES);
    }

    @Test
    void smallRecordsDoNotWaitForALargeOneThatIsGone() throws IOException {
        WalFixture small = new WalFixture(storage, WalFixture.smallOptions().withMemory(4096, 2000, 0)).open();
        small.append(1, ByteBuffer.allocate(BODY));
        assertThat(small.wal().appender().roomFor(1900)).isEqualTo(Capacity.BUSY);
        assertThat(small.wal().appender().roomFor(BODY)).isEqualTo(Capacity.BUSY);
        small.wal().appender().submit(true);
        small.step();

        assertThat(small.wal().appender().roomFor(BODY)).as("its turn").isEqualTo(Capacity.BUSY);
        small.drain();
        assertThat(small.wal().appender().roomFor(BODY)).isEqualTo(Capacity.YES);
    }

    @Test
    void aRecordLongerThanTheBudgetIsTakenAlone() throws IOException {
        WalFixture small = new WalFixture(storage, WalFixture.smallOptions().withMemory(64, 100, 0)).open();

        assertThat(small.wal().appender().roomFor(1000)).isEqualTo(Capacity.YES);
        small.store("x".repeat(1000));
        assertThat(small.drainedTexts()).containsExactly("x".repeat(1000));
    }

    @Test
    void busyWhenTooManyTurnsWait() throws IOException {
        log.open();
        int turns = 0;
        while (log.wal().appender().roomFor(0) == Capacity.YES) {
            log.append(1, ByteBuffer.allocate(0));
            log.wal().appender().submit(true);
            turns++;
            if (turns % 100 == 0) {
                log.wal().agent().doWork(log.nowNanos());
                log.wal().background().doWork(log.nowNanos());
            }
            assertThat(turns).isLessThan(5000);
        }
        assertThat(log.wal().appender().roomFor(0)).isEqualTo(Capacity.BUSY);
        log.step();
        assertThat(log.drained()).hasSize(turns);
        assertThat(log.wal().appender().roomFor(0)).isEqualTo(Capacity.YES);
    }

    @Test
    void fullWhenTheDiskHasNoRoomForASegmentAndServiceResumesByItself() throws IOException {
        log.open();
        storage.limitBytes(storage.usedBytes() + 5000);
        log.step();
        assertThat(log.wal().metrics().isFull()).isTrue();
        assertThat(storage.list()).as("a half prepared segment takes no room").noneMatch(SegmentNames::isTemporary);
        while (room() == Capacity.YES) {
            appendAndWrite();
        }
        assertThat(room()).isEqualTo(Capacity.FULL);

        storage.limitBytes(Long.MAX_VALUE);
        log.advance(SECOND - 1).step();
        assertThat(room()).as("tried once a second").isEqualTo(Capacity.FULL);
        log.advance(1).step();
        assertThat(room()).isEqualTo(Capacity.YES);
        assertThat(log.wal().metrics().isFull()).isFalse();
        log.store("resumed");
        storage.losePower();
        log.open();
        assertThat(log.replayedTexts()).endsWith("resumed");
    }

    @Test
    void theReserveStaysForAcks() throws IOException {
        log.open();
        storage.limitBytes(0);
        log.step();
        while (room() == Capacity.YES) {
            appendAndWrite();
        }
        int acks = 0;
        while (log.wal().appender().roomInReserve(16) == Capacity.YES) {
            log.append(2, ByteBuffer.allocate(16));
            log.wal().appender().submit(true);
            log.step();
            acks++;
        }
        assertThat(acks).isGreaterThanOrEqualTo(1024 / (FrameLayout.HEADER_BYTES + FrameLayout.recordBytes(16)));
        assertThat(log.wal().appender().roomInReserve(16)).isEqualTo(Capacity.FULL);
        long last = log.wal().appender().lastSequence();
        log.stop();
        storage.limitBytes(Long.MAX_VALUE);
        log.open();
        assertThat(log.replayed()).hasSize((int) last);
    }

    @Test
    void aStartOnAnAlmostFullDiskClaimsWhatThereIs() throws IOException {
        log.open();
        log.store("a");
        storage.killProcess();
        storage.lose("next-00000001.prepared");
        storage.limitBytes(storage.usedBytes() + 10_000);
        log.open();

        assertThat(log.replayedTexts()).containsExactly("a");
        assertThat(log.wal().appender().roomInReserve(16)).isEqualTo(Capacity.YES);
    }

    @Test
    void aStartOnAFullDiskSaysSo() throws IOException {
        storage.limitBytes(100);

        assertThatThrownBy(log::open)
                .isInstanceOf(DiskFullException.class)
                .hasMessageContaining("no room for the log's first segment in simulated storage")
                .hasMessageContaining("which takes 4136 bytes at least: make room");
        assertThat(storage.list()).isEmpty();
    }

    @Test
    void aStartOnAFullDiskNamesWhatTheNextSegmentTakesAndLeavesTheLogAlone() throws IOException {
        log.open();
        log.store("a");
        storage.killProcess();
        storage.lose("next-00000001.prepared");
        storage.lose(SegmentNames.BALLAST);
        List<String> before = storage.list();
        storage.limitBytes(storage.usedBytes());

        assertThatThrownBy(log::open)
                .isInstanceOf(DiskFullException.class)
                .hasMessageContaining("no room for the log's next segment in simulated storage")
                .hasMessageMatching(".* takes \\d+ bytes at least: .*");
        assertThat(storage.list()).containsAll(before);
    }

    @Test
    void anOversizedRecordIsAnError() throws IOException {
        log.open();

        assertThatThrownBy(() -> log.wal().appender().roomFor(2049)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.wal().appender().claim(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void appendingPastTheRoomIsAnError() throws IOException {
        log.open();
        assertThatThrownBy(() -> {
                    for (int record = 0; record < 1000; record++) {
                        log.append(1, ByteBuffer.allocate(BODY));
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("without asking for room");
    }

    private Capacity room() {
        return log.wal().appender().roomFor(BODY);
    }

    private void appendAndWrite() {
        log.append(1, ByteBuffer.allocate(BODY));
        log.wal().appender().submit(true);
        log.wal().agent().doWork(log.nowNanos());
        log.drain();
    }
}
