package io.blipmq.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Records read back from segments: in order with few calls to the system, in any order, and never when damaged. */
class ReadbackTest {
    private static final int SEGMENT_BYTES = 1 << 20;

    private final SimulatedStorage storage = new SimulatedStorage(41);
    private final WalFixture log =
            new WalFixture(storage, WalFixture.keyedOptions().withSegments(SEGMENT_BYTES, SEGMENT_BYTES, 2048, 1024));

    @Test
    void aBacklogIsReadInOrderWithFewReads() throws IOException {
        store(10_000);
        List<WalFixture.Seen> records = log.drained();
        long reads = storage.reads();
        records.forEach(this::expect);

        assertThat(storage.reads() - reads).as("about one for each 256 KiB").isLessThan(80);
    }

    @Test
    void recordsAreReadInAnyOrder() throws IOException {
        store(5_000);
        List<WalFixture.Seen> records = log.drained();
        Random random = new Random(1);
        for (int reads = 0; reads < 5_000; reads++) {
            expect(records.get(random.nextInt(records.size())));
        }
    }

    @Test
    void theSegmentBeingWrittenIsReadUpToWhatIsStored() throws IOException {
        log.with(options -> options.withMemory(4096, 1 << 16, 4096)).open();
        for (int record = 0; record < 2_000; record++) {
            log.store(text(record));
            List<WalFixture.Seen> drained = log.drained();
            expect(drained.get(record));
            expect(drained.get(record / 2));
            expect(drained.get(Math.max(0, record - 40)));
        }
    }

    @Test
    void framesOfManyRecordsAreReadBack() throws IOException {
        log.with(options -> options.withMemory(1 << 19, 1 << 20, 0)).open();
        for (int record = 0; record < 6_000; record++) {
            log.append(text(record));
            if (record % 1500 == 1499) {
                log.wal().appender().submit(true);
                log.step();
            }
        }
        log.drained().forEach(this::expect);
        for (int record = 5_999; record >= 0; record -= 7) {
            expect(log.drained().get(record));
        }
    }

    @Test
    void aDamagedRecordIsReportedWithFileAndOffset() throws IOException {
        store(5_000);
        WalFixture.Seen victim = log.drained().get(100);
        long offset = Position.offset(victim.position());
        storage.flipBit("0000000000000001-00000001.segment", offset + 20);

        assertThatThrownBy(() -> log.read(victim.position(), victim.text().length()))
                .isInstanceOf(StorageFailedException.class)
                .hasMessageContaining("0000000000000001-00000001.segment")
                .hasMessageContaining("offset " + (offset - 48))
                .hasMessageContaining("damaged");
        expect(log.drained().get(99));
        expect(log.drained().get(101));
    }

    @Test
    void aDamagedHeaderOnTheWayIsReported() throws IOException {
        store(5_000);
        WalFixture.Seen before = log.drained().get(99);
        WalFixture.Seen victim = log.drained().get(100);
        storage.flipBit("0000000000000001-00000001.segment", Position.offset(victim.position()) - 40);
        expect(before);

        assertThatThrownBy(() -> log.read(victim.position(), victim.text().length()))
                .isInstanceOf(StorageFailedException.class);
    }

    private void store(int count) throws IOException {
        log.open();
        for (int record = 0; record < count; record++) {
            log.store(text(record));
        }
        log.settle();
        assertThat(log.drained()).hasSize(count);
    }

    private static String text(int record) {
        return "a" + record + "x".repeat(record % 400);
    }

    private void expect(WalFixture.Seen record) {
        assertThat(log.read(record.position(), record.text().length())).isEqualTo(record.text());
    }
}
