package io.blipmq.wal.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of an index in the making: whose turn it is among the lists of the keys, record by record. Owned by the thread
 * that builds it.
 *
 * <p>It is encoded in memory before it is written, for its groups stand before its records and say where each of them ends.
 * All is in pieces, as the lists are.
 */
final class OrderBuilder {
    private final int pieceNumbers;
    private final List<KeyRecords> keys = new ArrayList<>();
    /** The key of each record, by number. */
    private final List<int[]> turns = new ArrayList<>();

    private int records;

    private final List<ByteBuffer> encoded = new ArrayList<>();
    private long[] firsts;
    private int[] ends;

    // The record before.
    private long lastSequence;
    private int lastEnd;

    OrderBuilder(int pieceNumbers) {
        this.pieceNumbers = pieceNumbers;
    }

    /** A key of which a record is going to be added. */
    void addKey(KeyRecords key) {
        assert key.number == keys.size();
        keys.add(key);
    }

    void add(KeyRecords key) {
        int at = records % pieceNumbers;
        if (at == 0) {
            turns.add(new int[pieceNumbers]);
        }
        turns.get(turns.size() - 1)[at] = key.number;
        records++;
    }

    /** Makes what is written. The keys must have their slots; what was added is gone afterwards. @return the bytes of all records */
    int encode() {
        firsts = new long[IndexLayout.groups(records)];
        ends = new int[firsts.length];
        keys.forEach(KeyRecords::rewind);
        int bytes = 0;
        for (int record = 0; record < records; record++) {
            KeyRecords key = keys.get(turns.get(record / pieceNumbers)[record % pieceNumbers]);
            int group = record / IndexLayout.GROUP_RECORDS;
            key.next();
            if (record % IndexLayout.GROUP_RECORDS == 0) {
                firsts[group] = key.sequence();
                lastSequence = key.sequence();
                lastEnd = 0;
            }
            bytes = Math.addExact(bytes, encode(key));
            ends[group] = bytes;
            if ((record + 1) % pieceNumbers == 0) {
                turns.set(record / pieceNumbers, null);
            }
        }
        return bytes;
    }

    private int encode(KeyRecords key) {
        ByteBuffer piece = room();
        int begin = piece.position();
        put(piece, key.sequence() - lastSequence);
        put(piece, key.offset() - lastEnd & 0xffff_ffffL);
        put(piece, key.length());
        put(piece, key.slot());
        lastSequence = key.sequence();
        lastEnd = key.offset() + key.length();
        return piece.position() - begin;
    }

    private ByteBuffer room() {
        if (encoded.isEmpty() || last().remaining() < IndexLayout.ORDER_RECORD_BYTES_MAX) {
            encoded.add(
                    ByteBuffer.allocate(Math.max(IndexLayout.ORDER_RECORD_BYTES_MAX, pieceNumbers * Integer.BYTES)));
        }
        return last();
    }

    private ByteBuffer last() {
        return encoded.get(encoded.size() - 1);
    }

    private static void put(ByteBuffer target, long number) {
        long rest = number;
        while (rest > 0x7f) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    void write(IndexOutput output, long first, int width) throws IOException {
        ByteBuffer row = ByteBuffer.allocate(IndexLayout.groupBytes(width));
        for (int group = 0; group < ends.length; group++) {
            row.clear();
            IndexLayout.putDelta(row, firsts[group] - first, width);
            row.putInt(ends[group]);
            output.put(row.array(), row.position());
        }
        for (ByteBuffer piece : encoded) {
            output.put(piece.array(), piece.position());
        }
    }
}
