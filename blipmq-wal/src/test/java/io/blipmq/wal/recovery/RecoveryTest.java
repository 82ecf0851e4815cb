package io.blipmq.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import io.blipmq.wal.RecoveryReport;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.Position;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases of {@link Recovery}'s table, by number, each named after what is found. */
class RecoveryTest {
    private static final String FIRST = "0000000000000001-00000001.segment";

    private static final LiveRecords NOTHING_IS_LIVE = new LiveRecords() {
        @Override
        public long firstLive() {
            return Long.MAX_VALUE;
        }

        @Override
        public LiveRecordsOfKey of(byte[] key) {
            return null;
        }
    };

    private final SimulatedStorage storage = new SimulatedStorage(7);
    private final WalFixture log = new WalFixture(storage, WalFixture.smallOptions());

    @Test
    void case1NoSegment() throws IOException {
        log.open();

        assertThat(log.wal().recovery().fresh()).isTrue();
        assertThat(log.wal().recovery().epoch()).isEqualTo(1);
        expectAppendsSurvive();
    }

    @Test
    void case2Seal() throws IOException {
        log.open();
        log.store("a");
        log.stop().open();

        assertThat(log.wal().recovery().sealed()).isTrue();
        assertThat(log.wal().recovery().nextSequence()).isEqualTo(2);
        assertThat(log.wal().recovery().rewrittenRecords()).isZero();
        expectAppendsSurvive("a");
    }

    @Test
    void case3OnlyZerosBehindTheLastFrame() throws IOException {
        log.open();
        log.store("a");
        log.store("b");
        storage.killProcess();
        log.open();

        RecoveryReport report = log.wal().recovery();
        assertThat(report.sealed()).isFalse();
        assertThat(report.tornBytes()).isZero();
        assertThat(report.rewrittenRecords())
                .as("b was forced, but no frame says so")
                .isEqualTo(1);
        assertThat(report.nextSequence()).isEqualTo(2 + (1L << 32));
        expectAppendsSurvive("a", "b");
    }

    @Test
    void case3SurvivorsAreOnDiskOnceTheLogIsOpen() throws IOException {
        log.with(ForcePolicy.NONE).open();
        log.store("a");
        log.store("b");
        storage.killProcess();
        log.open();
        assertThat(log.replayedTexts()).containsExactly("a", "b");

        storage.losePower(0);
        log.open();
        assertThat(log.replayedTexts()).containsExactly("a", "b");
    }

    @Test
    void case3SurvivorsOfAFailedForceAreOnDiskOnceTheLogIsOpen() throws IOException {
        log.open();
        log.append("a");
        log.wal().appender().submit(true);
        storage.failForce();
        catchThrowableOfType(StorageFailedException.class, log::step);
        storage.killProcess();
        log.open();
        assertThat(log.replayedTexts()).containsExactly("a");

        storage.losePower(0);
        log.open();
        assertThat(log.replayedTexts()).containsExactly("a");
    }

    @Test
    void case4TornFrameAtTheEnd() throws IOException {
        long end = storeAndDie("a", "b", "c");
        storage.flipBit(FIRST, end - 8);
        log.open();

        RecoveryReport report = log.wal().recovery();
        assertThat(report.tornBytes()).isEqualTo(FrameLayout.HEADER_BYTES + FrameLayout.recordBytes(1));
        assertThat(report.tornFile())
                .isEqualTo("torn-0000000000000001-00000001-" + (end - report.tornBytes()) + ".bin");
        assertThat(storage.content(report.tornFile())).hasSize((int) report.tornBytes());
        expectAppendsSurvive("a", "b");
    }

    @Test
    void case4LongTornTailIsKeptWhole() throws IOException {
        int segmentBytes = 20 << 20;
        log.with(options -> options.withSegments(segmentBytes, segmentBytes, 2048, 1024));
        long end = storeAndDie("a");
        byte[] tail = new byte[17 << 20];
        Arrays.fill(tail, (byte) 'x');
        storage.overwrite(FIRST, end, tail);
        log.open();

        assertThat(log.wal().recovery().tornBytes()).isEqualTo(tail.length);
        assertThat(storage.content(log.wal().recovery().tornFile())).isEqualTo(tail);
    }

    @Test
    void case4TornTailOnAFullDiskStaysWhereItIs() throws IOException {
        long end = storeAndDie("a");
        storage.overwrite(FIRST, end, "x".repeat(3000).getBytes());
        storage.limitBytes(storage.usedBytes() + 100);
        log.open();

        assertThat(log.wal().recovery().tornFile()).isEmpty();
        assertThat(storage.content(FIRST)).hasSizeGreaterThanOrEqualTo((int) end + 3000);
        assertThat(log.replayedTexts()).containsExactly("a");
    }

    @Test
    void case5UnforcedFramesWrittenOutOfOrder() throws IOException {
        long end = storeUnforcedAndDie("a", "b", "c");
        long frame = FrameLayout.HEADER_BYTES + FrameLayout.recordBytes(1);
        storage.flipBit(FIRST, end - frame - 8);
        storage.losePower(1);
        log.open();

        assertThat(log.wal().recovery().tornBytes()).isEqualTo(2 * frame);
        assertThat(log.wal().recovery().nextSequence())
                .as("no number that the lost records had")
                .isEqualTo(3 + (1L << 32));
        expectAppendsSurvive("a");
    }

    @Test
    void case5BootNotKnownCountsAsRebooted() throws IOException {
        storage.hideBootId();
        long end = storeUnforcedAndDie("a", "b", "c");
        storage.flipBit(FIRST, end - FrameLayout.HEADER_BYTES - FrameLayout.recordBytes(1) - 8);
        log.open();

        expectAppendsSurvive("a");
    }

    @Test
    void case6BadFrameBeforeAValidOneInTheSameBoot() throws IOException {
        long end = storeUnforcedAndDie("a", "b", "c");
        long frame = FrameLayout.HEADER_BYTES + FrameLayout.recordBytes(1);
        storage.flipBit(FIRST, end - frame - 8);

        assertDamage(FIRST, end - 2 * frame, 2, 2);
    }

    /** A message may hold anything, bytes of this very log too. */
    @Test
    void case4CopyOfAFrameInAMessageIsNoFrame() throws IOException {
        log.with(ForcePolicy.NONE).open();
        log.store("a");
        int frameBytes = FrameLayout.HEADER_BYTES + FrameLayout.recordBytes(1);
        ByteBuffer copy = ByteBuffer.wrap(storage.content(FIRST), SegmentLayout.FIRST_FRAME, frameBytes);
        log.append(1, copy);
        log.wal().appender().submit(true);
        log.step();
        storage.killProcess();
        storage.flipBit(FIRST, SegmentLayout.FIRST_FRAME + frameBytes + FrameLayout.FIRST_SEQUENCE_OFFSET);
        log.with(ForcePolicy.ALWAYS).open();

        assertThat(log.wal().recovery().tornBytes())
                .isEqualTo(FrameLayout.HEADER_BYTES + FrameLayout.recordBytes(frameBytes));
        expectAppendsSurvive("a");
    }

    @Test
    void case7BadFrameBelowTheDurableMark() throws IOException {
        storeAndDie("a", "b", "c");
        storage.flipBit(FIRST, SegmentLayout.FIRST_FRAME + 3);

        assertDamage(FIRST, SegmentLayout.FIRST_FRAME, 1, 1);
    }

    @Test
    void case7BadFrameInASealedLog() throws IOException {
        log.open();
        log.store("a");
        log.stop();
        storage.flipBit(FIRST, SegmentLayout.FIRST_FRAME + FrameLayout.HEADER_BYTES + 9);

        assertDamage(FIRST, SegmentLayout.FIRST_FRAME, 1, 1);
    }

    @Test
    void case7BadRewrittenSurvivor() throws IOException {
        storeAndDie("a", "b");
        log.open();
        storage.killProcess();
        String start = "0000000000000002-00000002.segment";
        storage.flipBit(start, SegmentLayout.FIRST_FRAME + 3);

        assertDamage(start, SegmentLayout.FIRST_FRAME, 2, 2);
    }

    @Test
    void case8ZerosBelowTheDurableMark() throws IOException {
        log.open();
        log.store("a");
        log.store("b");
        storage.killProcess();
        log.open();
        storage.killProcess();
        String start = "0000000000000002-00000002.segment";
        storage.overwrite(start, SegmentLayout.FIRST_FRAME, new byte[200]);

        assertDamage(start, SegmentLayout.FIRST_FRAME, 2, 2);
    }

    @Test
    void case9BadFrameInAnOlderSegment() throws IOException {
        List<String> texts = storeOverSegments();
        log.stop();
        storage.flipBit(FIRST, SegmentLayout.FIRST_FRAME + 3);

        WalCorruptionException damage = assertDamage(FIRST, SegmentLayout.FIRST_FRAME);
        assertThat(damage.firstSequence()).isEqualTo(1);
        assertThat(damage.lastSequence()).isLessThan(texts.size());
    }

    @Test
    void case9OlderSegmentEndsEarly() throws IOException {
        storeOverSegments();
        log.stop();
        byte[] content = storage.content(FIRST);
        storage.lose(FIRST);
        storage.plant(FIRST, Arrays.copyOf(content, SegmentLayout.FIRST_FRAME));

        assertDamage(FIRST, SegmentLayout.FIRST_FRAME);
    }

    @Test
    void case9OlderEpochEndsEarly() throws IOException {
        log.open();
        log.store("a");
        log.stop().open();
        log.store("b");
        log.stop();
        storage.overwrite(FIRST, SegmentLayout.FIRST_FRAME, new byte[56]);

        assertDamage(FIRST, SegmentLayout.FIRST_FRAME, 1, 1);
    }

    @Test
    void case10MissingSegment() throws IOException {
        storeOverSegments();
        log.stop();
        List<String> segments = segments();
        storage.lose(segments.get(1));

        WalCorruptionException damage = catchThrowableOfType(WalCorruptionException.class, log::open);
        assertThat(damage).hasMessageContaining("missing");
        assertThat(damage.file()).isEqualTo(FIRST);
    }

    @Test
    void case10MissingFirstSegment() throws IOException {
        storeOverSegments();
        log.stop();
        storage.lose(FIRST);

        assertThat(catchThrowableOfType(WalCorruptionException.class, log::open))
                .hasMessageContaining("missing");
    }

    @Test
    void case11BadHeader() throws IOException {
        storeAndDie("a");
        storage.flipBit(FIRST, 60);

        assertDamage(FIRST, 0);
    }

    @Test
    void case11RenamedSegment() throws IOException {
        storeAndDie("a");
        byte[] content = storage.content(FIRST);
        storage.lose(FIRST);
        storage.plant("0000000000000009-00000001.segment", content);

        WalCorruptionException damage = assertDamage("0000000000000009-00000001.segment", 0);
        assertThat(damage).hasMessageContaining("its header says " + FIRST);
    }

    @Test
    void case12NewerFormat() throws IOException {
        storeAndDie("a");
        storage.overwrite(FIRST, 8, new byte[] {0, 0, 0, 2});

        assertThat(assertDamage(FIRST, 0)).hasMessageContaining("written in log format 2 by a newer release");
    }

    @Test
    void case13SegmentOfAnotherJournal() throws IOException {
        SimulatedStorage otherStorage = new SimulatedStorage(8);
        WalFixture other = new WalFixture(otherStorage, WalFixture.smallOptions()).open();
        other.store("x");
        other.stop().open();
        other.stop();
        storeAndDie("a");
        String foreign = "0000000000000002-00000002.segment";
        storage.plant(foreign, otherStorage.content(foreign));

        assertThat(assertDamage(foreign, 0)).hasMessageContaining("another log");
    }

    @Test
    void case14SegmentWithoutAFrame() throws IOException {
        log.open();
        log.store("a");
        log.stop().open();
        storage.killProcess();
        log.open();

        assertThat(log.wal().recovery().tornBytes()).isZero();
        expectAppendsSurvive("a");
    }

    @Test
    void case15LeftOversAboveTheCut() throws IOException {
        storeAndDie("a", "b");
        byte[] before = storage.content(FIRST);
        log.open();
        log.store("c");
        storage.killProcess();
        // as if the last start had died before it cut the old segment
        storage.overwrite(FIRST, 0, before);
        log.open();

        expectAppendsSurvive("a", "b", "c");
    }

    @Test
    void case16TemporaryFiles() throws IOException {
        storeAndDie("a");
        storage.plant("0000000000000001-00000002.segment.tmp", new byte[100]);
        storage.plant("next-00000009.prepared.tmp", new byte[100]);
        log.open();

        assertThat(storage.list()).noneMatch(name -> name.endsWith(".tmp"));
        expectAppendsSurvive("a");
    }

    @Test
    void case17PreparedFiles() throws IOException {
        storeAndDie("a");
        storage.plant("next-00000009.prepared", new byte[100]);
        assertThat(storage.list()).contains("next-00000001.prepared");
        long changes = storage.changes();
        log.open();

        assertThat(storage.list()).doesNotContain("next-00000001.prepared", "next-00000009.prepared");
        assertThat(storage.calls().subList((int) changes, (int) storage.changes()))
                .contains("rename next-00000001.prepared 0000000000000001-00000002.segment.tmp");
        expectAppendsSurvive("a");
    }

    @Test
    void case19Checkpoint() throws IOException {
        checkpointAndDie();
        log.open();

        assertThat(log.restored()).isEqualTo("all of it");
        assertThat(log.wal().recovery().records()).isEqualTo(1);
        expectAppendsSurvive("behind");
    }

    @Test
    void case19SegmentsThatTheCheckpointStandsForAreNotRead() throws IOException {
        log.open();
        while (segments().size() <= 50) {
            log.store("x".repeat(1500));
        }
        log.checkpoint("fifty segments", LiveRecords.KEEP_ALL);
        log.stop();
        long reads = storage.bytesRead();
        log.open();

        assertThat(log.restored()).isEqualTo("fifty segments");
        assertThat(storage.bytesRead() - reads)
                .as("headers and the first blocks of indexes, and the last segment")
                .isLessThan(50 * (SegmentLayout.HEADER_BYTES + 1000) + 16 * 16 * 1024);
        expectAppendsSurvive();
    }

    @Test
    void case20BadCheckpoint() throws IOException {
        checkpointAndDie();
        storage.flipBit("checkpoint", 80);

        assertThat(assertDamage("checkpoint", 0)).hasMessageContaining("damaged");
    }

    @Test
    void case20ShortCheckpoint() throws IOException {
        checkpointAndDie();
        byte[] content = storage.content("checkpoint");
        storage.lose("checkpoint");
        storage.plant("checkpoint", Arrays.copyOf(content, content.length - 1));

        assertThat(assertDamage("checkpoint", 0)).hasMessageContaining("length");
    }

    @Test
    void case21CheckpointOfANewerFormat() throws IOException {
        checkpointAndDie();
        storage.overwrite("checkpoint", 8, new byte[] {0, 0, 0, 2});

        assertThat(assertDamage("checkpoint", 0))
                .hasMessageContaining("written in checkpoint format 2 by a newer release");
    }

    @Test
    void case22MissingListedSegment() throws IOException {
        checkpointAndDie();
        storage.lose(FIRST);

        assertThat(assertDamage(FIRST, 0)).hasMessageContaining("which the checkpoint lists, is missing");
    }

    @Test
    void case22BadHeaderOfAListedSegment() throws IOException {
        checkpointAndDie();
        storage.flipBit(FIRST, 60);

        assertDamage(FIRST, 0);
    }

    @Test
    void case22AnotherSegmentInTheListedOnesPlace() throws IOException {
        checkpointAndDie();
        SimulatedStorage otherStorage = new SimulatedStorage(8);
        WalFixture other = new WalFixture(otherStorage, WalFixture.smallOptions()).open();
        other.store("x");
        other.stop();
        storage.lose(FIRST);
        storage.plant(FIRST, otherStorage.content(FIRST));

        assertThat(assertDamage(FIRST, 0)).hasMessageContaining("another log than checkpoint");
    }

    @Test
    void case23NoSegmentBehindTheCheckpoint() throws IOException {
        checkpointAndDie();
        storage.lose(segments().get(segments().size() - 1));

        assertThat(catchThrowableOfType(WalCorruptionException.class, log::open))
                .hasMessageContaining("segments that follow the checkpoint are missing");
    }

    @Test
    void case23SegmentMissingBetweenTheCheckpointAndTheEnd() throws IOException {
        checkpointAndDie();
        log.open();
        storeSegments();
        log.stop();
        String replayed = segments().stream()
                .filter(name -> name.endsWith("-00000001.segment"))
                .reduce((first, second) -> second)
                .orElseThrow();
        storage.lose(replayed);

        assertThat(catchThrowableOfType(WalCorruptionException.class, log::open))
                .hasMessageContaining("segments before this one are missing (records 43 to 60)");
    }

    @Test
    void case23LogThatEndsBeforeTheCheckpoint() throws IOException {
        log.open();
        log.store("a");
        log.store("b");
        log.checkpoint("two", LiveRecords.KEEP_ALL);
        storage.killProcess();
        storage.overwrite(FIRST, SegmentLayout.FIRST_FRAME, new byte[400]);

        assertDamage(FIRST, SegmentLayout.FIRST_FRAME, 1, 2);
    }

    @Test
    void case24SegmentsThatTheCheckpointDoesNotList() throws IOException {
        log.open();
        List<String> before = storeSegments();
        byte[] dropped = storage.content(FIRST);
        log.checkpoint("none is needed", NOTHING_IS_LIVE);
        assertThat(segments()).hasSize(1);
        storage.killProcess();
        // as if the process had died before it deleted the segment
        storage.plant(FIRST, dropped);
        log.open();

        assertThat(storage.list()).doesNotContain(FIRST);
        assertThat(before).isNotEmpty();
        expectAppendsSurvive();
    }

    @Test
    void case24CompactedSegmentThatNoCheckpointLists() throws IOException {
        checkpointAndDie();
        String name = "0000000000000001-40000005.compacted";
        storage.plant(name, new byte[100]);
        storage.plant(name + "-index", new byte[100]);
        log.open();

        assertThat(storage.list()).doesNotContain(name, name + "-index");
        expectAppendsSurvive("behind");
    }

    @Test
    void case25SegmentAtWhichReplayBeginsHadNothingThatCounted() throws IOException {
        log.open();
        log.store("a");
        log.stop().open();
        log.checkpoint("in an epoch without a record", LiveRecords.KEEP_ALL);
        storage.killProcess();
        log.open();
        storage.killProcess();
        log.open();

        assertThat(log.restored()).isEqualTo("in an epoch without a record");
        expectAppendsSurvive();
    }

    @Test
    void damageChangesNothing() throws IOException {
        storeAndDie("a", "b", "c");
        storage.flipBit(FIRST, SegmentLayout.FIRST_FRAME + 3);
        storage.plant("leftover.tmp", new byte[1]);
        List<String> names = storage.list();
        byte[] content = storage.content(FIRST);

        catchThrowableOfType(WalCorruptionException.class, log::open);
        assertThat(storage.list()).isEqualTo(names);
        assertThat(storage.content(FIRST)).isEqualTo(content);
    }

    /** Replay does not read such a segment: only making its index does. */
    @Test
    void damageWhereAnIndexIsMissingChangesNothing() throws IOException {
        checkpointAndDie();
        String listed = segments().get(0);
        storage.lose(SegmentNames.index(listed));
        storage.flipBit(listed, SegmentLayout.FIRST_FRAME + 100);
        storage.plant("leftover.tmp", new byte[1]);
        List<String> names = storage.list();

        assertThat(catchThrowableOfType(WalCorruptionException.class, log::open))
                .hasMessageContaining(listed);
        assertThat(storage.list()).isEqualTo(names);
    }

    @Test
    void recoveringAgainAndAgainLosesNothing() throws IOException {
        List<String> texts = new ArrayList<>();
        log.open();
        for (int life = 0; life < 20; life++) {
            texts.add("life " + life);
            log.store("life " + life);
            if (life % 3 == 0) {
                storage.losePower();
            } else {
                storage.killProcess();
            }
            log.open();
            assertThat(log.replayedTexts()).isEqualTo(texts);
            if (life % 4 == 0) {
                storage.killProcess();
                log.open();
            }
        }
    }

    /** Several segments, a checkpoint that lists them, one record behind it; then the process dies. */
    private void checkpointAndDie() throws IOException {
        log.open();
        storeSegments();
        log.checkpoint("all of it", LiveRecords.KEEP_ALL);
        log.store("behind");
        storage.killProcess();
    }

    private List<String> storeSegments() {
        List<String> texts = new ArrayList<>();
        for (int index = 0; index < 60; index++) {
            texts.add("record " + index + "x".repeat(500));
            log.store(texts.get(index));
        }
        return texts;
    }

    /** Each text in a frame of its own, forced; then the process dies. Returns where the frames end. */
    private long storeAndDie(String... texts) throws IOException {
        log.open();
        for (String text : texts) {
            log.store(text);
        }
        long end = end();
        storage.killProcess();
        return end;
    }

    private long storeUnforcedAndDie(String... texts) throws IOException {
        log.with(ForcePolicy.NONE);
        long end = storeAndDie(texts);
        log.with(ForcePolicy.ALWAYS);
        return end;
    }

    private long end() {
        return Position.offset(log.wal().appender().position()) + FrameLayout.align(1);
    }

    private List<String> storeOverSegments() throws IOException {
        log.open();
        List<String> texts = new ArrayList<>();
        for (int index = 0; index < 100; index++) {
            texts.add("record " + index + "x".repeat(500));
            log.store(texts.get(index));
        }
        assertThat(segments().size()).isGreaterThan(3);
        return texts;
    }

    private List<String> segments() {
        return storage.list().stream().filter(SegmentNames::isSegment).toList();
    }

    private WalCorruptionException assertDamage(String file, long offset) {
        WalCorruptionException damage = catchThrowableOfType(WalCorruptionException.class, log::open);
        assertThat(damage).as("refused").isNotNull();
        assertThat(damage.file()).isEqualTo(file);
        assertThat(damage.offset()).isEqualTo(offset);
        assertThat(damage).hasMessageContaining(file).hasMessageContaining("offset " + offset);
        return damage;
    }

    private void assertDamage(String file, long offset, long first, long last) {
        WalCorruptionException damage = assertDamage(file, offset);
        assertThat(damage.firstSequence()).isEqualTo(first);
        assertThat(damage.lastSequence()).isEqualTo(last);
        assertThat(damage).hasMessageContaining("records " + first + " to " + last);
    }

    /** The end of every case that is no damage: append, start again twice, find everything. */
    private void expectAppendsSurvive(String... before) throws IOException {
        List<String> all = new ArrayList<>(List.of(before));
        assertThat(log.replayedTexts()).isEqualTo(all);
        log.store("after");
        log.append("after that");
        log.wal().appender().submit(true);
        log.step();
        all.addAll(List.of("after", "after that"));
        String restored = log.restored();
        storage.losePower();
        log.open();
        assertThat(log.replayedTexts()).isEqualTo(all);
        assertThat(log.restored()).isEqualTo(restored);
        log.stop().open();
        assertThat(log.replayedTexts()).isEqualTo(all);
        assertThat(log.restored()).isEqualTo(restored);
    }
}
