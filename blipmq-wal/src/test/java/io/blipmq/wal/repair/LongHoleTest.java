package io.blipmq.wal.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.blipmq.wal.LogContent;
import io.blipmq.wal.LogDamage;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.OfflineLog;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.Position;
import io.blipmq.wal.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage in a frame that is longer than what a reader has in memory: what follows it is found all the same. */
class LongHoleTest {
    private static final String FIRST = "0000000000000001-00000001.segment";
    private static final int BATCH = 4_000;

    @TempDir
    private Path directory;

    private long firstEnd;
    private long secondEnd;

    /** Four frames of 400 KB; the second one is damaged in its middle. */
    @BeforeEach
    void damage() throws IOException {
        WalFixture log = log(false).open();
        for (int batch = 1; batch <= 4; batch++) {
            for (int record = 0; record < BATCH; record++) {
                log.append("batch " + batch + " ".repeat(80));
            }
            log.wal().appender().submit(true);
            log.step();
            firstEnd = batch == 1 ? end(log) : firstEnd;
            secondEnd = batch == 2 ? end(log) : secondEnd;
        }
        log.wal().close();
        assertThat(secondEnd - firstEnd).isGreaterThan(256 << 10);
        byte[] content = Files.readAllBytes(directory.resolve(FIRST));
        content[(int) (firstEnd + secondEnd) / 2] ^= 1;
        Files.write(directory.resolve(FIRST), content);
    }

    private WalFixture log(boolean salvage) throws IOException {
        WalOptions options = WalOptions.defaults().withLockWaitNanos(0).withSalvage(salvage);
        return new WalFixture(FileStorage.open(directory), options);
    }

    private static long end(WalFixture log) {
        return Position.offset(log.wal().appender().position()) + FrameLayout.align("batch 1".length() + 80);
    }

    @Test
    void verifyNamesWhatIsLost() throws IOException {
        try (OfflineLog log = OfflineLog.toRead(directory)) {
            assertThat(log.verify(LogContent.ANY).damages())
                    .extracting(LogDamage::file, LogDamage::offset, LogDamage::firstSequence, LogDamage::lastSequence)
                    .containsExactly(tuple(FIRST, firstEnd, BATCH + 1L, 2L * BATCH));
        }
    }

    /** The durable mark is far behind the damage. */
    @Test
    void aStrictStartNamesTheSame() throws IOException {
        WalFixture log = log(false);

        assertThatThrownBy(log::open)
                .isInstanceOfSatisfying(
                        WalCorruptionException.class,
                        damage -> assertThat(damage)
                                .extracting(
                                        WalCorruptionException::file,
                                        WalCorruptionException::offset,
                                        WalCorruptionException::firstSequence,
                                        WalCorruptionException::lastSequence)
                                .containsExactly(FIRST, firstEnd, BATCH + 1L, 2L * BATCH));
    }

    @Test
    void repairKeepsWhatFollows() throws IOException {
        try (OfflineLog log = OfflineLog.toRepair(directory)) {
            assertThat(log.repair(LogContent.ANY).lostRanges()).isEqualTo(1);
            assertThat(log.verify(LogContent.ANY).damages()).isEmpty();
        }
        expectTheOthers(log(false).open());
    }

    @Test
    void salvageKeepsWhatFollows() throws IOException {
        WalFixture log = log(true).open();

        assertThat(log.wal().salvage().damages()).hasSize(1);
        expectTheOthers(log);
    }

    private static void expectTheOthers(WalFixture log) throws IOException {
        assertThat(log.replayed()).hasSize(3 * BATCH);
        assertThat(log.replayed().get(BATCH).sequence()).isEqualTo(2L * BATCH + 1);
        assertThat(log.replayed().get(BATCH).text()).startsWith("batch 3");
        log.wal().close();
    }
}
