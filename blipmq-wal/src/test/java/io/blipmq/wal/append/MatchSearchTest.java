package io.blipmq.wal.append;

import static io.blipmq.wal.engine.WalFixture.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.KeyMatcher;
import io.blipmq.wal.RecordKey;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.PrefixMatcher;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records found by a matcher of their keys, over segments, in order. */
class MatchSearchTest {
    private static final String FIRST_INDEX = "0000000000000001-00000001.index";
    private static final int ALL = 10_000;

    private final SimulatedStorage storage = new SimulatedStorage(41);
    private final WalFixture log = new WalFixture(storage, options());

    /** Records are listed under what stands before their first blank; hidden when that begins with an exclamation mark. */
    private static WalOptions options() {
        return WalFixture.smallOptions().withRecordKey(MatchSearchTest::key);
    }

    private static long key(int type, ByteBuffer buffer, int offset, int length) {
        int end = offset;
        while (end < offset + length && buffer.get(end) != ' ') {
            end++;
        }
        return buffer.get(offset) == '!'
                ? RecordKey.hiddenAt(offset, end - offset)
                : RecordKey.at(offset, end - offset);
    }

    private static WalLimits limits(int lists, int bytes, int sets, int steps) {
        WalLimits usual = WalLimits.defaults();
        return new WalLimits(
                usual.windowBytes(),
                usual.lookBackBytes(),
                usual.longFrameBytes(),
                usual.blockBytes(),
                usual.zeroBytes(),
                usual.copyBytes(),
                usual.stepBytes(),
                usual.forceBytes(),
                usual.compactedFrameBytes(),
                usual.lostFrameBytes(),
                usual.indexBlockBytes(),
                usual.indexOutputBlocks(),
                usual.indexPieceNumbers(),
                usual.historyBlocks(),
                usual.backgroundBlocks(),
                usual.openIndexesMax(),
                lists,
                1,
                bytes,
                sets,
                steps,
                usual.openSegmentsMax(),
                usual.ringFrames(),
                usual.spareChunks(),
                usual.countedMax(),
                usual.mergedMax(),
                usual.shortRunMin(),
                usual.stepsBetweenSegments());
    }

    /** Several segments of records with ten topics in turn, {@code site/0/x} to {@code site/9/x}. */
    private void storeSites(int records) {
        for (int record = 0; record < records; record++) {
            log.store("site/" + record % 10 + "/x " + record + " " + "y".repeat(200));
        }
        log.settle();
    }

    private static List<Long> numbers(List<WalFixture.Seen> found) {
        return found.stream().map(WalFixture.Seen::sequence).toList();
    }

    private List<Long> stored(KeyMatcher matcher, long from, long through) {
        long end = Math.min(through, log.wal().keyIndex().indexedThrough());
        return log.drained().stream()
                .filter(record -> record.sequence() >= from && record.sequence() <= end)
                .filter(record -> matcher.matches(
                        record.text().substring(0, record.text().indexOf(' ')).getBytes(StandardCharsets.ISO_8859_1)))
                .map(WalFixture.Seen::sequence)
                .toList();
    }

    @Test
    void findsTheRecordsOfAllKeysThatMatchInOrder() throws IOException {
        log.open();
        storeSites(300);
        List<WalFixture.Seen> found = log.find(new PrefixMatcher("site/", "x"), 1, Long.MAX_VALUE, ALL);

        assertThat(log.wal().keyIndex().segmentCount()).isGreaterThan(3);
        assertThat(numbers(found))
                .isEqualTo(stored(PrefixMatcher.ALL, 1, Long.MAX_VALUE))
                .hasSizeGreaterThan(200);
        assertThat(found).allSatisfy(record -> assertThat(record.text()).startsWith("site/"));
        assertThat(numbers(log.find(new PrefixMatcher("site/3/", ""), 1, Long.MAX_VALUE, ALL)))
                .isEqualTo(stored(new PrefixMatcher("site/3/", ""), 1, Long.MAX_VALUE));
        assertThat(log.find(new PrefixMatcher("sites", ""), 1, Long.MAX_VALUE, ALL))
                .isEmpty();
        assertThat(log.find(new PrefixMatcher("site", "/y"), 1, Long.MAX_VALUE, ALL))
                .isEmpty();
    }

    @Test
    void findsFromOneNumberToAnother() throws IOException {
        log.open();
        storeSites(300);
        PrefixMatcher matcher = new PrefixMatcher("site/", "");

        assertThat(numbers(log.find(matcher, 77, 177, ALL))).isEqualTo(stored(matcher, 77, 177));
        assertThat(numbers(log.find(matcher, 77, 77, ALL))).containsExactly(77L);
        assertThat(numbers(log.find(matcher, 77, 177, 7))).isEqualTo(stored(matcher, 77, 177));
    }

    @Test
    void aSearchTellsHowFarItCame() throws IOException {
        log.open();
        storeSites(300);
        long indexed = log.wal().keyIndex().indexedThrough();
        List<WalFixture.Seen> found = new ArrayList<>();

        assertThat(log.searchOnce(PrefixMatcher.ALL, 5, 300, 7, found)).isEqualTo(12);
        assertThat(numbers(found)).containsExactly(5L, 6L, 7L, 8L, 9L, 10L, 11L);
        assertThat(log.searchOnce(PrefixMatcher.ALL, 5, 10, 7, found)).isEqualTo(11);
        assertThat(indexed).isLessThan(300);
        assertThat(log.searchOnce(PrefixMatcher.ALL, 5, 300, ALL, found)).isEqualTo(indexed + 1);
        assertThat(log.searchOnce(new PrefixMatcher("none", ""), 5, 300, ALL, found))
                .isEqualTo(indexed + 1);
        assertThat(log.wal().keyIndex().find(PrefixMatcher.ALL, 290, 300, new long[9], new long[9], new int[9]))
                .isEqualTo((int) Math.min(9, Math.max(0, indexed - 289)));
    }

    @Test
    void noMatcherSeesAHiddenKey() throws IOException {
        log.open();
        for (int record = 0; record < 100; record++) {
            log.store((record % 2 == 0 ? "!letters" : "topic") + " " + "y".repeat(300));
        }
        log.settle();
        List<String> seen = new ArrayList<>();
        KeyMatcher curious = new KeyMatcher() {
            @Override
            public byte[] prefix() {
                return new byte[0];
            }

            @Override
            public boolean matches(byte[] key) {
                seen.add(new String(key, StandardCharsets.ISO_8859_1));
                return true;
            }
        };

        assertThat(numbers(log.find(curious, 1, Long.MAX_VALUE, ALL))).allMatch(number -> number % 2 == 0);
        assertThat(seen).contains("topic").doesNotContain("!letters");
        assertThat(log.find("!letters", 1, Long.MAX_VALUE, ALL)).isNotEmpty();
    }

    /** A topic cannot have the bytes of a key that is none, unless somebody means harm. */
    @Test
    void aKeyIsHiddenAsSoonAsOneOfItsRecordsSaysSo() throws IOException {
        WalFixture two = new WalFixture(
                        storage,
                        options()
                                .withRecordKey((type, buffer, offset, length) ->
                                        type == 2 ? RecordKey.hiddenAt(offset, 1) : RecordKey.at(offset, 1)))
                .open();
        ByteBuffer body = ByteBuffer.wrap("k".getBytes(StandardCharsets.US_ASCII));
        for (int type = 1; type <= 2; type++) {
            two.append(type, body);
            two.append(1, ByteBuffer.wrap("m".getBytes(StandardCharsets.US_ASCII)));
        }
        two.wal().appender().submit(true);
        two.step().stop().open();

        assertThat(numbers(two.find(PrefixMatcher.ALL, 1, Long.MAX_VALUE, ALL))).containsExactly(2L, 4L);
        assertThat(numbers(two.find("k", 1, Long.MAX_VALUE, ALL))).containsExactly(1L, 3L);
    }

    /** Each pair of limits takes another way through the index; all of them find the same. */
    @Test
    void whatIsFoundDoesNotDependOnTheLimits() throws IOException {
        for (int lists : new int[] {1, 3, 64}) {
            for (int bytes : new int[] {0, 8, 1 << 14}) {
                for (int steps : new int[] {1, 2, 30, 600, 8_192}) {
                    SimulatedStorage disk = new SimulatedStorage(42);
                    WalFixture small =
                            new WalFixture(disk, options().withLimits(limits(lists, bytes, 2, steps))).open();
                    for (int record = 0; record < 200; record++) {
                        small.store("site/" + record * 7 % 90 + "/" + record % 2 + " " + "y".repeat(120));
                    }
                    small.settle();
                    List<WalFixture.Seen> all = small.drained();
                    long indexed = small.wal().keyIndex().indexedThrough();

                    assertThat(numbers(small.find(new PrefixMatcher("site/", "/1"), 10, 190, 50)))
                            .as("lists %s, bytes %s, steps %s", lists, bytes, steps)
                            .isEqualTo(all.stream()
                                    .filter(record -> record.text().contains("/1 "))
                                    .map(WalFixture.Seen::sequence)
                                    .filter(number -> number >= 10 && number <= Math.min(190, indexed))
                                    .toList());
                }
            }
        }
    }

    /** Many readers take turns, and what each has learned of the keys is forgotten before its next turn. */
    @Test
    void searchesEndAlthoughMoreOfThemTakeTurnsThanAreRemembered() throws IOException {
        WalFixture small = new WalFixture(storage, options().withLimits(limits(1, 64, 1, 3))).open();
        for (int record = 0; record < 100; record++) {
            small.store("site/" + record % 50 + " " + "y".repeat(100));
        }
        small.settle();
        long indexed = small.wal().keyIndex().indexedThrough();
        long[] next = {1, 1};
        List<List<WalFixture.Seen>> found = List.of(new ArrayList<>(), new ArrayList<>());
        for (int turn = 0; next[0] <= indexed || next[1] <= indexed; turn++) {
            int reader = turn % 2;
            if (next[reader] <= indexed) {
                next[reader] = small.searchOnce(
                        new PrefixMatcher("site/", "" + reader), next[reader], indexed, 10, found.get(reader));
            }
        }

        for (int reader = 0; reader < 2; reader++) {
            int ending = reader;
            assertThat(numbers(found.get(reader)))
                    .isNotEmpty()
                    .isEqualTo(small.drained().stream()
                            .filter(record -> record.text().contains(ending + " "))
                            .map(WalFixture.Seen::sequence)
                            .filter(number -> number <= indexed)
                            .toList());
        }
    }

    @Test
    void aSearchGoesOnInTheSegmentThatCompactionPutInThePlaceOfSeveral() throws IOException {
        log.open();
        storeSites(300);
        PrefixMatcher matcher = new PrefixMatcher("site/", "");
        List<WalFixture.Seen> found = new ArrayList<>();
        long next = log.searchOnce(matcher, 1, 300, 20, found);
        log.checkpoint("state", live(sequence -> sequence % 9 == 0));
        found.addAll(log.find(matcher, next, 300, ALL));

        assertThat(storage.list()).anyMatch(SegmentNames::isCompacted);
        assertThat(numbers(found)).isSorted().doesNotHaveDuplicates();
        assertThat(numbers(found))
                .containsAll(stored(matcher, 1, 300).stream()
                        .filter(number -> number < next || number % 9 == 0)
                        .toList());
        assertThat(found).allMatch(record -> record.text() != null);
    }

    @Test
    void aDamagedIndexIsReportedAndMadeAgainAtTheNextStart() throws IOException {
        log.open();
        for (int record = 0; record < 900; record++) {
            log.append("key" + record % 100 + " ");
        }
        log.wal().appender().submit(true);
        log.step().stop().open();
        byte[] before = storage.content(FIRST_INDEX);
        storage.flipBit(FIRST_INDEX, before.length - 100);
        storage.killProcess();
        log.open();

        assertThatThrownBy(() -> log.find(PrefixMatcher.ALL, 1, 900, ALL))
                .isInstanceOf(StorageFailedException.class)
                .hasMessageContaining(FIRST_INDEX);
        storage.killProcess();
        log.open();
        assertThat(storage.content(FIRST_INDEX)).isEqualTo(before);
        assertThat(log.find(PrefixMatcher.ALL, 1, 900, ALL)).hasSize(900);
    }
}
