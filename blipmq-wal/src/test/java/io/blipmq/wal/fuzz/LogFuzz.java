package io.blipmq.wal.fuzz;

import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.segment.Epoch;
import io.blipmq.wal.segment.FrameChecksum;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.SimulatedStorage;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A fuzzer's way into recovery. Owned by the fuzzer's thread.
 *
 * <p>Two ways, which the first byte chooses between: edits of a known log of several epochs and segments, after which
 * opening it gives an exact prefix of its records or refuses; and arbitrary frames with right checksums, which only a
 * defect could write, after which opening gives anything but a crash. In either case a log that opens can be appended to
 * and opened again, with the same records and the new one.
 */
final class LogFuzz {
    private static final int MODES = 2;
    private static final int EDIT_BYTES = 5;
    private static final int EDITS_MAX = 16;
    private static final Known KNOWN = Known.make();

    private LogFuzz() {}

    /** A log, and the texts of its records. */
    private record Known(Map<String, byte[]> files, List<String> texts) {
        static Known make() {
            try {
                SimulatedStorage storage = new SimulatedStorage(1);
                WalFixture log = fixture(storage).open();
                List<String> texts = new ArrayList<>();
                for (int epoch = 0; epoch < 3; epoch++) {
                    for (int i = 0; i < 40; i++) {
                        texts.add("record " + texts.size() + "x".repeat(i * 25));
                        log.store(texts.get(texts.size() - 1));
                    }
                    storage.killProcess();
                    log.open();
                }
                log.append("written, and the mark not yet");
                texts.add("written, and the mark not yet");
                log.wal().appender().submit(true);
                log.wal().agent().doWork(log.nowNanos());
                storage.killProcess();
                return new Known(contents(storage), texts);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static WalFixture fixture(Storage storage) {
        WalOptions options = WalFixture.smallOptions().withJournalIds(() -> new UUID(1, 2));
        return new WalFixture(storage, options);
    }

    private static Map<String, byte[]> contents(SimulatedStorage storage) {
        Map<String, byte[]> files = new TreeMap<>();
        storage.list().forEach(name -> files.put(name, storage.content(name)));
        return files;
    }

    /** The fuzzer's entry. */
    static void run(ByteBuffer input) throws IOException {
        if (input.get() % MODES == 0) {
            openEdited(input);
        } else {
            openForged(input);
        }
    }

    // ---- edits of a known log

    private static void openEdited(ByteBuffer input) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        KNOWN.files.forEach((name, content) -> files.put(name, content.clone()));
        List<String> names = List.copyOf(files.keySet());
        for (int edit = 0; edit < EDITS_MAX && input.remaining() >= EDIT_BYTES; edit++) {
            edit(files, names.get(Byte.toUnsignedInt(input.get()) % names.size()), input);
        }
        List<String> found = open(files);
        if (found != null) {
            require(found.size() <= KNOWN.texts.size(), "records that were never written");
            require(found.equals(KNOWN.texts.subList(0, found.size())), "not a prefix of what was written");
        }
    }

    private static void edit(Map<String, byte[]> files, String name, ByteBuffer input) {
        int how = input.get();
        int where = Short.toUnsignedInt(input.getShort());
        byte value = input.get();
        byte[] content = files.get(name);
        if (content == null || content.length == 0) {
            return;
        }
        int at = where % content.length;
        switch (how & 7) {
            case 0 -> files.remove(name);
            case 1 -> files.put(name, Arrays.copyOf(content, at));
            case 2 -> Arrays.fill(content, at, content.length, (byte) 0);
            case 3 -> Arrays.fill(content, at, Math.min(content.length, at + 512), value);
            case 4 -> System.arraycopy(content, 0, content, at, Math.min(512, content.length - at));
            default -> content[at] ^= value;
        }
    }

    // ---- forged frames

    private static void openForged(ByteBuffer input) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        Epoch epoch = Epoch.withoutSurvivors(1, 0, 1);
        ByteBuffer segment = ByteBuffer.allocate(16 * 1024);
        SegmentHeader header = new SegmentHeader(
                new UUID(1, 2), new UUID(0, 0), epoch, 1, epoch.next(epoch.cut()), segment.capacity());
        segment.put(SegmentLayout.encode(header));
        FrameChecksum checksum = new FrameChecksum(header);
        int at = SegmentLayout.FIRST_FRAME;
        while (input.hasRemaining()) {
            at = forge(segment, at, input, checksum);
            if (at < 0) {
                break;
            }
        }
        files.put(header.name(), segment.array());
        open(files);
    }

    /** @return where the next frame goes, or a negative number when there is no room */
    private static int forge(ByteBuffer segment, int at, ByteBuffer input, FrameChecksum checksum) {
        int bodyBytes = FrameLayout.align(Math.min(input.remaining(), Byte.toUnsignedInt(input.get())));
        int length = FrameLayout.HEADER_BYTES + bodyBytes;
        if (at + length > segment.capacity()) {
            return -1;
        }
        byte[] header = take(input, 12);
        byte[] body = take(input, bodyBytes);
        segment.put(at + FrameLayout.HEADER_BYTES, body);
        ByteBuffer fields = ByteBuffer.wrap(header);
        FrameLayout.putHeader(
                segment, at, length, 1, fields.getShort(0), fields.getInt(2), Math.floorMod(header[6], 4));
        checksum.complete(segment, at, at, fields.getInt(7) % 100);
        return at + length;
    }

    private static byte[] take(ByteBuffer input, int bytes) {
        byte[] taken = new byte[bytes];
        input.get(taken, 0, Math.min(bytes, input.remaining()));
        return taken;
    }

    // ---- opening

    /** @return the texts of the records found, or null when the log is refused */
    private static List<String> open(Map<String, byte[]> files) throws IOException {
        SimulatedStorage storage = new SimulatedStorage(2);
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            try (StorageFile file = storage.create(entry.getKey())) {
                file.write(ByteBuffer.wrap(entry.getValue()), 0);
                file.force();
            }
        }
        storage.syncDirectory();
        WalFixture log = fixture(storage);
        try {
            log.open();
        } catch (WalCorruptionException e) {
            require(contentsEqual(files, storage), "a refused start has changed something: " + e.getMessage());
            return null;
        }
        List<String> found = log.replayedTexts();
        requireGoesOn(log, storage, found);
        return found;
    }

    private static boolean contentsEqual(Map<String, byte[]> files, SimulatedStorage storage) {
        Map<String, byte[]> now = contents(storage);
        return now.keySet().equals(files.keySet())
                && now.entrySet().stream()
                        .allMatch(entry -> Arrays.equals(entry.getValue(), files.get(entry.getKey())));
    }

    private static void requireGoesOn(WalFixture log, SimulatedStorage storage, List<String> found) throws IOException {
        log.store("appended after recovery");
        storage.losePower(0);
        log.open();
        List<String> expected = new ArrayList<>(found);
        expected.add("appended after recovery");
        require(log.replayedTexts().equals(expected), "opened again: " + describe(log.replayedTexts(), expected));
    }

    private static String describe(List<String> found, List<String> expected) {
        return found.size() + " records where " + expected.size() + " belong, the last "
                + (found.isEmpty() ? "none" : found.get(found.size() - 1)).getBytes(StandardCharsets.UTF_8).length
                + " bytes";
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
