package io.blipmq.wal.fuzz;

import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.IndexBlocks;
import io.blipmq.wal.segment.IndexFile;
import io.blipmq.wal.segment.IndexLayout;
import io.blipmq.wal.segment.IndexOrder;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A fuzzer's way into the decoder of index files. Owned by the fuzzer's thread.
 *
 * <p>Two ways, which the first byte chooses between: edits of the index of a known segment, after which a look-up gives
 * exactly the segment's records or refuses; and edits with right checksums behind them, which only a defect could write,
 * after which every look-up ends, within the file, or refuses.
 */
final class IndexFuzz {
    private static final int BLOCK_BYTES = WalLimits.defaults().indexBlockBytes();
    private static final int LOOK_UPS_MAX = 10_000;
    private static final String INDEX = "0000000000000001-00000001.index";
    private static final List<String> KEYS = List.of("a", "b", "c", "d");
    private static final SimulatedStorage KNOWN = new SimulatedStorage(1);
    private static final ClosedSegment SEGMENT;

    static {
        try {
            WalFixture log =
                    new WalFixture(KNOWN, WalFixture.keyedOptions().withJournalIds(() -> new UUID(1, 2))).open();
            for (int record = 0; record < 400; record++) {
                log.store("abc".charAt(record % 3) + "x".repeat(record % 40));
            }
            log.settle();
            KNOWN.killProcess();
            String name = INDEX.replace(".index", ".segment");
            SegmentHeader header =
                    SegmentLayout.decode(name, ByteBuffer.wrap(KNOWN.content(name), 0, SegmentLayout.HEADER_BYTES));
            ByteBuffer index = ByteBuffer.wrap(KNOWN.content(INDEX));
            SEGMENT = new ClosedSegment(header, index.getLong(IndexLayout.LAST_SEQUENCE_OFFSET));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private IndexFuzz() {}

    static void run(ByteBuffer input) throws IOException {
        boolean forged = (input.get() & 1) != 0;
        byte[] edited = FileEdits.apply(KNOWN.content(INDEX), input);
        if (forged) {
            sign(edited);
        }
        SimulatedStorage disk = KNOWN.copy();
        disk.killProcess();
        disk.lose(INDEX);
        disk.plant(INDEX, edited);
        try {
            long[] found = lookUp(disk);
            if (!forged) {
                require(Arrays.equals(found, lookUp(KNOWN)), "not what the segment holds");
            }
        } catch (WalCorruptionException refused) {
            // it said so
        }
    }

    /** All that an index is asked for. @return the numbers that it told */
    private static long[] lookUp(SimulatedStorage disk) throws IOException {
        try (IndexFile index = IndexFile.open(disk, SEGMENT, new IndexBlocks(4, WalLimits.defaults()))) {
            long[] numbers = new long[LOOK_UPS_MAX];
            int count = 0;
            for (int slot = 0; slot < index.keys() && count < LOOK_UPS_MAX; slot++) {
                require(index.key(slot).length <= disk.content(INDEX).length, "a key longer than the file");
                int first = index.lowerBound(SEGMENT.first());
                for (int entry = first; entry < index.count() && count < LOOK_UPS_MAX; entry++) {
                    index.entry(entry);
                    numbers[count++] = index.sequence();
                }
            }
            for (String key : KEYS) {
                numbers[0] += index.select(key.getBytes(StandardCharsets.UTF_8)) ? index.count() : 0;
                numbers[0] += index.endSlot(key.getBytes(StandardCharsets.UTF_8));
            }
            IndexOrder order = new IndexOrder();
            order.begin(index, SEGMENT.first());
            for (int number = 0; number < LOOK_UPS_MAX && order.next(); number++) {
                numbers[number] += order.sequence() + order.slot();
            }
            return Arrays.copyOf(numbers, count);
        }
    }

    private static void sign(byte[] content) {
        CRC32C crc = new CRC32C();
        ByteBuffer bytes = ByteBuffer.wrap(content);
        for (int block = 0; block * BLOCK_BYTES < content.length; block++) {
            int start = block * BLOCK_BYTES;
            int end = Math.min(content.length, start + BLOCK_BYTES) - Integer.BYTES;
            if (end >= start) {
                ByteBuffer part = bytes.duplicate().limit(end).position(start);
                bytes.putInt(end, IndexLayout.crc(crc, SEGMENT.header(), block, part));
            }
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
