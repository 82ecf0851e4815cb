package io.blipmq.wal.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.WalMetrics;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.Position;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The log's figures. */
class LogMetricsTest {
    private final SimulatedStorage storage = new SimulatedStorage(17);
    private final WalFixture log = new WalFixture(storage, WalFixture.smallOptions());

    @Test
    void recordsBytesAndForcesAreCounted() throws IOException {
        log.open();
        WalMetrics metrics = log.wal().metrics();
        log.append("12345678");
        log.append("12345678");
        log.wal().appender().submit(true);
        assertThat(metrics.appends()).isZero();
        assertThat(metrics.unstoredBytes()).isEqualTo(FrameLayout.HEADER_BYTES + 2 * 16);
        log.step();

        assertThat(metrics.appends()).isEqualTo(2);
        assertThat(metrics.bytes()).isEqualTo(FrameLayout.HEADER_BYTES + 2 * 16);
        assertThat(metrics.unstoredBytes()).isZero();
        assertThat(metrics.forces()).isEqualTo(1);
        assertThat(metrics.durableSequence()).isEqualTo(2);
    }

    @Test
    void timesAreCumulative() throws IOException {
        log.open();
        log.append("a");
        log.wal().appender().submit(true);
        log.advance(5_000_000).step();
        log.store("b");

        assertThat(log.wal().metrics().commitNanos().getTotalCount()).isEqualTo(2);
        assertThat(log.wal().metrics().commitNanos().getTotalCount())
                .as("a copy")
                .isEqualTo(2);
        assertThat(log.wal().metrics().commitNanos().getMaxValue()).isBetween(4_900_000L, 5_100_000L);
        assertThat(log.wal().metrics().forceNanos().getTotalCount()).isEqualTo(2);
    }

    @Test
    void bytesOnDiskAreThoseOfTheFiles() throws IOException {
        log.open();
        for (int record = 0; record < 100; record++) {
            log.store("x".repeat(500));
        }
        assertThat(log.wal().metrics().logBytes()).isEqualTo(filesBytes());
        storage.killProcess();
        log.open();
        assertThat(log.wal().metrics().logBytes()).isEqualTo(filesBytes());
        assertThat(log.wal().metrics().segments()).isEqualTo((int)
                storage.list().stream().filter(SegmentNames::isSegment).count());
    }

    @Test
    void tornBytesAreReported() throws IOException {
        log.open();
        log.store("a");
        int end = Position.offset(log.wal().appender().position()) + 8;
        storage.killProcess();
        storage.overwrite("0000000000000001-00000001.segment", end, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        log.open();

        assertThat(log.wal().metrics().tornBytes()).isEqualTo(8);
    }

    private long filesBytes() {
        return storage.list().stream()
                .filter(name -> SegmentNames.isSegment(name) || SegmentNames.isPrepared(name))
                .mapToLong(name -> storage.content(name).length)
                .sum();
    }
}
