package io.blipmq.wal.segment;

import io.blipmq.wal.RecordKey;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The records of one segment by key, in the making. Owned by the thread that builds it. */
public final class IndexBuilder {
    private final WalLimits limits;
    private final Map<byte[], KeyRecords> keys = new TreeMap<>(Arrays::compareUnsigned);
    private final OrderBuilder order;
    private int entries;
    private int keyBytes;

    /** Of the key added last: records of one key often follow each other. */
    private byte[] lastKey = new byte[0];

    private KeyRecords lastRecords;

    IndexBuilder(WalLimits limits) {
        this.limits = limits;
        this.order = new OrderBuilder(limits.indexPieceNumbers());
    }

    /**
     * @param key as {@link RecordKey#locate} told it
     * @param offset of the record's body in the segment
     */
    void add(ByteBuffer buffer, long key, long sequence, int offset, int length) {
        int keyOffset = RecordKey.offset(key);
        int keyLength = RecordKey.length(key);
        if (lastRecords == null || !isLastKey(buffer, keyOffset, keyLength)) {
            lastKey = new byte[keyLength];
            buffer.get(keyOffset, lastKey);
            lastRecords = keys.get(lastKey);
            if (lastRecords == null) {
                lastRecords = new KeyRecords(keys.size(), limits.indexPieceNumbers());
                keys.put(lastKey, lastRecords);
                order.addKey(lastRecords);
                keyBytes += keyLength;
            }
        }
        lastRecords.add(sequence, offset, length, RecordKey.isHidden(key));
        order.add(lastRecords);
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
        int slot = 0;
        for (KeyRecords key : keys.values()) {
            key.slot(slot++);
        }
        IndexOutput output = new IndexOutput(file, segment.header(), limits);
        ByteBuffer header = IndexLayout.header(segment, keys.size(), entries, keyBytes, order.encode());
        output.put(header.array(), IndexLayout.HEADER_BYTES);
        ByteBuffer piece = ByteBuffer.allocate(Math.max(IndexLayout.SLOT_BYTES, IndexLayout.entryBytes(Long.BYTES)));
        int width = IndexLayout.width(segment.first(), segment.last());
        for (KeyRecords key : keys.values()) {
            key.write(output, piece, segment.first(), width);
        }
        writeDirectory(output, piece);
        for (byte[] key : keys.keySet()) {
            output.put(key, key.length);
        }
        order.write(output, segment.first(), width);
        output.end();
    }

    private void writeDirectory(IndexOutput output, ByteBuffer piece) throws IOException {
        int keyOffset = 0;
        int firstEntry = 0;
        for (Map.Entry<byte[], KeyRecords> key : keys.entrySet()) {
            int length = key.getKey().length;
            int count = key.getValue().count();
            int hidden = key.getValue().isHidden() ? IndexLayout.HIDDEN : 0;
            piece.clear()
                    .putInt(keyOffset)
                    .putInt(length | hidden)
                    .putInt(firstEntry)
                    .putInt(count);
            output.put(piece.array(), IndexLayout.SLOT_BYTES);
            keyOffset += length;
            firstEntry += count;
        }
    }
}
