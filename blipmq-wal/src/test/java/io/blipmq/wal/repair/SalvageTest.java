package io.blipmq.wal.repair;

import static io.blipmq.wal.engine.WalFixture.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LogContent;
import io.blipmq.wal.LogDamage;
import io.blipmq.wal.RepairReport;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.engine.OfflineLog;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.recovery.Recovery;
import io.blipmq.wal.segment.Epoch;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.segment.SequenceRange;
import io.blipmq.wal.storage.FileStorage;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedCrash;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases of a salvage in {@link Recovery}'s second table, by number, each named after what is found. */
class SalvageTest {
    private static final String FIRST = "0000000000000001-00000001.segment";
    private static final String EPOCH_2 = "0000000000000001-00000002.segment";
    private static final int FRAME = FrameLayout.HEADER_BYTES + FrameLayout.recordBytes(1);

    private final SimulatedStorage storage = new SimulatedStorage(11);
    private final WalFixture log = new WalFixture(storage, WalFixture.keyedOptions());

    @Test
    void aWholeLogIsLeftAsItIs() throws IOException {
        storeAndDie("a", "b");
        long changes = storage.changes();
        assertThat(Repair.run(storage, WalLimits.defaults(), LogContent.ANY).damages())
                .isEmpty();
        assertThat(storage.changes()).isEqualTo(changes);
        salvage();

        assertThat(log.wal().salvage().damages()).isEmpty();
        expectAppendsSurvive("a", "b");
    }

    @Test
    void s1BadFrameBelowTheDurableMark() throws IOException {
        storeAndDie("a", "b", "c", "d");
        byte[] before = flip(FIRST, SegmentLayout.FIRST_FRAME + FRAME + 3);
        salvage();

        expectDamage(FIRST, SegmentLayout.FIRST_FRAME + FRAME, 2, 2);
        assertThat(storage.content(FIRST + ".aside")).isEqualTo(before);
        expectAppendsSurvive("a", "c", "d");
    }

    @Test
    void s1BadFrameBeforeAValidOneInTheSameBoot() throws IOException {
        log.with(ForcePolicy.NONE);
        storeAndDie("a", "b", "c");
        log.with(ForcePolicy.ALWAYS);
        flip(FIRST, SegmentLayout.FIRST_FRAME + FRAME + 3);
        salvage();

        expectDamage(FIRST, SegmentLayout.FIRST_FRAME + FRAME, 2, 2);
        expectAppendsSurvive("a", "c");
    }

    @Test
    void s1SeveralBadFramesInAnOlderSegment() throws IOException {
        List<String> texts = storeSegments();
        log.stop();
        flip(FIRST, SegmentLayout.FIRST_FRAME + 3);
        flip(FIRST, SegmentLayout.FIRST_FRAME + 3000);
        salvage();

        assertThat(log.wal().salvage().damages()).hasSize(2);
        assertThat(log.wal().salvage().lostRanges()).isEqualTo(2);
        List<String> left = lessLost(texts);
        assertThat(left).hasSize(texts.size() - 2);
        expectAppendsSurvive(left.toArray(String[]::new));
    }

    @Test
    void s1BadFrameAmongTheSurvivorsOfAnEpoch() throws IOException {
        storeAndDie("a", "b");
        log.open();
        log.store("c");
        log.store("d");
        log.stop();
        flip("0000000000000002-00000002.segment", SegmentLayout.FIRST_FRAME + 3);
        salvage();

        assertThat(log.wal().salvage().damages().get(0).firstSequence()).isEqualTo(2);
        assertThat(log.wal().salvage().damages().get(0).lastSequence()).isEqualTo(2);
        expectAppendsSurvive("a", "c", "d");
    }

    @Test
    void s2ZerosBelowTheDurableMark() throws IOException {
        storeAndDie("a", "b");
        log.open();
        storage.killProcess();
        String start = "0000000000000002-00000002.segment";
        storage.overwrite(start, SegmentLayout.FIRST_FRAME, new byte[200]);
        salvage();

        expectDamage(start, SegmentLayout.FIRST_FRAME, 2, 2);
        expectAppendsSurvive("a");
    }

    @Test
    void s2OlderSegmentEndsEarly() throws IOException {
        List<String> texts = storeSegments();
        log.stop();
        byte[] content = storage.content(FIRST);
        storage.lose(FIRST);
        storage.plant(FIRST, Arrays.copyOf(content, SegmentLayout.FIRST_FRAME + 1000));
        salvage();

        expectAppendsSurvive(lessLost(texts).toArray(String[]::new));
    }

    @Test
    void s2LogThatEndsBeforeTheCheckpoint() throws IOException {
        log.open();
        log.store("a");
        log.store("b");
        log.checkpoint("two", LiveRecords.KEEP_ALL);
        storage.killProcess();
        storage.overwrite(FIRST, SegmentLayout.FIRST_FRAME, new byte[400]);
        salvage();

        expectDamage(FIRST, SegmentLayout.FIRST_FRAME, 1, 2);
        assertThat(log.restored()).isEqualTo("two");
        assertThat(log.lost()).containsExactly(new SequenceRange(1, 2));
        expectAppendsSurvive();
    }

    @Test
    void s3MissingSegment() throws IOException {
        List<String> texts = storeSegments();
        log.stop();
        storage.lose(segments().get(1));
        salvage();

        assertThat(log.wal().salvage().damages()).hasSize(1);
        assertThat(log.wal().salvage().damages().get(0).what()).contains("missing");
        expectAppendsSurvive(lessLost(texts).toArray(String[]::new));
    }

    @Test
    void s3MissingFirstSegment() throws IOException {
        List<String> texts = storeSegments();
        log.stop();
        storage.lose(FIRST);
        salvage();

        LogDamage damage = log.wal().salvage().damages().get(0);
        assertThat(damage.firstSequence()).isEqualTo(1);
        expectAppendsSurvive(lessLost(texts).toArray(String[]::new));
    }

    @Test
    void s3MissingEpoch() throws IOException {
        for (String text : List.of("a", "b", "c")) {
            log.open();
            log.store(text);
            log.stop();
        }
        storage.lose("0000000000000002-00000002.segment");
        salvage();

        assertThat(log.wal().salvage().damages().get(0).firstSequence()).isEqualTo(2);
        expectAppendsSurvive("a", "c");
    }

    @Test
    void s3NoSegmentBehindTheCheckpoint() throws IOException {
        checkpointAndDie();
        storage.lose(segments().get(segments().size() - 1));
        salvage();

        assertThat(log.wal().salvage().damages().get(0).lastSequence()).isEqualTo(LogDamage.UNKNOWN);
        assertThat(log.restored()).isEqualTo("all of it");
        expectAppendsSurvive();
    }

    @Test
    void s3SegmentMissingRightBehindTheCheckpoint() throws IOException {
        checkpointAndDie();
        log.open();
        List<String> texts = storeMore();
        log.stop();
        storage.lose(replayed());
        salvage();

        assertThat(log.restored()).isEqualTo("all of it");
        assertThat(log.wal().salvage().damages()).hasSize(1);
        List<String> left = log.replayedTexts();
        assertThat(left.stream().filter(text -> !text.equals("behind"))).isEqualTo(texts);
        expectAppendsSurvive(left.toArray(String[]::new));
    }

    @Test
    void s4BadHeaderWithAnotherSegmentOfItsEpoch() throws IOException {
        List<String> texts = storeSegments();
        log.stop();
        flip(FIRST, 60);
        salvage();

        assertThat(log.wal().salvage().lostRanges()).isZero();
        expectAppendsSurvive(texts.toArray(String[]::new));
    }

    @Test
    void s4BadHeaderOfTheOnlySegmentOfItsEpoch() throws IOException {
        storeAndDie("a", "b");
        log.open();
        log.store("c");
        log.stop().open();
        log.store("d");
        log.stop();
        storage.overwrite("0000000000000002-00000002.segment", 0, new byte[200]);
        salvage();

        assertThat(log.wal().salvage().lostRanges()).isZero();
        expectAppendsSurvive("a", "b", "c", "d");
    }

    /** The gap of the epoch is behind the last survivor, not behind what is damaged. */
    @Test
    void s4BadHeaderAndBadFramesBehindTheSurvivors() throws IOException {
        rewriteTwoAndStoreTwo();
        storage.overwrite(EPOCH_2, SegmentLayout.FIRST_FRAME + 2 * FRAME, new byte[FRAME]);
        salvage();

        assertThat(log.wal().salvage().damages())
                .filteredOn(LogDamage::losesRecords)
                .extracting(LogDamage::firstSequence, LogDamage::lastSequence)
                .containsExactly(tuple(2 + Epoch.UNCLEAN_GAP, 2 + Epoch.UNCLEAN_GAP));
        expectAppendsSurvive("a", "b", "d");
    }

    @Test
    void s4BadHeaderAndOnlyTheSealBehindWhatIsDamaged() throws IOException {
        rewriteTwoAndStoreTwo();
        storage.overwrite(EPOCH_2, SegmentLayout.FIRST_FRAME + FRAME, new byte[3 * FRAME]);
        salvage();

        assertThat(log.wal().salvage().damages())
                .filteredOn(LogDamage::losesRecords)
                .extracting(LogDamage::firstSequence, LogDamage::lastSequence)
                .containsExactly(tuple(2L, 3 + Epoch.UNCLEAN_GAP));
        expectAppendsSurvive("a");
    }

    /** Two survivors and two records of the epoch's own, in a segment whose header is damaged. */
    private void rewriteTwoAndStoreTwo() throws IOException {
        log.with(ForcePolicy.NONE).open();
        log.store("a");
        log.store("b");
        storage.killProcess();
        log.with(ForcePolicy.ALWAYS).open();
        log.store("c");
        log.store("d");
        log.stop();
        storage.overwrite(EPOCH_2, 0, new byte[8]);
    }

    @Test
    void s4BadHeaderAndNothingBehindIt() throws IOException {
        List<String> texts = storeSegments();
        log.stop();
        String second = segments().get(1);
        storage.overwrite(second, 0, new byte[storage.content(second).length]);
        salvage();

        assertThat(storage.list()).contains(second + ".aside");
        expectAppendsSurvive(lessLost(texts).toArray(String[]::new));
    }

    @Test
    void s4BadHeaderOfAListedSegment() throws IOException {
        checkpointAndDie();
        flip(FIRST, 60);
        salvage();

        assertThat(log.wal().salvage().lostRanges()).isZero();
        assertThat(log.lost()).isEmpty();
        assertThat(log.find("r", 1, 100, 100)).hasSize(60);
        expectAppendsSurvive("behind");
    }

    @Test
    void s5RenamedSegment() throws IOException {
        storeAndDie("a");
        byte[] content = storage.content(FIRST);
        storage.lose(FIRST);
        storage.plant("0000000000000009-00000001.segment", content);
        salvage();

        assertThat(log.wal().salvage().lostRanges()).isZero();
        expectAppendsSurvive("a");
    }

    @Test
    void s5SecondCopyOfASegment() throws IOException {
        storeAndDie("a");
        storage.plant("0000000000000009-00000001.segment", storage.content(FIRST));
        salvage();

        assertThat(storage.list()).contains("0000000000000009-00000001.segment.aside");
        expectAppendsSurvive("a");
    }

    @Test
    void s6SegmentOfAnotherJournal() throws IOException {
        SimulatedStorage otherStorage = new SimulatedStorage(8);
        WalFixture other = new WalFixture(otherStorage, WalFixture.smallOptions()).open();
        other.store("x");
        other.stop().open();
        other.stop();
        List<String> texts = storeSegments();
        log.stop();
        String foreign = "0000000000000002-00000002.segment";
        storage.plant(foreign, otherStorage.content(foreign));
        salvage();

        assertThat(storage.list()).contains(foreign + ".aside");
        expectAppendsSurvive(texts.toArray(String[]::new));
    }

    @Test
    void s7BadCheckpointOfALogThatHoldsEverything() throws IOException {
        checkpointAndDie();
        flip("checkpoint", 80);
        salvage();

        assertThat(log.wal().salvage().lostRanges()).isZero();
        assertThat(storage.list()).contains("checkpoint.aside");
        List<String> texts = texts(60);
        texts.add("behind");
        expectAppendsSurvive(texts.toArray(String[]::new));
    }

    @Test
    void s8BadCheckpointOfALogWhoseOldSegmentsAreGone() throws IOException {
        List<String> before = compactAndDie();
        flip("checkpoint", 80);
        int segments = segments().size();
        salvage();

        assertThat(log.wal().salvage().lostRanges()).isPositive();
        assertThat(log.restored()).isNull();
        assertThat(storage.list().stream().filter(SegmentNames::isAside))
                .as("the checkpoint, every segment and every compacted one")
                .hasSizeGreaterThan(segments + 1)
                .anyMatch(name -> name.contains(".compacted.aside"));
        List<String> left = log.replayedTexts();
        assertThat(before).containsSubsequence(left);
        assertThat(left).contains("behind");
        expectAppendsSurvive(left.toArray(String[]::new));
    }

    @Test
    void s8MissingCheckpointOfALogWhoseOldSegmentsAreGone() throws IOException {
        compactAndDie();
        storage.lose("checkpoint");
        salvage();

        assertThat(log.wal().salvage().lostRanges()).isPositive();
        assertThat(log.replayedTexts()).contains("behind");
        expectAppendsSurvive(log.replayedTexts().toArray(String[]::new));
    }

    /** A start must not take what is left of a log for none. */
    @Test
    void s8OnlyCompactedSegmentsAreLeft() throws IOException {
        compactAndDie();
        segments().forEach(storage::lose);
        storage.lose("checkpoint");
        List<String> before = storage.list();

        assertThatThrownBy(log::open).isInstanceOf(WalCorruptionException.class).hasMessageContaining("missing");
        assertThat(storage.list()).isEqualTo(before);
        salvage();
        assertThat(log.wal().salvage().kept()).isNotEmpty().allMatch(name -> name.contains(".compacted.aside"));
        assertThat(storage.list()).containsAll(log.wal().salvage().kept());
        expectAppendsSurvive();
    }

    @Test
    void s9MissingListedSegment() throws IOException {
        checkpointAndDie();
        storage.lose(FIRST);
        salvage();

        LogDamage damage = log.wal().salvage().damages().get(0);
        assertThat(damage.file()).isEqualTo(FIRST);
        assertThat(log.restored()).isEqualTo("all of it");
        assertThat(log.lost()).containsExactly(new SequenceRange(1, damage.lastSequence()));
        assertThat(log.find("r", 1, 100, 100)).hasSize((int) (60 - damage.lastSequence()));
        expectAppendsSurvive("behind");
    }

    @Test
    void s10DamageInsideAListedSegment() throws IOException {
        checkpointAndDie();
        log.open();
        log.stop();
        List<WalFixture.Seen> before = log.replayed();
        flip(FIRST, SegmentLayout.FIRST_FRAME + 3000);
        salvage();

        assertThat(log.lost()).hasSize(1);
        long lost = log.lost().get(0).first();
        assertThat(before).isNotEmpty();
        assertThat(log.find("r", 1, 100, 100))
                .hasSize(59)
                .noneMatch(record -> record.sequence() == lost)
                .allMatch(record -> record.text().startsWith("record " + (record.sequence() - 1)));
        expectAppendsSurvive("behind");
    }

    @Test
    void s10DamageInsideACompactedSegment() throws IOException {
        compactAndDie();
        String compacted = storage.list().stream()
                .filter(SegmentNames::isCompacted)
                .findFirst()
                .orElseThrow();
        flip(compacted, SegmentLayout.FIRST_FRAME + 3);
        salvage();

        assertThat(log.lost()).hasSize(1);
        expectAppendsSurvive(log.replayedTexts().toArray(String[]::new));
    }

    @Test
    void s11BadIndex() throws IOException {
        checkpointAndDie();
        String index = SegmentNames.index(FIRST);
        flip(index, storage.content(index).length - 10);
        salvage();

        assertThat(log.wal().salvage().damages()).hasSize(1);
        assertThat(log.wal().salvage().lostRanges()).isZero();
        assertThat(log.find("r", 1, 100, 100)).hasSize(60);
        expectAppendsSurvive("behind");
    }

    @Test
    void s11BadIndexOfTheNewestSegment() throws IOException {
        log.open();
        store(log, texts(5));
        log.stop();
        String index = SegmentNames.index(FIRST);
        flip(index, storage.content(index).length - 10);
        assertThat(LogSurvey.of(storage, WalLimits.defaults(), LogContent.ANY)
                        .report()
                        .damages())
                .extracting(LogDamage::file)
                .containsExactly(index);
        salvage();

        assertThat(log.find("r", 1, 100, 100)).hasSize(5);
    }

    @Test
    void s11BadIndexOfTheNewestSegmentWhoseSealIsBad() throws IOException {
        log.open();
        store(log, texts(5));
        log.stop();
        String index = SegmentNames.index(FIRST);
        flip(index, storage.content(index).length - 10);
        flip(FIRST, storage.content(FIRST).length - 10);
        Repair.run(storage, WalLimits.defaults(), LogContent.ANY);

        assertThat(storage.list()).doesNotContain(index);
    }

    @Test
    void s12NewerFormat() throws IOException {
        storeAndDie("a");
        storage.overwrite(FIRST, 8, new byte[] {0, 0, 0, 2});
        log.with(options -> options.withSalvage(true));

        assertThat(catchThrowableOfType(WalCorruptionException.class, log::open))
                .hasMessageContaining("newer release")
                .hasMessageNotContaining("repair");
    }

    @Test
    void s13SalvageThatDied() throws IOException {
        for (int changes = 1; changes < 60; changes++) {
            SimulatedStorage disk = new SimulatedStorage(100 + changes);
            WalFixture fixture = new WalFixture(disk, WalFixture.keyedOptions());
            fixture.open();
            store(fixture, texts(60));
            fixture.checkpoint("state", LiveRecords.KEEP_ALL);
            fixture.store("behind");
            fixture.stop();
            List<String> names =
                    disk.list().stream().filter(SegmentNames::isSegment).toList();
            disk.flipBit(FIRST, SegmentLayout.FIRST_FRAME + 3000);
            disk.lose(names.get(1));
            fixture.with(options -> options.withSalvage(true));
            disk.crashAfterChanges(changes);
            boolean died = false;
            try {
                fixture.open();
            } catch (SimulatedCrash crash) {
                died = true;
            }
            if (changes % 2 == 0) {
                disk.losePower();
            } else {
                disk.killProcess();
            }
            fixture.open();
            assertThat(fixture.restored()).isEqualTo("state");
            assertThat(fixture.lost()).hasSize(2);
            assertThat(fixture.replayedTexts()).containsExactly("behind");
            fixture.stop();
            fixture.with(options -> options.withSalvage(false)).open();
            assertThat(fixture.lost()).as("a strict start is told, too").hasSize(2);
            if (!died) {
                assertThat(changes).isGreaterThan(5);
                return;
            }
        }
    }

    @Test
    void s13SalvageWithoutRoom() throws IOException {
        checkpointAndDie();
        flip(FIRST, SegmentLayout.FIRST_FRAME + 3000);
        long used = storage.usedBytes();
        storage.limitBytes(used + 2000);
        log.with(options -> options.withSalvage(true));

        assertThat(catchThrowableOfType(DiskFullException.class, log::open))
                .hasMessageContaining("no room to repair the log");
        assertThat(storage.list()).noneMatch(SegmentNames::isTemporary);
        storage.limitBytes(Long.MAX_VALUE);
        log.open();
        assertThat(log.lost()).hasSize(1);
        expectAppendsSurvive("behind");
    }

    @Test
    void s8CompactedSegmentsCanStillBeSeen() throws IOException {
        compactAndDie();
        flip("checkpoint", 80);
        List<String> seen = new ArrayList<>();
        try (OfflineLog offline = OfflineLog.of(storage)) {
            offline.visit((file, sequence, type, buffer, offset, length) -> seen.add(file));
        }

        assertThat(seen).anyMatch(SegmentNames::isCompacted).anyMatch(SegmentNames::isSegment);
    }

    @Test
    void case26FrameAndSegmentThatStandForLostRecords() throws IOException {
        List<String> texts = storeSegments();
        log.stop();
        flip(segments().get(1), SegmentLayout.FIRST_FRAME + 3);
        storage.lose(FIRST);
        RepairReport repair = Repair.run(storage, WalLimits.defaults(), LogContent.ANY);
        log.open();

        assertThat(log.wal().salvage().damages()).as("a strict start").isEmpty();
        long lastLost = repair.damages().stream()
                .mapToLong(LogDamage::lastSequence)
                .max()
                .orElseThrow();
        assertThat(log.replayedTexts()).isEqualTo(texts.subList((int) lastLost, texts.size()));
        expectAppendsSurvive(log.replayedTexts().toArray(String[]::new));
    }

    @Test
    void case27CheckpointThatNamesLostRanges() throws IOException {
        checkpointAndDie();
        storage.lose(FIRST);
        Repair.run(storage, WalLimits.defaults(), LogContent.ANY);
        log.open();

        assertThat(log.restored()).isEqualTo("all of it");
        assertThat(log.lost()).hasSize(1);
        expectAppendsSurvive("behind");
    }

    /** On a real disk a kept file is a second name for the same bytes, and the start cuts the newest segment. */
    @Test
    void s8WhatIsKeptIsNotCutWithTheSegment(@TempDir Path directory) throws IOException {
        WalFixture real = new WalFixture(FileStorage.open(directory), WalFixture.keyedOptions()).open();
        store(real, texts(100));
        real.wal().close();
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(file -> SegmentNames.isSegment(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
        Files.delete(files.get(0));
        Path newest = files.get(files.size() - 1);
        byte[] before = Files.readAllBytes(newest);
        new WalFixture(FileStorage.open(directory), WalFixture.keyedOptions())
                .with(options -> options.withSalvage(true))
                .open()
                .stop();

        assertThat(newest.resolveSibling(newest.getFileName() + ".aside")).hasBinaryContent(before);
        assertThat(Files.size(newest)).isLessThan(before.length);
    }

    @Test
    void aLaterCheckpointKnowsOfNoLoss() throws IOException {
        checkpointAndDie();
        storage.lose(FIRST);
        salvage();
        log.checkpoint("without the lost ones", LiveRecords.KEEP_ALL);
        log.stop();
        log.with(options -> options.withSalvage(false)).open();

        assertThat(log.restored()).isEqualTo("without the lost ones");
        assertThat(log.lost()).isEmpty();
    }

    // ---- helpers

    private void salvage() throws IOException {
        log.with(options -> options.withSalvage(true)).open();
    }

    private void expectDamage(String file, long offset, long first, long last) {
        assertThat(log.wal().salvage().damages())
                .extracting(LogDamage::file, LogDamage::offset, LogDamage::firstSequence, LogDamage::lastSequence)
                .containsExactly(tuple(file, offset, first, last));
    }

    /** Append, start again strictly, twice, and find everything. */
    private void expectAppendsSurvive(String... before) throws IOException {
        List<String> all = new ArrayList<>(List.of(before));
        assertThat(log.replayedTexts()).isEqualTo(all);
        log.store("after");
        all.add("after");
        String restored = log.restored();
        storage.losePower();
        log.with(options -> options.withSalvage(false)).open();
        assertThat(log.replayedTexts()).isEqualTo(all);
        assertThat(log.restored()).isEqualTo(restored);
        log.stop();
        assertThat(LogSurvey.of(storage, WalLimits.defaults(), LogContent.ANY)
                        .report()
                        .damages())
                .isEmpty();
        log.open();
        assertThat(log.replayedTexts()).isEqualTo(all);
    }

    private byte[] flip(String name, long offset) {
        storage.flipBit(name, offset);
        return storage.content(name);
    }

    private void storeAndDie(String... texts) throws IOException {
        log.open();
        store(log, List.of(texts));
        storage.killProcess();
    }

    private static void store(WalFixture fixture, List<String> texts) {
        texts.forEach(fixture::store);
    }

    private static List<String> texts(int count) {
        List<String> texts = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            texts.add("record " + index + " ".repeat(500));
        }
        return texts;
    }

    /** Record N + 1 is text N. */
    private List<String> storeSegments() throws IOException {
        log.open();
        return storeMore();
    }

    private List<String> storeMore() {
        List<String> texts = texts(100);
        store(log, texts);
        assertThat(segments().size()).isGreaterThan(3);
        return texts;
    }

    private List<String> lessLost(List<String> texts) {
        List<String> left = new ArrayList<>();
        for (int index = 0; index < texts.size(); index++) {
            long sequence = index + 1;
            boolean lost = log.wal().salvage().damages().stream()
                    .anyMatch(damage -> damage.firstSequence() <= sequence && sequence <= damage.lastSequence());
            if (!lost) {
                left.add(texts.get(index));
            }
        }
        assertThat(left).hasSizeLessThan(texts.size());
        return left;
    }

    private void checkpointAndDie() throws IOException {
        log.open();
        store(log, texts(60));
        log.checkpoint("all of it", LiveRecords.KEEP_ALL);
        log.store("behind");
        storage.killProcess();
    }

    /** One record in ten is live, so segments are compacted; some later ones are whole. */
    private List<String> compactAndDie() throws IOException {
        log.open();
        List<String> texts = new ArrayList<>(texts(300));
        store(log, texts);
        LiveRecords tenth = live(sequence -> sequence % 10 == 0);
        log.checkpoint("mostly dead", tenth);
        log.checkpoint("mostly dead", tenth);
        assertThat(storage.list()).anyMatch(SegmentNames::isCompacted);
        List<String> more = texts(30);
        store(log, more);
        texts.addAll(more);
        texts.add("behind");
        log.store("behind");
        log.stop();
        return texts;
    }

    private String replayed() {
        return segments().stream()
                .filter(name -> name.endsWith("-00000001.segment"))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private List<String> segments() {
        return storage.list().stream().filter(SegmentNames::isSegment).toList();
    }
}
