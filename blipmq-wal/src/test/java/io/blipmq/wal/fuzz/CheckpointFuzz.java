package io.blipmq.wal.fuzz;

import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.SimulatedStorage;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A fuzzer's way into the checkpoint's loader. Owned by the fuzzer's thread.
 *
 * <p>Two ways, which the first byte chooses between: edits of the checkpoint of a known log, after which opening the log
 * gives exactly what it held or refuses; and edits with a right checksum behind them, which only a defect could write, after
 * which opening refuses, or gives a log that goes on.
 */
final class CheckpointFuzz {
    private static final int CRC_OFFSET = 12;
    private static final SimulatedStorage KNOWN = new SimulatedStorage(1);
    private static final List<String> REPLAYED = new ArrayList<>();
    private static final String CONTENT = "what the records up to here come to";

    static {
        try {
            WalFixture log = fixture(KNOWN).open();
            for (int record = 0; record < 60; record++) {
                log.store("abc".charAt(record % 3) + " record " + record + "x".repeat(record * 20));
            }
            log.settle().checkpoint(CONTENT, LiveRecords.KEEP_ALL);
            for (int record = 0; record < 5; record++) {
                REPLAYED.add("a behind the checkpoint " + record);
                log.store(REPLAYED.get(record));
            }
            KNOWN.killProcess();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private CheckpointFuzz() {}

    private static WalFixture fixture(Storage storage) {
        return new WalFixture(storage, WalFixture.keyedOptions().withJournalIds(() -> new UUID(1, 2)));
    }

    static void run(ByteBuffer input) throws IOException {
        boolean forged = (input.get() & 1) != 0;
        byte[] original = KNOWN.content(SegmentNames.CHECKPOINT);
        byte[] edited = FileEdits.apply(original, input);
        if (forged && edited.length >= CRC_OFFSET + Integer.BYTES) {
            sign(edited);
        }
        SimulatedStorage disk = KNOWN.copy();
        disk.killProcess();
        disk.lose(SegmentNames.CHECKPOINT);
        disk.plant(SegmentNames.CHECKPOINT, edited);
        WalFixture log = fixture(disk);
        try {
            log.open();
        } catch (WalCorruptionException refused) {
            return;
        }
        if (Arrays.equals(edited, original)) {
            require(CONTENT.equals(log.restored()) && log.replayedTexts().equals(REPLAYED), "not what was written");
        } else {
            require(forged, "a damaged checkpoint was taken");
        }
        log.store("appended after recovery");
        disk.losePower(0);
        log.open();
        List<String> texts = log.replayedTexts();
        require(texts.get(texts.size() - 1).equals("appended after recovery"), "opened again");
    }

    private static void sign(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content, 0, CRC_OFFSET);
        int behind = CRC_OFFSET + Integer.BYTES;
        crc.update(content, behind, content.length - behind);
        ByteBuffer.wrap(content).putInt(CRC_OFFSET, (int) crc.getValue());
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
