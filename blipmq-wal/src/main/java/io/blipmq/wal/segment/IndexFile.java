package io.blipmq.wal.segment;

import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An index file, read piece by piece through {@link IndexBlocks}. Owned by the thread that opened it. */
public final class IndexFile implements Closeable {
    private final ClosedSegment segment;
    private final StorageFile file;
    private final IndexBlocks blocks;
    private final int keys;
    private final int entries;
    private final int keyBytes;
    private final int width;
    private final int entryBytes;
    private final long directory;
    private final long keyStart;

    private final byte[] piece = new byte[IndexLayout.entryBytes(Long.BYTES)];
    private final ByteBuffer pieceView = ByteBuffer.wrap(piece);

    // The key that was selected: the entries of its own.
    private int firstEntry;
    private int entryCount;

    // The entry that was read last.
    private long sequence;
    private int offset;
    private int length;

    private IndexFile(ClosedSegment segment, StorageFile file, IndexBlocks blocks, ByteBuffer header) {
        this.segment = segment;
        this.file = file;
        this.blocks = blocks;
        this.keys = header.getInt(IndexLayout.KEYS_OFFSET);
        this.entries = header.getInt(IndexLayout.ENTRIES_OFFSET);
        this.keyBytes = header.getInt(IndexLayout.KEY_BYTES_OFFSET);
        this.width = header.getInt(IndexLayout.WIDTH_OFFSET);
        this.entryBytes = IndexLayout.entryBytes(width);
        this.directory = IndexLayout.directory(entries, width);
        this.keyStart = directory + (long) keys * IndexLayout.SLOT_BYTES;
    }

    /**
     * Opens the index of a segment. Its first block is checked here, the others as they are read.
     *
     * @throws WalCorruptionException when it is of another segment or version, or damaged
     */
    public static IndexFile open(Storage storage, ClosedSegment segment, IndexBlocks blocks) throws IOException {
        StorageFile file = storage.open(SegmentNames.index(segment.name()));
        boolean opened = false;
        try {
            ByteBuffer header = blocks.block(file, segment.header(), 0);
            if (IndexLayout.isIndexOf(header, segment)) {
                IndexFile index = new IndexFile(segment, file, blocks, header);
                opened = index.isWhole();
                if (opened) {
                    return index;
                }
            }
            throw IndexLayout.damaged(segment.header(), 0);
        } finally {
            if (!opened) {
                blocks.clear();
                file.close();
            }
        }
    }

    private boolean isWhole() throws IOException {
        return keys >= 0
                && entries >= 0
                && keyBytes >= 0
                && file.size() == IndexLayout.fileBytes(keyStart + keyBytes, blocks.contentBytes());
    }

    public ClosedSegment segment() {
        return segment;
    }

    public int keys() {
        return keys;
    }

    /** Selects a key; false when the segment has no record of it. */
    public boolean select(byte[] key) throws IOException {
        int low = 0;
        int high = keys - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(middle, key);
            if (order == 0) {
                return true;
            } else if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        entryCount = 0;
        return false;
    }

    private int compare(int slot, byte[] key) throws IOException {
        loadSlot(slot);
        long at = keyStart + pieceView.getInt(0);
        int keyLength = pieceView.getInt(4);
        int common = Math.min(keyLength, key.length);
        for (int compared = 0; compared < common; ) {
            ByteBuffer block = block(at + compared);
            int start = inBlock(at + compared);
            int part = part(block, start, common - compared);
            int order = Arrays.compareUnsigned(block.array(), start, start + part, key, compared, compared + part);
            if (order != 0) {
                return order;
            }
            compared += part;
        }
        return Integer.compare(keyLength, key.length);
    }

    private void loadSlot(int slot) throws IOException {
        read(directory + (long) slot * IndexLayout.SLOT_BYTES, piece, IndexLayout.SLOT_BYTES);
        requireWithin(pieceView.getInt(0), pieceView.getInt(4), keyBytes);
        requireWithin(pieceView.getInt(8), pieceView.getInt(12), entries);
        firstEntry = pieceView.getInt(8);
        entryCount = pieceView.getInt(12);
    }

    private void requireWithin(int first, int count, int bound) throws WalCorruptionException {
        if (first < 0 || count < 0 || first > bound - count) {
            throw outside();
        }
    }

    private WalCorruptionException outside() {
        return new WalCorruptionException(
                SegmentNames.index(segment.name()), 0, "the index refers to bytes beyond its end");
    }

    /** Selects the key at a place in their order, and returns it. */
    public byte[] key(int slot) throws IOException {
        loadSlot(slot);
        byte[] key = new byte[pieceView.getInt(4)];
        long at = keyStart + pieceView.getInt(0);
        read(at, key, key.length);
        return key;
    }

    /** How many records the selected key has. */
    public int count() {
        return entryCount;
    }

    /** The first entry of the selected key whose number is at least {@code from}; {@link #count} when there is none. */
    public int lowerBound(long from) throws IOException {
        int low = 0;
        int high = entryCount;
        while (low < high) {
            int middle = (low + high) >>> 1;
            entry(middle);
            if (sequence < from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Reads an entry of the selected key; the accessors below then tell about it. */
    public void entry(int index) throws IOException {
        read(IndexLayout.HEADER_BYTES + (long) (firstEntry + index) * entryBytes, piece, entryBytes);
        long delta = width == Long.BYTES ? pieceView.getLong(0) : pieceView.getInt(0) & 0xffff_ffffL;
        sequence = segment.first() + delta;
        offset = pieceView.getInt(width);
        length = pieceView.getInt(width + Integer.BYTES);
    }

    public long sequence() {
        return sequence;
    }

    /** Of the record's body in the segment. */
    public int offset() {
        return offset;
    }

    /** Of the record's body. */
    public int length() {
        return length;
    }

    private void read(long at, byte[] target, int bytes) throws IOException {
        for (int done = 0; done < bytes; ) {
            ByteBuffer block = block(at + done);
            int start = inBlock(at + done);
            int part = part(block, start, bytes - done);
            block.get(start, target, done, part);
            done += part;
        }
    }

    private int part(ByteBuffer block, int start, int wanted) throws WalCorruptionException {
        if (start >= block.limit()) {
            throw outside();
        }
        return Math.min(wanted, block.limit() - start);
    }

    private ByteBuffer block(long at) throws IOException {
        return blocks.block(file, segment.header(), (int) (at / blocks.contentBytes()));
    }

    private int inBlock(long at) {
        return (int) (at % blocks.contentBytes());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
