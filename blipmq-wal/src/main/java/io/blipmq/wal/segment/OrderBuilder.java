package io.blipmq.wal.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of an index in the making: whose turn it is among the lists of the keys, record by record. Owned by the thread
 * that builds it.
 *
 * <p>It is written in two rounds, for its groups stand before its records and say where each of them ends.
 */
final class OrderBuilder {
    private final int pieceNumbers;
    private final List<KeyRecords> keys = new ArrayList<>();
    /** The key of each record, by number, in pieces as the lists are. */
    private final List<int[]> pieces = new ArrayList<>();

    private int records;

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
            pieces.add(new int[pieceNumbers]);
        }
        pieces.get(pieces.size() - 1)[at] = key.number;
        records++;
    }

    /** Finds out where the groups end. The keys must have their slots. @return the bytes of all records */
    int measure() {
        int groups = IndexLayout.groups(records);
        firsts = new long[groups];
        ends = new int[groups];
        ByteBuffer piece = ByteBuffer.allocate(IndexLayout.ORDER_RECORD_BYTES_MAX);
        int bytes = 0;
        keys.forEach(KeyRecords::rewind);
        for (int record = 0; record < records; record++) {
            encode(record, piece);
            int group = record / IndexLayout.GROUP_RECORDS;
            if (record % IndexLayout.GROUP_RECORDS == 0) {
                firsts[group] = lastSequence;
            }
            bytes = Math.addExact(bytes, piece.position());
            ends[group] = bytes;
        }
        return bytes;
    }

    void write(IndexOutput output, long first, int width) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(IndexLayout.ORDER_RECORD_BYTES_MAX);
        for (int group = 0; group < ends.length; group++) {
            piece.clear();
            IndexLayout.putDelta(piece, firsts[group] - first, width);
            piece.putInt(ends[group]);
            output.put(piece.array(), piece.position());
        }
        keys.forEach(KeyRecords::rewind);
        for (int record = 0; record < records; record++) {
            encode(record, piece);
            output.put(piece.array(), piece.position());
        }
    }

    private void encode(int record, ByteBuffer piece) {
        KeyRecords key = keys.get(pieces.get(record / pieceNumbers)[record % pieceNumbers]);
        key.next();
        if (record % IndexLayout.GROUP_RECORDS == 0) {
            lastSequence = key.sequence();
            lastEnd = 0;
        }
        piece.clear();
        put(piece, key.sequence() - lastSequence);
        put(piece, key.offset() - lastEnd & 0xffff_ffffL);
        put(piece, key.length());
        put(piece, key.slot());
        lastSequence = key.sequence();
        lastEnd = key.offset() + key.length();
    }

    private static void put(ByteBuffer target, long number) {
        long rest = number;
        while (rest > 0x7f) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }
}
