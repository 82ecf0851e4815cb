package io.blipmq.wal.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.RecordKey;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The index files of closed segments. */
class IndexFileTest {
    private static final int BLOCK_BYTES = WalLimits.defaults().indexBlockBytes();
    private static final String FIRST_SEGMENT = "0000000000000001-00000001.segment";
    private static final String FIRST_INDEX = "0000000000000001-00000001.index";

    private final SimulatedStorage storage = new SimulatedStorage(12);
    private final WalFixture log = new WalFixture(
            storage,
            WalFixture.smallOptions()
                    .withRecordKey((type, buffer, offset, length) ->
                            buffer.get(offset) == '-' ? RecordKey.NONE : RecordKey.at(offset, 1)));

    @Test
    void aClosedSegmentGetsAnIndexOfWhereItsKeysStand() throws IOException {
        log.open();
        storeOneSegment();
        work();
        List<WalFixture.Seen> stored = log.drained();
        IndexFile index = firstIndex();

        assertThat(index.keys()).isEqualTo(2);
        assertThat(index.select("b".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(index.count()).isPositive();
        for (int entry = 0; entry < index.count(); entry++) {
            index.entry(entry);
            WalFixture.Seen record = stored.get((int) index.sequence() - 1);
            assertThat(record.text()).startsWith("b");
            assertThat(Position.offset(record.position())).isEqualTo(index.offset());
            assertThat(record.text()).hasSize(index.length());
        }
        assertThat(index.select("-".getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    @Test
    void aKeyMayHaveVeryManyRecordsAmongFewOfAnother() throws IOException {
        int records = 20_000;
        IndexBuilder made = new IndexBuilder(WalLimits.defaults());
        ByteBuffer keys = ByteBuffer.wrap("ab".getBytes(StandardCharsets.UTF_8));
        for (int record = 0; record < records; record++) {
            made.add(keys, RecordKey.at(record % 1000 == 0 ? 0 : 1, 1), 1 + record, 3 * record, record % 7);
        }
        UUID journal = new UUID(1, 2);
        SegmentHeader header =
                SegmentHeader.compacted(journal, journal, 1, SegmentHeader.COMPACTED_ORDINALS, 1, records);
        ClosedSegment segment = new ClosedSegment(header, records);
        try (StorageFile file = storage.create(SegmentNames.index(segment.name()))) {
            made.write(file, segment);
        }

        IndexFile index = IndexFile.open(storage, segment, new IndexBlocks(16, WalLimits.defaults()));
        assertThat(index.select("a".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(index.count()).isEqualTo(records / 1000);
        assertThat(index.select("b".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(index.count()).isEqualTo(records - records / 1000);
        int entry = 0;
        for (int record = 0; record < records; record++) {
            if (record % 1000 != 0) {
                index.entry(entry++);
                assertThat(index.sequence()).isEqualTo(1 + record);
                assertThat(index.offset()).isEqualTo(3 * record);
                assertThat(index.length()).isEqualTo(record % 7);
            }
        }
        for (int from : new int[] {0, 1, 63, 64, 65, 1000, records - 1, records}) {
            expectOrder(index, from, records);
        }
    }

    private static void expectOrder(IndexFile index, int from, int records) throws IOException {
        IndexOrder order = new IndexOrder();
        order.begin(index, 1 + from);
        for (int record = from; record < records; record++) {
            assertThat(order.next()).isTrue();
            assertThat(order.sequence()).isEqualTo(1 + record);
            assertThat(order.offset()).isEqualTo(3 * record);
            assertThat(order.length()).isEqualTo(record % 7);
            assertThat(order.slot()).isEqualTo(record % 1000 == 0 ? 0 : 1);
        }
        assertThat(order.next()).isFalse();
    }

    @Test
    void numbersMayBeFarApart() throws IOException {
        long far = 1L << 40;
        IndexBuilder made = new IndexBuilder(WalLimits.defaults());
        ByteBuffer keys = ByteBuffer.wrap("ab".getBytes(StandardCharsets.UTF_8));
        made.add(keys, RecordKey.at(1, 1), 5, 1 << 29, 7);
        made.add(keys, RecordKey.hiddenAt(0, 1), far, 100, 1 << 28);
        UUID journal = new UUID(1, 2);
        SegmentHeader header = SegmentHeader.compacted(journal, journal, 1, SegmentHeader.COMPACTED_ORDINALS, 1, far);
        ClosedSegment segment = new ClosedSegment(header, far);
        try (StorageFile file = storage.create(SegmentNames.index(segment.name()))) {
            made.write(file, segment);
        }
        IndexFile index = IndexFile.open(storage, segment, new IndexBlocks(16, WalLimits.defaults()));
        IndexOrder order = new IndexOrder();
        order.begin(index, 6);

        assertThat(order.next()).isTrue();
        assertThat(order.sequence()).isEqualTo(far);
        assertThat(order.offset()).isEqualTo(100);
        assertThat(order.length()).isEqualTo(1 << 28);
        assertThat(order.slot()).isZero();
        index.selectSlot(0);
        assertThat(index.isHidden()).isTrue();
        assertThat(index.key(1)).isEqualTo("b".getBytes(StandardCharsets.UTF_8));
        assertThat(index.isHidden()).isFalse();
        assertThat(index.firstSlot("a".getBytes(StandardCharsets.UTF_8))).isZero();
        assertThat(index.endSlot("a".getBytes(StandardCharsets.UTF_8))).isEqualTo(1);
        assertThat(index.firstSlot("bb".getBytes(StandardCharsets.UTF_8))).isEqualTo(2);
        assertThat(index.endSlot(new byte[0])).isEqualTo(2);
    }

    @Test
    void theSegmentBeingWrittenHasNone() throws IOException {
        log.open();
        log.store("a");
        work();

        assertThat(storage.list()).noneMatch(SegmentNames::isIndex);
    }

    @Test
    void case18MissingIndexIsMadeAgain() throws IOException {
        log.open();
        storeOneSegment();
        work();
        byte[] before = storage.content(FIRST_INDEX);
        log.stop();
        storage.lose(FIRST_INDEX);
        log.open();
        work();

        assertThat(storage.content(FIRST_INDEX)).isEqualTo(before);
        log.store("after");
        log.stop().open();
        assertThat(log.replayedTexts()).endsWith("after");
    }

    @Test
    void case18BadIndexIsMadeAgain() throws IOException {
        log.open();
        storeOneSegment();
        work();
        byte[] before = storage.content(FIRST_INDEX);
        log.stop();
        storage.flipBit(FIRST_INDEX, before.length - 1);
        log.open();
        work();

        assertThat(storage.content(FIRST_INDEX)).isEqualTo(before);
    }

    /** Whoever needs it ends the daemon, which has to be able to go on with the next start. */
    @Test
    void aBlockThatAStartDoesNotLookAtIsMadeAgainAfterItWasFoundBad() throws IOException {
        log.open();
        for (int record = 0; record < 900; record++) {
            log.append("a");
        }
        log.wal().appender().submit(true);
        log.step().settle();
        byte[] before = storage.content(FIRST_INDEX);
        assertThat(before.length).isGreaterThan(2 * BLOCK_BYTES);
        storage.flipBit(FIRST_INDEX, BLOCK_BYTES + 100);
        storage.killProcess();
        log.open();
        assertThatThrownBy(() -> log.find("a", 1, 500, 500))
                .isInstanceOf(StorageFailedException.class)
                .hasMessageContaining(FIRST_INDEX);
        storage.killProcess();
        log.open();

        assertThat(storage.content(FIRST_INDEX)).isEqualTo(before);
        assertThat(log.find("a", 1, 500, 500)).hasSize(500);
    }

    @Test
    void anIntactIndexIsLeftAlone() throws IOException {
        log.open();
        storeOneSegment();
        work();
        log.stop().open();
        int calls = storage.calls().size();
        work();

        assertThat(storage.calls().subList(calls, storage.calls().size()))
                .noneMatch(call -> call.contains(FIRST_INDEX));
    }

    @Test
    void aFullDiskCostsTheIndexOnly() throws IOException {
        log.open();
        storeOneSegment();
        storage.limitBytes(0);
        work();

        assertThat(storage.list()).noneMatch(name -> name.contains("index"));
        assertThat(log.store("goes on")).isPositive();
    }

    @Test
    void theIndexOfADeletedSegmentGoesWithIt() throws IOException {
        log.open();
        storage.plant("0000000000000099-00000001.index", new byte[10]);
        storage.killProcess();
        log.open();

        assertThat(storage.list()).doesNotContain("0000000000000099-00000001.index");
    }

    private void storeOneSegment() {
        for (int record = 0; log.wal().metrics().segments() < 2; record++) {
            log.append((record % 3 == 0 ? "a" : record % 3 == 1 ? "b" : "-") + "x".repeat(300));
            log.wal().appender().submit(true);
            log.wal().agent().doWork(log.nowNanos());
            if (record == 0) {
                log.wal().background().doWork(log.nowNanos());
            }
            log.drain();
        }
    }

    private void work() {
        while (log.wal().background().doWork(log.nowNanos()) > 0) {
            log.advance(1);
        }
    }

    private IndexFile firstIndex() throws IOException {
        ByteBuffer page = ByteBuffer.wrap(storage.content(FIRST_SEGMENT));
        SegmentHeader header = SegmentLayout.decode(FIRST_SEGMENT, page);
        return IndexFile.open(
                storage,
                new ClosedSegment(header, log.wal().keyIndex().indexedThrough()),
                new IndexBlocks(16, WalLimits.defaults()));
    }
}
