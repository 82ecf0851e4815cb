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
    private final int groups;
    private final int groupBytes;
    private final int orderBytes;
    private final long groupStart;
    private final long orderStart;

    private final byte[] piece = new byte[IndexLayout.entryBytes(Long.BYTES)];
    private final ByteBuffer pieceView = ByteBuffer.wrap(piece);

    // The key that was selected: the entries of its own.
    private int firstEntry;
    private int entryCount;
    private int keyLength;
    private boolean hidden;

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
        this.groups = IndexLayout.groups(entries);
        this.groupBytes = IndexLayout.groupBytes(width);
        this.orderBytes = header.getInt(IndexLayout.ORDER_BYTES_OFFSET);
        this.groupStart = keyStart + keyBytes;
        this.orderStart = groupStart + (long) groups * groupBytes;
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
                && orderBytes >= 0
                && file.size() == IndexLayout.fileBytes(orderStart + orderBytes, blocks.contentBytes());
    }

    public ClosedSegment segment() {
        return segment;
    }

    public int keys() {
        return keys;
    }

    /** How many records there are of all keys. */
    public int entries() {
        return entries;
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
        int order = comparePrefix(slot, key);
        return order == 0 ? Integer.compare(keyLength, key.length) : order;
    }

    /** Compares the beginning of a key with as many bytes, or with more than it has. */
    private int comparePrefix(int slot, byte[] key) throws IOException {
        selectSlot(slot);
        long at = keyStart + pieceView.getInt(0);
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
        return 0;
    }

    /** Selects the key at a place in their order. */
    public void selectSlot(int slot) throws IOException {
        read(directory + (long) slot * IndexLayout.SLOT_BYTES, piece, IndexLayout.SLOT_BYTES);
        hidden = pieceView.getInt(4) < 0;
        keyLength = pieceView.getInt(4) & ~IndexLayout.HIDDEN;
        requireWithin(pieceView.getInt(0), keyLength, keyBytes);
        requireWithin(pieceView.getInt(8), pieceView.getInt(12), entries);
        firstEntry = pieceView.getInt(8);
        entryCount = pieceView.getInt(12);
    }

    private void requireWithin(int first, int count, int bound) throws WalCorruptionException {
        if (first < 0 || count < 0 || first > bound - count) {
            throw outside();
        }
    }

    WalCorruptionException outside() {
        return new WalCorruptionException(
                SegmentNames.index(segment.name()), 0, "the index refers to bytes beyond its end");
    }

    /** The place of the first key that begins with a prefix, or behind which it would stand. */
    public int firstSlot(byte[] prefix) throws IOException {
        return firstSlot(prefix, 0);
    }

    /** The place behind the last key that begins with a prefix. */
    public int endSlot(byte[] prefix) throws IOException {
        return firstSlot(prefix, 1);
    }

    /** The first key whose beginning compares with the prefix as {@code least} or higher. */
    private int firstSlot(byte[] prefix, int least) throws IOException {
        int low = 0;
        int high = keys;
        while (low < high && prefix.length > 0) {
            int middle = (low + high) >>> 1;
            if (Integer.signum(prefixOrder(middle, prefix)) < least) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return prefix.length > 0 || least == 0 ? low : keys;
    }

    private int prefixOrder(int slot, byte[] prefix) throws IOException {
        int order = comparePrefix(slot, prefix);
        return order == 0 && keyLength < prefix.length ? -1 : order;
    }

    /** Whether no matcher is to see the selected key. */
    public boolean isHidden() {
        return hidden;
    }

    /** Selects the key at a place in their order, and returns it. */
    public byte[] key(int slot) throws IOException {
        selectSlot(slot);
        return key();
    }

    /** The key that was selected right before. */
    public byte[] key() throws IOException {
        byte[] key = new byte[keyLength];
        read(keyStart + pieceView.getInt(0), key, key.length);
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
        entryOfAll(firstEntry + index);
    }

    /** The selected key's first entry among those of all keys. */
    public int firstEntry() {
        return firstEntry;
    }

    /** As {@link #entry}, among the entries of all keys. */
    public void entryOfAll(int index) throws IOException {
        read(IndexLayout.HEADER_BYTES + (long) index * entryBytes, piece, entryBytes);
        sequence = segment.first() + IndexLayout.delta(pieceView, 0, width);
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

    // ---- the order, for IndexOrder

    int groups() {
        return groups;
    }

    /** The number of a group's first record. */
    long groupFirst(int group) throws IOException {
        loadGroup(group);
        return segment.first() + IndexLayout.delta(pieceView, 0, width);
    }

    /** Where a group ends in the order's records; it begins where the one before it ends. */
    int groupEnd(int group) throws IOException {
        loadGroup(group);
        return pieceView.getInt(width);
    }

    private void loadGroup(int group) throws IOException {
        read(groupStart + (long) group * groupBytes, piece, groupBytes);
    }

    /** Copies the records of a group. */
    void readGroup(int begin, int end, byte[] target) throws IOException {
        if (begin < 0 || end <= begin || end > orderBytes || end - begin > target.length) {
            throw outside();
        }
        read(orderStart + begin, target, end - begin);
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
