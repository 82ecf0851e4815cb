package io.blipmq.wal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The records of one segment by key. Owned by the thread that builds or reads it. */
final class SegmentIndex {
    private final Map<byte[], Entries> keys = new TreeMap<>(Arrays::compareUnsigned);

    /** One listed record. */
    record Entry(long sequence, int offset) {}

    void add(byte[] key, long sequence, int offset) {
        keys.computeIfAbsent(key, absent -> new Entries()).add(sequence, offset);
    }

    List<byte[]> keys() {
        return List.copyOf(keys.keySet());
    }

    List<Entry> entries(byte[] key) {
        Entries entries = keys.get(key);
        return entries == null ? List.of() : entries.list();
    }

    /** The index as a file. */
    ByteBuffer encode(SegmentHeader segment, long lastSequence) {
        int bytes = IndexLayout.HEADER_BYTES;
        for (Map.Entry<byte[], Entries> key : keys.entrySet()) {
            bytes +=
                    IndexLayout.KEY_HEADER_BYTES + key.getKey().length + key.getValue().count * IndexLayout.ENTRY_BYTES;
        }
        ByteBuffer file = ByteBuffer.allocate(bytes);
        IndexLayout.putHeader(file, segment, lastSequence, keys.size());
        file.position(IndexLayout.HEADER_BYTES);
        keys.forEach((key, entries) -> {
            file.putInt(key.length).putInt(entries.count).put(key);
            entries.encode(file);
        });
        file.flip();
        file.putInt(IndexLayout.CRC_OFFSET, IndexLayout.crc(file));
        return file;
    }

    /** Reads a file that {@link IndexLayout#isIndexOf} has accepted. */
    static SegmentIndex decode(ByteBuffer file) {
        SegmentIndex index = new SegmentIndex();
        ByteBuffer source = file.duplicate().position(IndexLayout.HEADER_BYTES);
        for (int remaining = file.getInt(IndexLayout.KEYS_OFFSET); remaining > 0; remaining--) {
            byte[] key = new byte[source.getInt()];
            int count = source.getInt();
            source.get(key);
            for (int entry = 0; entry < count; entry++) {
                index.add(key, source.getLong(), source.getInt());
            }
        }
        return index;
    }

    /** The records of one key, without an object for each. */
    private static final class Entries {
        private long[] sequences = new long[4];
        private int[] offsets = new int[4];
        private int count;

        void add(long sequence, int offset) {
            if (count == sequences.length) {
                sequences = Arrays.copyOf(sequences, count * 2);
                offsets = Arrays.copyOf(offsets, count * 2);
            }
            sequences[count] = sequence;
            offsets[count] = offset;
            count++;
        }

        void encode(ByteBuffer target) {
            for (int index = 0; index < count; index++) {
                target.putLong(sequences[index]).putInt(offsets[index]);
            }
        }

        List<Entry> list() {
            List<Entry> list = new ArrayList<>(count);
            for (int index = 0; index < count; index++) {
                list.add(new Entry(sequences[index], offsets[index]));
            }
            return list;
        }
    }
}
