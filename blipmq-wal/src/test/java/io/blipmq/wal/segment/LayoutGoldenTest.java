package io.blipmq.wal.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import io.blipmq.wal.LogContent;
import io.blipmq.wal.RecordKey;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.repair.Repair;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The bytes on disk, held against hex files of each format version. Such a file never changes; a new version adds one.
 */
class LayoutGoldenTest {
    private static final UUID JOURNAL = new UUID(0x0011223344556677L, 0x8899aabbccddeeffL);
    private static final int LINE_BYTES = 16;

    private final SimulatedStorage storage = new SimulatedStorage(11);

    @Test
    void segmentOfVersion1() throws IOException {
        storage.hideBootId();
        WalFixture log = new WalFixture(storage, golden()).open();
        log.append("alpha");
        log.append("");
        log.wal().appender().submit(true);
        log.step();
        log.advance(1);
        log.store("12345678");
        log.stop();

        assertThat(hex(storage.content("0000000000000001-00000001.segment"))).isEqualTo(resource("segment-v1.hex"));
    }

    @Test
    void segmentOfVersion1IsRead() throws IOException {
        storage.plant("0000000000000001-00000001.segment", bytes(resource("segment-v1.hex")));
        WalFixture log = new WalFixture(storage, golden()).open();

        assertThat(log.wal().recovery().sealed()).isTrue();
        assertThat(log.replayedTexts()).containsExactly("alpha", "", "12345678");
    }

    @Test
    void indexOfVersion2() throws IOException {
        indexed();

        assertThat(hex(storage.content("0000000000000001-00000001.index"))).isEqualTo(resource("index-v2.hex"));
    }

    @Test
    void indexOfVersion1IsMadeAgain() throws IOException {
        indexed();
        storage.killProcess();
        storage.lose("0000000000000001-00000001.index");
        storage.plant("0000000000000001-00000001.index", bytes(resource("index-v1.hex")));
        WalFixture log = new WalFixture(storage, golden()).open();

        assertThat(hex(storage.content("0000000000000001-00000001.index"))).isEqualTo(resource("index-v2.hex"));
        assertThat(log.find("blue", 1, 3, 3)).hasSize(2);
    }

    /** The index of three records with two keys, one of them hidden. */
    private void indexed() throws IOException {
        storage.hideBootId();
        WalFixture log = new WalFixture(storage, golden()).open();
        log.store("blue one");
        log.store("red two");
        log.store("blue three");
        log.stop().open();
        while (log.wal().background().doWork(log.nowNanos()) > 0) {
            log.advance(1);
        }
    }

    @Test
    void checkpointOfVersion1() throws IOException {
        compacted();

        assertThat(hex(storage.content("checkpoint"))).isEqualTo(resource("checkpoint-v1.hex"));
    }

    @Test
    void checkpointOfVersion1IsRead() throws IOException {
        Checkpoint checkpoint = CheckpointLayout.decode(ByteBuffer.wrap(bytes(resource("checkpoint-v1.hex"))));

        assertThat(checkpoint.journalId()).isEqualTo(JOURNAL);
        assertThat(checkpoint.sequence()).isEqualTo(80);
        assertThat(checkpoint.segments()).hasSize(1);
        assertThat(checkpoint.segments().get(0).compacted()).isTrue();
        assertThat(StandardCharsets.UTF_8.decode(checkpoint.content()).toString())
                .isEqualTo("the content");
    }

    @Test
    void compactedSegmentOfVersion1() throws IOException {
        compacted();

        assertThat(hex(storage.content("0000000000000001-40000000.compacted"))).isEqualTo(resource("compacted-v1.hex"));
    }

    /** A frame in the place of damaged ones, and a range in the checkpoint. */
    @Test
    void lostRecordsOfVersion1() throws IOException {
        storage.hideBootId();
        WalFixture log = new WalFixture(storage, golden()).open();
        for (String text : new String[] {"one", "two", "three"}) {
            log.store(text);
        }
        log.checkpoint("the content", LiveRecords.KEEP_ALL);
        log.stop();
        storage.flipBit("0000000000000001-00000001.segment", 4096 + 56 + 44);
        Repair.run(storage, WalLimits.defaults(), LogContent.ANY);

        assertThat(hex(storage.content("0000000000000001-00000001.segment"))).isEqualTo(resource("lost-v1.hex"));
        assertThat(hex(storage.content("checkpoint"))).isEqualTo(resource("checkpoint-lost-v1.hex"));
    }

    @Test
    void lostRecordsOfVersion1AreRead() throws IOException {
        storage.plant("0000000000000001-00000001.segment", bytes(resource("lost-v1.hex")));
        storage.plant("checkpoint", bytes(resource("checkpoint-lost-v1.hex")));
        WalFixture log = new WalFixture(storage, golden()).open();

        assertThat(log.restored()).isEqualTo("the content");
        assertThat(log.lost()).containsExactly(new SequenceRange(2, 2));
    }

    /** A checkpoint that lists one compacted segment with two records. */
    private void compacted() throws IOException {
        storage.hideBootId();
        WalFixture log = new WalFixture(storage, golden()).open();
        for (int record = 1; record <= 80; record++) {
            log.store(record == 7 || record == 20 ? "blue " + record : "red " + "x".repeat(500));
        }
        log.settle();
        log.checkpoint("the content", new LiveRecords() {
            @Override
            public long firstLive() {
                return 7;
            }

            @Override
            public LiveRecordsOfKey of(byte[] key) {
                return key.length == "blue".length() ? sequence -> true : null;
            }
        });
    }

    private static WalOptions golden() {
        return WalFixture.smallOptions().withJournalIds(() -> JOURNAL).withRecordKey((type, buffer, offset, length) -> {
            int end = offset;
            while (end < offset + length && buffer.get(end) != ' ') {
                end++;
            }
            boolean hidden = buffer.get(offset) == 'r';
            return hidden ? RecordKey.hiddenAt(offset, end - offset) : RecordKey.at(offset, end - offset);
        });
    }

    /** One line per 16 bytes that are not all zeros: offset, then the bytes. */
    private static String hex(byte[] content) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < content.length; at += LINE_BYTES) {
            byte[] line = Arrays.copyOfRange(content, at, Math.min(content.length, at + LINE_BYTES));
            boolean last = at + LINE_BYTES >= content.length;
            if (last || !Arrays.equals(line, new byte[LINE_BYTES])) {
                text.append("%06x ".formatted(at));
                for (byte value : line) {
                    text.append("%02x".formatted(value));
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static byte[] bytes(String hex) {
        byte[] content = new byte[1 << 16];
        int end = 0;
        for (String line : hex.lines().toList()) {
            int at = Integer.parseInt(line.substring(0, 6), 16);
            for (int digit = 7; digit < line.length(); digit += 2) {
                content[at++] = (byte) Integer.parseInt(line.substring(digit, digit + 2), 16);
            }
            end = at;
        }
        return Arrays.copyOf(content, end);
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = LayoutGoldenTest.class.getResourceAsStream(name)) {
            assertThat(stream).as("test resource %s", name).isNotNull();
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
