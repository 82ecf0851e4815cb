package io.blipmq.wal.engine;

import io.blipmq.jmh.TimePerOperation;
import io.blipmq.wal.Capacity;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.KeyIndex;
import io.blipmq.wal.KeyMatcher;
import io.blipmq.wal.RecordKey;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalAppender;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.storage.FileStorage;
import io.blipmq.wal.storage.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What it costs to find 1,000 records of a segment of 64 MiB, from a random one on. An operation is all of them. */
public class KeyIndexBenchmark extends TimePerOperation {
    private static final int WANTED = 1_000;
    private static final int PLANTS = 100;
    private static final int PAYLOAD_BYTES = 100;
    private static final int MIB = 1 << 20;

    /** A hundredth of them have a prefix in common. */
    @Param({"100", "100000"})
    int keys;

    private final Random random = new Random(1);
    private final long[] sequences = new long[WANTED];
    private final long[] positions = new long[WANTED];
    private final int[] lengths = new int[WANTED];

    private Path directory;
    private Wal wal;
    private KeyIndex index;
    private int last;

    private static final KeyMatcher PLANT = new Prefix(bytes("plant/07/"));
    private static final KeyMatcher ALL = new Prefix(new byte[0]);

    /** Compared by identity. */
    private record Prefix(byte[] prefix) implements KeyMatcher {
        @Override
        public boolean matches(byte[] key) {
            return Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Setup
    public void write() throws IOException {
        directory = Files.createTempDirectory("key-index");
        WalOptions options = WalOptions.defaults()
                .withForcePolicy(ForcePolicy.NONE)
                .withSegments(64 * MIB, 64 * MIB, MIB, MIB)
                .withRecordKey((type, buffer, offset, length) -> RecordKey.at(offset, length - PAYLOAD_BYTES));
        wal = WalEngine.open(
                FileStorage.open(directory), options, (sequence, type, buffer, offset, length, position) -> {});
        index = wal.keyIndex();
        while (index.segmentCount() == 0) {
            append();
            if (wal.appender().lastSequence() % 100 == 0) {
                step();
            }
        }
        last = (int) index.indexedThrough();
        describe();
    }

    private void append() {
        int key = random.nextInt(keys);
        ByteBuffer body = ByteBuffer.allocate(200)
                .put(bytes("plant/%02d/device/%05d".formatted(key % PLANTS, key / PLANTS)))
                .put(new byte[PAYLOAD_BYTES])
                .flip();
        WalAppender appender = wal.appender();
        while (appender.roomFor(body.remaining()) != Capacity.YES) {
            step();
        }
        int offset = appender.claim(body.remaining());
        appender.buffer().put(offset, body, 0, body.remaining());
        appender.commit(1);
    }

    private void step() {
        wal.appender().submit(false);
        wal.agent().doWork(System.nanoTime());
        wal.background().doWork(System.nanoTime());
        wal.appender().drainStored((sequence, type, buffer, offset, length, position) -> {}, Integer.MAX_VALUE);
    }

    /** Sizes, and what the first search costs, which looks at the keys. */
    private void describe() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (SegmentNames.isIndex(file.getFileName().toString())) {
                    System.out.printf("%n%,d records, index %,d bytes%n", last, Files.size(file));
                }
            }
        }
        for (KeyMatcher matcher : new KeyMatcher[] {PLANT, ALL}) {
            long begin = System.nanoTime();
            find(matcher, 1);
            System.out.printf(
                    "first search, prefix of %d: %,d ns%n", matcher.prefix().length, System.nanoTime() - begin);
        }
    }

    @TearDown
    public void delete() throws IOException {
        wal.close();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private long from() {
        return 1 + random.nextInt(last / 2);
    }

    private int find(KeyMatcher matcher, long from) {
        int found = 0;
        for (long next = from; next <= last && found < WANTED; next = index.searchedThrough() + 1) {
            found += index.find(matcher, next, last, sequences, positions, lengths);
        }
        return found;
    }

    /** With a hundred keys: of a hundred thousand, none has so many records. */
    @Benchmark
    public int byKey() {
        return index.find(bytes("plant/07/device/00000"), from(), last, sequences, positions, lengths);
    }

    @Benchmark
    public int byPrefix() {
        return find(PLANT, from());
    }

    @Benchmark
    public int all() {
        return find(ALL, from());
    }
}
