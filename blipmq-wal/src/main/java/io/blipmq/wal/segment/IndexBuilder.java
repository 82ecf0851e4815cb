package io.blipmq.wal.segment;

import io.blipmq.wal.WalLimits;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The records of one segment by key, in the making. Owned by the thread that builds it. */
public final class IndexBuilder {
    private final WalLimits limits;
    private final Map<byte[], Entries> keys = new TreeMap<>(Arrays::compareUnsigned);
    private int entries;
    private int keyBytes;

    /** Of the key added last: records of one key often follow each other. */
    private byte[] lastKey = new byte[0];

    private Entries lastEntries;

    IndexBuilder(WalLimits limits) {
        this.limits = limits;
    }

    /**
     * @param buffer holds the key at its absolute offset
     * @param offset of the record's body in the segment
     */
    void add(ByteBuffer buffer, int keyOffset, int keyLength, long sequence, int offset, int length) {
        if (lastEntries == null || !isLastKey(buffer, keyOffset, keyLength)) {
            lastKey = new byte[keyLength];
            buffer.get(keyOffset, lastKey);
            lastEntries = keys.get(lastKey);
            if (lastEntries == null) {
                lastEntries = new Entries(limits.indexPieceNumbers());
                keys.put(lastKey, lastEntries);
                keyBytes += keyLength;
            }
        }
        lastEntries.add(sequence, offset, length);
        entries++;
    }

    private boolean isLastKey(ByteBuffer buffer, int offset, int length) {
        if (length != lastKey.length) {
            return false;
        }
        for (int index = 0; index < length; index++) {
            if (buffer.get(offset + index) != lastKey[index]) {
                return false;
            }
        }
        return true;
    }

    public int entries() {
        return entries;
    }

    /** Writes the index as a file. */
    void write(StorageFile file, ClosedSegment segment) throws IOException {
        IndexOutput output = new IndexOutput(file, segment.header(), limits);
        output.put(IndexLayout.header(segment, keys.size(), entries, keyBytes).array(), IndexLayout.HEADER_BYTES);
        ByteBuffer piece = ByteBuffer.allocate(Math.max(IndexLayout.SLOT_BYTES, IndexLayout.entryBytes(Long.BYTES)));
        int width = IndexLayout.width(segment.first(), segment.last());
        for (Entries list : keys.values()) {
            list.write(output, piece, segment.first(), width);
        }
        int keyOffset = 0;
        int firstEntry = 0;
        for (Map.Entry<byte[], Entries> key : keys.entrySet()) {
            int length = key.getKey().length;
            int count = key.getValue().count;
            piece.clear().putInt(keyOffset).putInt(length).putInt(firstEntry).putInt(count);
            output.put(piece.array(), IndexLayout.SLOT_BYTES);
            keyOffset += length;
            firstEntry += count;
        }
        for (byte[] key : keys.keySet()) {
            output.put(key, key.length);
        }
        output.end();
    }

    /**
     * The records of one key, two numbers for each. They come in pieces, so that a long list is neither copied as it grows nor an
     * array of a size that the collector has to treat apart.
     */
    private static final class Entries {
        private final int pieceNumbers;
        private final List<long[]> full = new ArrayList<>(0);
        private long[] last;
        private int used;
        private int count;

        Entries(int pieceNumbers) {
            this.pieceNumbers = pieceNumbers;
            this.last = new long[Math.min(8, pieceNumbers)];
        }

        void add(long sequence, int offset, int length) {
            if (used == last.length) {
                extend();
            }
            last[used] = sequence;
            last[used + 1] = (long) offset << 32 | length;
            used += 2;
            count++;
        }

        private void extend() {
            if (last.length < pieceNumbers) {
                last = Arrays.copyOf(last, Math.min(pieceNumbers, 2 * used));
            } else {
                full.add(last);
                last = new long[pieceNumbers];
                used = 0;
            }
        }

        void write(IndexOutput output, ByteBuffer piece, long first, int width) throws IOException {
            for (long[] numbers : full) {
                write(output, piece, first, width, numbers, numbers.length);
            }
            write(output, piece, first, width, last, used);
        }

        private static void write(
                IndexOutput output, ByteBuffer piece, long first, int width, long[] numbers, int length)
                throws IOException {
            for (int at = 0; at < length; at += 2) {
                piece.clear();
                if (width == Long.BYTES) {
                    piece.putLong(numbers[at] - first);
                } else {
                    piece.putInt((int) (numbers[at] - first));
                }
                piece.putLong(numbers[at + 1]);
                output.put(piece.array(), piece.position());
            }
        }
    }
}
