package io.blipmq.wal.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.Position;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

    /** Whoever comes to the middle of a long frame gets nothing of it unchecked. */
    @Test
    void aDamagedRecordFarBehindItsFramesBeginningIsReported() throws IOException {
        log.with(options -> options.withMemory(1 << 19, 1 << 20, 0)).open();
        for (int record = 0; record < 1_500; record++) {
            log.append(text(record));
        }
        log.wal().appender().submit(true);
        log.step();
        log.settle();
        WalFixture.Seen victim = log.drained().get(1_000);
        WalFixture.Seen neighbour = log.drained().get(1_001);
        for (int record = 1_500; record < 8_000; record++) {
            log.store(text(record));
        }
        log.settle();
        log.stop();
        assertThat(readBack(victim)).isEqualTo(victim.text());
        storage.flipBit("0000000000000001-00000001.segment", Position.offset(victim.position()) + 20);
        assertThat(Position.offset(victim.position())).isGreaterThan(150_000);
        assertThatThrownBy(() -> readBack(victim)).isInstanceOf(WalCorruptionException.class);
        assertThatThrownBy(() -> readBack(neighbour))
                .as("the checksum is of the whole frame")
                .isInstanceOf(WalCorruptionException.class);
    }

    @Test
    void aLongRecordIsCheckedBeforeAnyPieceOfItIsGivenOut() throws IOException {
        log.with(options ->
                        options.withSegments(8 << 20, 8 << 20, 3 << 20, 1024).withMemory(1 << 19, 8 << 20, 0))
                .open();
        log.store("a" + "x".repeat(2 << 20));
        log.store("a" + "y".repeat(3_000_000));
        log.store("b");
        for (int record = 0; record < 5; record++) {
            log.store("c" + "z".repeat(2 << 20));
        }
        log.settle().stop();
        List<WalFixture.Seen> records = log.drained();
        for (int record = 0; record < 3; record++) {
            assertThat(readBack(records.get(record)))
                    .isEqualTo(records.get(record).text());
        }
        WalFixture.Seen victim = records.get(0);
        storage.flipBit("0000000000000001-00000001.segment", Position.offset(victim.position()) + 1_900_000);

        assertThatThrownBy(() -> readPiece(victim, 0, 10)).isInstanceOf(WalCorruptionException.class);
        assertThatThrownBy(() -> readPiece(victim, 1_899_990, 100)).isInstanceOf(WalCorruptionException.class);
        assertThat(readPiece(records.get(1), 2_000_000, 3)).isEqualTo("yyy");
        assertThat(readBack(records.get(2))).isEqualTo("b");
    }

    private String readBack(WalFixture.Seen record) throws IOException {
        return readPiece(record, 0, record.text().length());
    }

    /** With a reader that has seen nothing yet. */
    private String readPiece(WalFixture.Seen record, int from, int length) throws IOException {
        try (ReadbackFile file =
                ReadbackFile.open(storage, "0000000000000001-00000001.segment", WalLimits.defaults())) {
            ByteBuffer target = ByteBuffer.allocate(length);
            assertThat(file.read(Position.offset(record.position()) + from, length, target))
                    .isTrue();
            return new String(target.array(), StandardCharsets.UTF_8);
        }
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
