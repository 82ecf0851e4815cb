package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.CheckpointLayout;
import io.blipmq.wal.segment.FrameChecksum;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A bit changes while the machine is off. The start refuses, having changed nothing; or it finds an exact prefix, which
 * goes as far as what the undamaged part of the log says to be on disk. Owned by the test's one thread.
 */
final class BitFlip {
    private static final int END_BYTES = 1500;

    private final SimulatedStorage damaged;
    private final Function<Storage, WalFixture> fixtures;
    private final String name;
    private final int position;
    /** The highest number known to be on disk, from everything that the flip has not touched. */
    private long durable;
    /** Whether a frame follows the one that was hit. */
    private boolean framesBehind;

    /** @param disk at rest; it stays as it is */
    BitFlip(SimulatedStorage disk, Random random, Function<Storage, WalFixture> fixtures) throws IOException {
        this.damaged = disk.copy();
        this.fixtures = fixtures;
        damaged.killProcess();
        List<String> names = damaged.list().stream()
                .filter(file -> isOfTheLog(file) && damaged.content(file).length > 0)
                .toList();
        boolean end = random.nextBoolean();
        name = end ? newest(names) : names.get(random.nextInt(names.size()));
        int used = usedBytes(damaged.content(name));
        position = used - 1 - random.nextInt(end ? Math.min(used, END_BYTES) : used);
        for (String file : names) {
            learn(file, damaged.content(file));
        }
        damaged.flipBit(name, position);
    }

    /** Where frames may be that nothing says to be on disk. */
    private static String newest(List<String> names) {
        return names.stream()
                .filter(SegmentNames::isSegment)
                .max(Comparator.comparingInt(SegmentNames::epochOrOrdinal).thenComparingLong(SegmentNames::first))
                .orElseThrow();
    }

    private static boolean isOfTheLog(String name) {
        return SegmentNames.isSegment(name)
                || SegmentNames.isCompacted(name)
                || SegmentNames.isIndex(name)
                || name.equals(SegmentNames.CHECKPOINT);
    }

    private static int usedBytes(byte[] content) {
        int used = content.length;
        while (used > 1 && content[used - 1] == 0) {
            used--;
        }
        return used;
    }

    // ---- what is known to be on disk

    private void learn(String file, byte[] content) throws WalCorruptionException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        if (SegmentNames.isSegment(file)) {
            SegmentHeader header = SegmentLayout.decode(file, bytes.duplicate().limit(SegmentLayout.HEADER_BYTES));
            if (!isHit(file, 0, SegmentLayout.HEADER_BYTES)) {
                known(header.impliedDurable());
            }
            learnMarks(file, bytes, new FrameChecksum(header));
        } else if (file.equals(SegmentNames.CHECKPOINT) && !isHit(file, 0, content.length)) {
            known(CheckpointLayout.decode(bytes).sequence());
        }
    }

    /** A torn tail may hold frames of which a part is missing: they say nothing. */
    private void learnMarks(String file, ByteBuffer bytes, FrameChecksum checksum) {
        int length;
        for (int at = SegmentLayout.FIRST_FRAME; at + FrameLayout.HEADER_BYTES <= bytes.limit(); at += length) {
            length = bytes.getInt(at + FrameLayout.LENGTH_OFFSET);
            if (length < FrameLayout.HEADER_BYTES || length > bytes.limit() - at) {
                return;
            }
            if (!isHit(file, at, length) && checksum.frameMatches(bytes, at, at)) {
                framesBehind |= file.equals(name) && at > position;
                known(bytes.getLong(at + FrameLayout.DURABLE_MARK_OFFSET));
            }
        }
    }

    private boolean isHit(String file, int from, int length) {
        return file.equals(name) && position >= from && position < from + length;
    }

    private void known(long sequence) {
        durable = Math.max(durable, sequence);
    }

    // ---- what a start makes of it

    /** @param intact what a start finds without the flip */
    void check(Ledger ledger, List<WalFixture.Seen> intact, boolean powerLost) throws IOException {
        Map<String, byte[]> before = contents();
        WalFixture log = fixtures.apply(damaged);
        try {
            log.open();
        } catch (WalCorruptionException refused) {
            requireUnchanged(before);
            return;
        }
        List<String> found = Ledger.contents(ledger.found(log));
        String flip = name + ", byte " + position + ": ";
        assertThat(found)
                .as(flip + "an exact prefix")
                .isEqualTo(Ledger.contents(intact).subList(0, Math.min(found.size(), intact.size())));
        if (found.size() < intact.size()) {
            assertThat(intact.get(found.size()).sequence())
                    .as(flip + "what is lost was not known to be on disk")
                    .isGreaterThan(durable);
            assertThat(framesBehind && !powerLost)
                    .as(flip + "lost with frames behind it that no crash parts from it")
                    .isFalse();
        }
        readAll(ledger, log, found.size());
    }

    /** What is not read at a start is checked when it is read. */
    private static void readAll(Ledger ledger, WalFixture log, int count) {
        try {
            ledger.model().verifyFound(log, ledger.history().subList(0, count));
        } catch (StorageFailedException refused) {
            assertThat(refused).hasRootCauseInstanceOf(WalCorruptionException.class);
        }
    }

    private void requireUnchanged(Map<String, byte[]> before) {
        Map<String, byte[]> after = contents();
        List<String> changed = new ArrayList<>(after.keySet());
        changed.removeIf(file -> Arrays.equals(after.get(file), before.get(file)));
        assertThat(changed).as("changed by a refused start").isEmpty();
        assertThat(after.keySet()).isEqualTo(before.keySet());
    }

    private Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new TreeMap<>();
        damaged.list().forEach(file -> contents.put(file, damaged.content(file)));
        return contents;
    }
}
