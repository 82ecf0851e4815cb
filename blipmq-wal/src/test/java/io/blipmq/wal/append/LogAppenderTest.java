package io.blipmq.wal.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.WalAppender;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.Position;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The core's side: claims, draining in steps, and reading back. */
class LogAppenderTest {
    private final SimulatedStorage storage = new SimulatedStorage(16);
    private final WalFixture log = new WalFixture(storage, WalFixture.smallOptions());

    @Test
    void aClaimThatIsNotCommittedIsVoid() throws IOException {
        log.open();
        WalAppender appender = log.wal().appender();
        int claimed = appender.claim(5);
        appender.buffer().put(claimed, "never".getBytes(StandardCharsets.UTF_8));
        assertThat(appender.submit(true)).isFalse();
        appender.claim(3);
        claimed = appender.claim(2);
        appender.buffer().put(claimed, "ok".getBytes(StandardCharsets.UTF_8));

        assertThat(appender.commit(9)).isEqualTo(1);
        assertThatThrownBy(() -> appender.commit(9)).isInstanceOf(IllegalStateException.class);
        appender.submit(true);
        log.step();
        assertThat(log.drained()).singleElement().satisfies(record -> {
            assertThat(record.type()).isEqualTo(9);
            assertThat(record.text()).isEqualTo("ok");
        });
    }

    @Test
    void paddingOfReusedMemoryIsZero() throws IOException {
        WalFixture small = new WalFixture(storage, WalFixture.smallOptions().withMemory(256, 10_000, 0)).open();
        for (int record = 0; record < 50; record++) {
            small.store("\uffff".repeat(20));
        }
        small.store("abc");
        int body = Position.offset(small.drained().get(50).position());
        String newest = storage.list().stream()
                .filter(SegmentNames::isSegment)
                .reduce((a, b) -> b)
                .orElseThrow();
        byte[] content = storage.content(newest);

        assertThat(List.of(content[body + 2], content[body + 3], content[body + 7]))
                .containsExactly((byte) 'c', (byte) 0, (byte) 0);
    }

    @Test
    void drainingStopsAtTheLimitAndGoesOnThere() throws IOException {
        log.open();
        for (int record = 0; record < 10; record++) {
            log.append("record " + record);
        }
        log.wal().appender().submit(true);
        log.wal().agent().doWork(log.nowNanos());
        List<Long> seen = new ArrayList<>();
        RecordHandler handler = (sequence, type, buffer, offset, length, position) -> seen.add(sequence);

        assertThat(log.wal().appender().drainStored(handler, 3)).isEqualTo(3);
        assertThat(seen).containsExactly(1L, 2L, 3L);
        assertThat(log.wal().appender().drainStored(handler, 0)).isZero();
        assertThat(log.wal().appender().drainStored(handler, 100)).isEqualTo(7);
        assertThat(log.wal().appender().drainStored(handler, 100)).isZero();
        assertThat(seen).hasSize(10);
    }

    @Test
    void aHandlerMayAppend() throws IOException {
        log.open();
        log.append("a");
        log.wal().appender().submit(true);
        log.wal().agent().doWork(log.nowNanos());
        log.wal()
                .appender()
                .drainStored(
                        (sequence, type, buffer, offset, length, position) -> log.append("effect of " + sequence), 9);
        log.wal().appender().submit(true);
        log.step();

        assertThat(log.drainedTexts()).containsExactly("effect of 1");
    }

    @Test
    void recordsAreReadBackFromMemoryAndFromTheirSegments() throws IOException {
        log.open();
        List<String> texts = new ArrayList<>();
        for (int record = 0; record < 300; record++) {
            texts.add("record " + record + "x".repeat(record));
            log.store(texts.get(record));
        }
        assertThat(log.wal().metrics().segments()).isGreaterThan(3);
        assertReadBack(log.drained(), texts);

        storage.killProcess();
        log.open();
        assertReadBack(log.replayed(), texts);
        log.store("new");
        texts.add("new");
        log.stop().open();
        assertReadBack(log.replayed(), texts);
    }

    @Test
    void positionsGrowWithSequenceNumbers() throws IOException {
        log.open();
        for (int record = 0; record < 100; record++) {
            log.store("x".repeat(500));
        }
        storage.killProcess();
        log.open();
        log.store("y");
        List<Long> positions = new ArrayList<>();
        log.replayed().forEach(record -> positions.add(record.position()));
        log.drained().forEach(record -> positions.add(record.position()));

        assertThat(positions).hasSize(101).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aPositionThatTheLogDoesNotHoldIsNotRead() throws IOException {
        log.open();
        log.store("a");
        ByteBuffer target = ByteBuffer.allocate(10);

        assertThat(log.wal().appender().read(Position.of(77, 5000), 4, target)).isFalse();
        assertThat(log.wal().appender().read(Position.of(1, 1 << 20), 4, target))
                .isFalse();
        assertThat(target.limit()).isEqualTo(10);
    }

    @Test
    void longRecordsGetMemoryOfTheirOwn() throws IOException {
        WalFixture small = new WalFixture(storage, WalFixture.smallOptions().withMemory(128, 64 * 1024, 1024)).open();
        List<String> texts = new ArrayList<>();
        for (int record = 0; record < 60; record++) {
            texts.add("x".repeat(record % 5 == 0 ? 2000 : record));
            small.append(texts.get(record));
        }
        small.wal().appender().submit(true);
        small.step();

        assertThat(small.drainedTexts()).isEqualTo(texts);
        small.stop().open();
        assertThat(small.replayedTexts()).isEqualTo(texts);
    }

    private void assertReadBack(List<WalFixture.Seen> records, List<String> texts) {
        assertThat(records.stream().map(WalFixture.Seen::text)).isEqualTo(texts);
        for (int index = records.size() - 1; index >= 0; index -= 7) {
            WalFixture.Seen record = records.get(index);
            ByteBuffer target = ByteBuffer.allocate(1000).position(3);
            assertThat(log.wal()
                            .appender()
                            .read(record.position() + 2, record.text().length() - 2, target))
                    .isTrue();
            assertThat(new String(target.array(), 3, target.position() - 3, StandardCharsets.UTF_8))
                    .isEqualTo(record.text().substring(2));
            assertThat(target.limit()).isEqualTo(1000);
        }
    }
}
