package io.blipmq.wal.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The records of one key of an index in the making, two numbers for each. Owned by the thread that builds it.
 *
 * <p>They come in pieces, so that a long list is neither copied as it grows nor an array of a size that the collector has to
 * treat apart.
 */
final class KeyRecords {
    /** In the order in which the keys came. */
    final int number;

    private final int pieceNumbers;
    private final List<long[]> full = new ArrayList<>(0);
    private long[] last;
    private int used;
    private int count;
    private boolean hidden;

    /** In the order of the keys' bytes, once all are there. */
    private int slot;

    // The record that was read last.
    private int pieceRead;
    private int nextInPiece;
    private long sequence;
    private int offset;
    private int length;

    KeyRecords(int number, int pieceNumbers) {
        this.number = number;
        this.pieceNumbers = pieceNumbers;
        this.last = new long[Math.min(8, pieceNumbers)];
    }

    void add(long newSequence, int newOffset, int newLength, boolean isHidden) {
        if (used == last.length) {
            extend();
        }
        last[used] = newSequence;
        last[used + 1] = (long) newOffset << 32 | newLength;
        used += 2;
        count++;
        hidden |= isHidden;
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

    int count() {
        return count;
    }

    boolean isHidden() {
        return hidden;
    }

    void slot(int newSlot) {
        slot = newSlot;
    }

    int slot() {
        return slot;
    }

    /** Goes back to before the first record. */
    void rewind() {
        pieceRead = 0;
        nextInPiece = 0;
    }

    /** Reads the next record, of which there must be one; the accessors below then tell about it. */
    void next() {
        if (pieceRead < full.size() && nextInPiece == pieceNumbers) {
            pieceRead++;
            nextInPiece = 0;
        }
        long[] piece = pieceRead < full.size() ? full.get(pieceRead) : last;
        sequence = piece[nextInPiece];
        offset = (int) (piece[nextInPiece + 1] >>> 32);
        length = (int) piece[nextInPiece + 1];
        nextInPiece += 2;
    }

    long sequence() {
        return sequence;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    void write(IndexOutput output, ByteBuffer piece, long first, int width) throws IOException {
        rewind();
        for (int record = 0; record < count; record++) {
            next();
            piece.clear();
            IndexLayout.putDelta(piece, sequence - first, width);
            piece.putInt(offset).putInt(length);
            output.put(piece.array(), piece.position());
        }
    }
}
