package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import io.blipmq.wal.engine.PrefixMatcher;
import io.blipmq.wal.engine.WalFixture;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** What a random run knows about its records: which are settled, and what checkpoints were told. A test's helper. */
final class Model {
    private final Random random;
    private final Set<Long> settled = new HashSet<>();
    /** Settled when a checkpoint was begun, so that the log may have let go of them. */
    private final Set<Long> condemned = new HashSet<>();
    /** The contents that were given to checkpoints, by the number they stand for. */
    private final Map<Long, Set<String>> contents = new HashMap<>();
    /** The highest number of a checkpoint that is known to have ended well. */
    private long checkpointed;

    private int texts;

    Model(Random random) {
        this.random = random;
    }

    void settleSome(List<WalFixture.Seen> history) {
        if (history.isEmpty()) {
            return;
        }
        int newest = history.size();
        for (int count = random.nextInt(12); count > 0; count--) {
            // Mostly recent ones, now and then any, and one in eight is never settled.
            int index =
                    random.nextInt(4) == 0 ? random.nextInt(newest) : newest - 1 - random.nextInt(Math.min(newest, 60));
            WalFixture.Seen record = history.get(index);
            if (record.sequence() % 8 != 0) {
                settled.add(record.sequence());
            }
        }
    }

    /** Begins a checkpoint of what is drained, which may end within a frame. */
    void checkpoint(WalFixture log, List<WalFixture.Seen> history) {
        long sequence = log.appliedSequence();
        if (log.wal().isCheckpointing() || sequence == 0) {
            return;
        }
        String content = "checkpoint " + texts++ + "y".repeat(random.nextInt(3000));
        contents.computeIfAbsent(sequence, absent -> new HashSet<>()).add(content);
        if (random.nextInt(6) == 0) {
            log.beginCheckpoint(sequence, content, LiveRecords.KEEP_ALL);
            return;
        }
        condemned.addAll(settled);
        Set<Long> dead = Set.copyOf(settled);
        long firstLive = history.stream()
                .filter(record -> key(record) != null)
                .mapToLong(WalFixture.Seen::sequence)
                .filter(number -> !dead.contains(number))
                .findFirst()
                .orElse(sequence + 1);
        log.beginCheckpoint(sequence, content, new LiveRecords() {
            @Override
            public long firstLive() {
                return firstLive;
            }

            @Override
            public LiveRecordsOfKey of(byte[] key) {
                return number -> !dead.contains(number);
            }
        });
    }

    void noteCheckpointed(long sequence) {
        checkpointed = Math.max(checkpointed, sequence);
    }

    /** A start makes what it found durable. */
    void onStarted(WalFixture log) {
        checkpointed = log.restoredSequence();
    }

    /** What a start must have taken from the disk, besides the records that it replayed. */
    void verify(WalFixture log, List<WalFixture.Seen> history) {
        long restored = log.restoredSequence();
        assertThat(restored).as("the newest checkpoint").isGreaterThanOrEqualTo(checkpointed);
        if (log.restored() != null) {
            assertThat(contents.get(restored)).as("what was checkpointed").contains(log.restored());
        }
        assertThat(log.wal().keyIndex().indexedThrough()).isGreaterThanOrEqualTo(restored);
        verifyFound(log, history);
    }

    /** Looks for every record of the past. */
    void verifyFound(WalFixture log, List<WalFixture.Seen> history) {
        for (WalFixture.Seen record : history) {
            if (record.sequence() <= log.wal().keyIndex().indexedThrough()) {
                expectFound(log, record);
            }
        }
        Set<Long> matched = log.find(PrefixMatcher.ALL, 1, Long.MAX_VALUE, 50).stream()
                .map(WalFixture.Seen::sequence)
                .collect(Collectors.toSet());
        assertThat(history)
                .filteredOn(record -> record.sequence() <= log.wal().keyIndex().indexedThrough())
                .filteredOn(record -> key(record) != null && !condemned.contains(record.sequence()))
                .allMatch(record -> matched.contains(record.sequence()), "found by a matcher of all keys");
    }

    /** Looks for one record of the past. */
    void probe(WalFixture log, List<WalFixture.Seen> history) {
        if (history.isEmpty()) {
            return;
        }
        WalFixture.Seen record = history.get(random.nextInt(history.size()));
        if (record.sequence() <= log.wal().keyIndex().indexedThrough()) {
            expectFound(log, record);
        }
    }

    private void expectFound(WalFixture log, WalFixture.Seen record) {
        if (key(record) == null || condemned.contains(record.sequence())) {
            return;
        }
        List<WalFixture.Seen> found = log.find(key(record), record.sequence(), record.sequence(), 2);
        assertThat(found.stream().map(WalFixture.Seen::text))
                .as("live record " + record.sequence())
                .containsExactly(record.text());
    }

    private static String key(WalFixture.Seen record) {
        return record.text().startsWith("-") ? null : record.text().substring(0, 1);
    }
}
