package io.blipmq.wal.background;

import static io.blipmq.wal.engine.WalFixture.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.simulation.SmallLimits;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Segments that nobody needs are deleted, sparse ones become one, and what is live stays readable. */
class CompactionTest {
    private static final int SEGMENT_BYTES = 64 * 1024;
    private static final long SECOND = 1_000_000_000;

    private final SimulatedStorage storage = new SimulatedStorage(31);
    private final WalFixture log = new WalFixture(storage, WalFixture.keyedOptions());
    private final NavigableMap<Long, String> stored = new TreeMap<>();
    private final NavigableMap<Long, String> unsummed = new TreeMap<>();
    private long summed;

    @Test
    void deadSegmentsAreDeletedOnceTheCheckpointIsOnDisk() throws IOException {
        log.open();
        store(400);
        List<String> before = segments();
        int calls = storage.calls().size();
        log.checkpoint("all settled", live(sequence -> false));

        assertThat(before.size()).isGreaterThan(4);
        assertThat(segments()).containsExactly(before.get(before.size() - 1));
        assertThat(storage.list()).filteredOn(SegmentNames::isIndex).isEmpty();
        assertThat(storage.calls().subList(calls, storage.calls().size()))
                .containsSubsequence("rename checkpoint.tmp checkpoint", "syncDirectory", "delete " + before.get(0));
        assertThat(log.wal().metrics().segmentsDeleted()).isEqualTo(before.size() - 1);
        log.stop().open();
        assertThat(log.restored()).isEqualTo("all settled");
        assertThat(log.replayed()).isEmpty();
        assertThat(log.store("a after")).isEqualTo(401);
    }

    @Test
    void aCheckpointThatIsHurriedLeavesTheRewritingToTheNext() throws IOException {
        log.open();
        store(400);
        log.beginCheckpoint("hurried", live(sequence -> sequence % 10 == 0));
        while (storage.list().stream().noneMatch(name -> name.endsWith(".compacted.tmp"))) {
            log.step();
        }
        log.wal().hurryCheckpoint();
        log.finishCheckpoint();

        assertThat(storage.list()).noneMatch(name -> name.contains("compacted"));
        assertThat(log.wal().metrics().checkpoints()).isEqualTo(1);
        log.checkpoint("in peace", live(sequence -> sequence % 10 == 0));
        assertThat(storage.list()).anyMatch(SegmentNames::isCompacted);
        log.stop().open();
        assertThat(log.restored()).isEqualTo("in peace");
    }

    @Test
    void aDeadPrefixIsDroppedWithoutALookAtItsIndexes() throws IOException {
        log.open();
        store(200);
        log.checkpoint("", new LiveRecords() {
            @Override
            public long firstLive() {
                return 201;
            }

            @Override
            public LiveRecordsOfKey of(byte[] key) {
                throw new AssertionError("asked for a key");
            }
        });

        assertThat(segments()).hasSize(1);
    }

    @Test
    void whatIsWhollyLiveIsLookedThroughOnceAndDroppedWhenItIsNot() throws IOException {
        log.open();
        store(200);
        List<String> before = segments();
        AtomicInteger looked = new AtomicInteger();
        log.checkpoint("nobody takes them", whollyLive(looked));
        assertThat(looked.get()).isPositive();
        looked.set(0);
        log.checkpoint("nor now", whollyLive(looked));
        assertThat(looked.get()).isZero();
        assertThat(segments()).isEqualTo(before);

        log.checkpoint("all settled", live(sequence -> false));
        assertThat(segments()).containsExactly(before.get(before.size() - 1));
    }

    private static LiveRecords whollyLive(AtomicInteger looked) {
        return live(new LiveRecordsOfKey() {
            @Override
            public boolean isLive(long sequence) {
                looked.incrementAndGet();
                return true;
            }

            @Override
            public boolean areAllLive(long first, long last) {
                return true;
            }
        });
    }

    @Test
    void sparseNeighboursBecomeOneSegment() throws IOException {
        log.open();
        store(400);
        int before = segments().size();
        LiveRecordsOfKey tenth = sequence -> sequence % 10 == 0;
        log.checkpoint("a tenth", live(tenth));

        assertThat(segments()).hasSizeLessThan(before / 2);
        assertThat(segments()).anyMatch(SegmentNames::isCompacted);
        assertThat(log.wal().metrics().segmentsCompacted()).isPositive();
        expectLive(tenth);
        log.stop().open();
        expectLive(tenth);
    }

    @Test
    void aRecordThatMovedIsNotReadAtItsOldPlace() throws IOException {
        log.open();
        store(300);
        WalFixture.Seen old = log.drained().get(9);
        LiveRecordsOfKey tenth = sequence -> sequence % 10 == 0;
        log.checkpoint("", live(tenth));

        assertThat(log.read(old.position(), old.text().length())).isNull();
        WalFixture.Seen moved = log.find(old.text().substring(0, 1), old.sequence(), old.sequence(), 1)
                .get(0);
        assertThat(moved.text()).isEqualTo(old.text());
    }

    @Test
    void whatIsMostlyLiveIsLeftAlone() throws IOException {
        log.open();
        store(300);
        List<String> before = segments();
        log.checkpoint("", live(sequence -> sequence % 5 > 0));

        assertThat(segments()).isEqualTo(before);
    }

    @Test
    void theCheckpointOfAShutdownLeavesEverythingAlone() throws IOException {
        log.open();
        store(300);
        List<String> before = segments();
        log.checkpoint("", LiveRecords.KEEP_ALL);

        assertThat(segments()).isEqualTo(before);
    }

    /** One message in a thousand is never acknowledged, for a long time: a file for each of them would not do. */
    @Test
    void theDiskHoldsLittleMoreThanWhatIsLive() throws IOException {
        log.with(options -> options.withSegments(SEGMENT_BYTES, SEGMENT_BYTES, 2048, 1024)
                        .withCheckpoints(SEGMENT_BYTES, Long.MAX_VALUE))
                .open();
        LiveRecordsOfKey thousandth = sequence -> sequence % 1000 == 0;
        long most = 0;
        for (int record = 1; record <= 60_000; record++) {
            String text = text(record);
            long sequence = log.append(text);
            stored.put(sequence, text);
            unsummed.put(sequence, text);
            if (record % 20 == 0) {
                turn(thousandth);
                most = Math.max(most, log.wal().metrics().logBytes() - 2 * liveBytes(thousandth));
            }
        }

        assertThat(most).isLessThan(5 * SEGMENT_BYTES);
        assertThat(log.wal().metrics().segmentsDeleted()).isGreaterThan(300);
        log.finishCheckpoint();
        expectLive(thousandth);
        assertThat(storage.list()).as("files of all kinds").hasSizeLessThan(60);
        log.stop().open();
        expectLive(thousandth);
    }

    @Test
    void everySegmentIsCountedAlthoughNothingNewComes() throws IOException {
        log.with(options -> options.withLimits(countingTwoAtATime()).withCheckpoints(Integer.MAX_VALUE, 30 * SECOND))
                .open();
        store(400);
        List<String> before = segments();
        LiveRecordsOfKey newest = sequence -> sequence > 250;
        log.checkpoint("", live(newest));
        assertThat(segments()).as("the newest is counted first").isEqualTo(before);
        for (int i = 0; i < before.size(); i++) {
            log.advance(30 * SECOND);
            if (log.wal().isCheckpointDue(log.nowNanos(), false)) {
                log.checkpoint("", live(newest));
            }
        }

        assertThat(segments()).doesNotContainAnyElementsOf(before.subList(0, before.size() / 2));
        log.advance(30 * SECOND);
        assertThat(log.wal().isCheckpointDue(log.nowNanos(), false)).isFalse();
    }

    @Test
    void aStartCountsWhatItFindsAlthoughNothingNewComes() throws IOException {
        log.with(options -> options.withCheckpoints(Integer.MAX_VALUE, 30 * SECOND))
                .open();
        store(400);
        log.checkpoint("", LiveRecords.KEEP_ALL);
        int before = segments().size();
        log.advance(30 * SECOND);
        assertThat(log.wal().isCheckpointDue(log.nowNanos(), false)).isTrue();
        log.stop().open();
        assertThat(log.wal().isCheckpointDue(log.nowNanos(), false)).isFalse();
        log.advance(30 * SECOND);
        assertThat(log.wal().isCheckpointDue(log.nowNanos(), false)).isTrue();
        log.checkpoint("", live(sequence -> false));
        assertThat(segments().size()).isLessThan(before);
    }

    private static WalLimits countingTwoAtATime() {
        return IntStream.range(0, 100)
                .mapToObj(seed -> SmallLimits.drawForReading(new Random(seed)))
                .filter(limits -> limits.countedMax() == 2)
                .findFirst()
                .orElseThrow();
    }

    private void turn(LiveRecordsOfKey alive) {
        log.wal().appender().submit(true);
        log.step().settle();
        if (log.wal().isCheckpointDue(log.nowNanos(), false)) {
            log.beginCheckpoint("", live(alive));
        }
        log.advance(100_000_000);
    }

    private long liveBytes(LiveRecordsOfKey alive) {
        while (!unsummed.isEmpty()) {
            Map.Entry<Long, String> record = unsummed.pollFirstEntry();
            summed += alive.isLive(record.getKey())
                    ? FrameLayout.recordBytes(record.getValue().length())
                    : 0;
        }
        return summed;
    }

    private void store(int count) {
        for (int record = 1; record <= count; record++) {
            String text = text(record);
            stored.put(log.store(text), text);
        }
        log.settle();
    }

    private static String text(int record) {
        return "abc".charAt(record % 3) + "-" + record + "x".repeat(record % 500);
    }

    /** Finds every live record that is indexed, with its text. */
    private void expectLive(LiveRecordsOfKey alive) {
        long through = log.wal().keyIndex().indexedThrough();
        for (String key : List.of("a", "b", "c")) {
            List<String> expected = new ArrayList<>();
            stored.headMap(through, true).forEach((sequence, text) -> {
                if (alive.isLive(sequence) && text.startsWith(key)) {
                    expected.add(text);
                }
            });
            assertThat(log.find(key, 1, through, stored.size()).stream()
                            .filter(record -> alive.isLive(record.sequence()))
                            .map(WalFixture.Seen::text))
                    .isEqualTo(expected);
        }
    }

    private List<String> segments() {
        return storage.list().stream()
                .filter(name -> SegmentNames.isSegment(name) || SegmentNames.isCompacted(name))
                .toList();
    }
}
