package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.Capacity;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import io.blipmq.wal.RecordKey;
import io.blipmq.wal.engine.PrefixMatcher;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A log with random keys and limits, in which random matchers search while segments are closed and compacted. What they find
 * is held against a list of all records. Owned by its one thread; the seed decides everything.
 */
final class MatchRun {
    private static final int ROUNDS = 12;

    private final Random random;
    private final SimulatedStorage storage;
    private final WalFixture log;
    private final List<String> keys = new ArrayList<>();
    private final List<PrefixMatcher> matchers = new ArrayList<>();

    private final List<WalFixture.Seen> history = new ArrayList<>();
    private final Set<Long> dead = new HashSet<>();

    MatchRun(long seed) {
        random = new Random(seed);
        storage = new SimulatedStorage(seed);
        int segment = 4096 << random.nextInt(3);
        log = new WalFixture(
                storage,
                WalFixture.smallOptions()
                        .withSegments(segment + 4096, segment + 4096, 1024, 256)
                        .withRecordKey(MatchRun::locate)
                        .withLimits(SmallLimits.draw(random)));
        drawKeys(1 << random.nextInt(8));
        for (int count = 1 + random.nextInt(20); count > 0; count--) {
            matchers.add(drawMatcher());
        }
    }

    /** The key stands before the first blank. With an exclamation mark it is hidden, with a dash the record is not listed. */
    private static long locate(int type, ByteBuffer buffer, int offset, int length) {
        int end = offset;
        while (buffer.get(end) != ' ') {
            end++;
        }
        return switch (buffer.get(offset)) {
            case '-' -> RecordKey.NONE;
            case '!' -> RecordKey.hiddenAt(offset, end - offset);
            default -> RecordKey.at(offset, end - offset);
        };
    }

    private void drawKeys(int count) {
        keys.add("-");
        for (int key = 0; key < count; key++) {
            StringBuilder name = new StringBuilder(random.nextInt(6) == 0 ? "!" : "");
            for (int levels = 1 + random.nextInt(3); levels > 0; levels--) {
                name.append("ab\u00ff".charAt(random.nextInt(3)))
                        .append(random.nextInt(count))
                        .append('/');
            }
            keys.add(name.toString());
        }
    }

    private PrefixMatcher drawMatcher() {
        String key = keys.get(random.nextInt(keys.size()));
        String begin = key.substring(0, random.nextInt(3) == 0 ? 0 : random.nextInt(key.length() + 1));
        return new PrefixMatcher(begin, random.nextBoolean() ? "" : random.nextInt(10) + "/");
    }

    void run() throws IOException {
        log.open();
        for (int round = 0; round < ROUNDS; round++) {
            store();
            if (random.nextInt(3) == 0) {
                beginCheckpoint();
            }
            for (int count = random.nextInt(4); count > 0; count--) {
                search();
            }
            if (random.nextInt(6) == 0) {
                restart();
            }
        }
        log.finishCheckpoint().settle();
        for (PrefixMatcher matcher : matchers) {
            search(matcher, 1, Long.MAX_VALUE);
        }
    }

    private void store() {
        for (int count = random.nextInt(60); count > 0; count--) {
            append(drawKey() + " " + "x".repeat(random.nextInt(random.nextInt(8) == 0 ? 400 : 20)));
            if (random.nextInt(4) == 0) {
                log.wal().appender().submit(true);
                log.step();
            }
        }
        log.wal().appender().submit(true);
        while (log.appliedSequence() < log.wal().appender().lastSequence()) {
            log.step().advance(1);
        }
        work(random.nextInt(40));
    }

    private void append(String text) {
        while (log.wal().appender().roomFor(text.length() * 2) != Capacity.YES) {
            log.wal().appender().submit(true);
            log.step().advance(1);
        }
        history.add(new WalFixture.Seen(log.append(text), 1, text, 0));
    }

    private String drawKey() {
        int few = random.nextBoolean() ? keys.size() : 1 + random.nextInt(keys.size());
        return keys.get(random.nextInt(few));
    }

    private void work(int steps) {
        for (int step = 0; step < steps; step++) {
            log.wal().background().doWork(log.nowNanos());
            log.wal().agent().doWork(log.nowNanos());
            log.advance(1);
        }
    }

    private void beginCheckpoint() {
        if (log.wal().isCheckpointing() || history.isEmpty()) {
            return;
        }
        int share = 1 + random.nextInt(10);
        history.stream()
                .map(WalFixture.Seen::sequence)
                .filter(number -> random.nextInt(10) < share)
                .forEach(dead::add);
        Set<Long> settled = Set.copyOf(dead);
        log.beginCheckpoint("state", new LiveRecords() {
            @Override
            public long firstLive() {
                return 1;
            }

            @Override
            public LiveRecordsOfKey of(byte[] key) {
                return number -> !settled.contains(number);
            }
        });
        work(random.nextInt(200));
    }

    private void restart() throws IOException {
        if (random.nextBoolean()) {
            log.finishCheckpoint().stop();
        } else {
            storage.killProcess();
        }
        log.open();
    }

    private void search() {
        boolean fromStart = history.isEmpty() || random.nextInt(4) == 0;
        long from = fromStart ? 1 : history.get(random.nextInt(history.size())).sequence();
        long through = random.nextInt(3) == 0 ? Long.MAX_VALUE : from + random.nextInt(300);
        search(matchers.get(random.nextInt(matchers.size())), from, through);
    }

    /** Searches page by page, while the background thread goes on with whatever it is at. */
    private void search(PrefixMatcher matcher, long from, long through) {
        List<WalFixture.Seen> found = new ArrayList<>();
        int page = 1 + random.nextInt(random.nextBoolean() ? 5 : 200);
        long end = Math.min(through, log.wal().keyIndex().indexedThrough());
        for (long next = from; next <= end; ) {
            next = log.searchOnce(matcher, next, through, page, found);
            if (random.nextInt(4) == 0) {
                work(random.nextInt(12));
            }
        }
        verify(matcher, from, end, through, found);
    }

    /** A dead record may be found or not; what has been indexed since the search began may be, too. */
    private void verify(PrefixMatcher matcher, long from, long end, long through, List<WalFixture.Seen> found) {
        List<String> expected = new ArrayList<>();
        List<String> told = new ArrayList<>();
        for (WalFixture.Seen record : history) {
            boolean wanted = record.sequence() >= from && record.sequence() <= end && matches(matcher, record);
            if (wanted && !dead.contains(record.sequence())) {
                expected.add(record.sequence() + " " + record.text());
            }
        }
        long last = 0;
        for (WalFixture.Seen record : found) {
            assertThat(record.sequence())
                    .as("in order, and within %s to %s", from, through)
                    .isBetween(from, through);
            assertThat(record.sequence()).as("in order").isGreaterThan(last);
            last = record.sequence();
            assertThat(record.text()).as("record %s", record.sequence()).isNotNull();
            assertThat(matches(matcher, record))
                    .as("%s takes %s", matcher, record)
                    .isTrue();
            if (record.sequence() <= end && !dead.contains(record.sequence())) {
                told.add(record.sequence() + " " + record.text());
            }
        }
        assertThat(told).as("%s from %s to %s", matcher, from, end).isEqualTo(expected);
    }

    private static boolean matches(PrefixMatcher matcher, WalFixture.Seen record) {
        String key = record.text().substring(0, record.text().indexOf(' '));
        return !key.startsWith("-") && !key.startsWith("!") && matcher.matches(key);
    }
}
