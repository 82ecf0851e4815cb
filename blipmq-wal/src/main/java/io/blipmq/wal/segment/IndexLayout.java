package io.blipmq.wal.segment;

import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.storage.SegmentNames;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a closed segment's index file: which records of which key stand where. All integers are big-endian.
 *
 * <p>The file consists of blocks of 4096 bytes, the last one shorter: content, and in the last four bytes the CRC32C of
 * journal id, segment ordinal, the block's number (from 0, 4 bytes each) and the content. So a piece can be checked as it
 * is read. What follows is about the content of all blocks as one sequence.
 *
 * <table>
 * <caption>Index, version 2</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>8</td><td>magic: BLIPMQIX</td></tr>
 * <tr><td>8</td><td>4</td><td>format version: 2</td></tr>
 * <tr><td>12</td><td>4</td><td>ordinal number of the segment</td></tr>
 * <tr><td>16</td><td>16</td><td>journal id</td></tr>
 * <tr><td>32</td><td>8</td><td>first sequence number of the segment</td></tr>
 * <tr><td>40</td><td>8</td><td>last sequence number that counts in it</td></tr>
 * <tr><td>48</td><td>4</td><td>number of keys</td></tr>
 * <tr><td>52</td><td>4</td><td>number of entries</td></tr>
 * <tr><td>56</td><td>4</td><td>bytes of all keys</td></tr>
 * <tr><td>60</td><td>4</td><td>bytes of a sequence number in an entry: 4, or 8 when the segment's range needs it</td></tr>
 * <tr><td>64</td><td>4</td><td>bytes of the order's records</td></tr>
 * <tr><td>68</td><td></td><td>entries, by key and then by number: sequence number less the segment's first (4 or 8), offset
 * of the record's body in the segment (4), its length (4)</td></tr>
 * <tr><td></td><td></td><td>directory, in the order of the keys' bytes: offset in the keys (4); bits 0 to 30 length of the
 * key, bit 31 it is hidden from matchers (4); its first entry (4), its number of entries (4)</td></tr>
 * <tr><td></td><td></td><td>keys</td></tr>
 * <tr><td></td><td></td><td>order's groups, of 64 records each, the last one of fewer: sequence number of the group's first
 * record less the segment's first (4 or 8), where the group ends in the order's records (4)</td></tr>
 * <tr><td></td><td></td><td>order's records, by number, in whole groups; of each: its number less the one before it, in a group's
 * first 0; its offset less the end of the body before it, in a group's first its offset; its length; the place of its key in
 * the directory</td></tr>
 * </table>
 *
 * <p>The four numbers of the order's records are unsigned, seven bits a byte from the lowest, with bit 7 set in all bytes but
 * the last. A difference of offsets is one of 32 bits.
 *
 * <p>An index is made from its segment and can be made again, so an older or newer version of it is not read but replaced.
 * Version 1 had no order and no hidden keys.
 */
public final class IndexLayout {
    static final long MAGIC = 0x424c49504d514958L;
    static final int VERSION = 2;
    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int ORDINAL_OFFSET = 12;
    static final int JOURNAL_ID_OFFSET = 16;
    static final int FIRST_SEQUENCE_OFFSET = 32;
    public static final int LAST_SEQUENCE_OFFSET = 40;
    static final int KEYS_OFFSET = 48;
    static final int ENTRIES_OFFSET = 52;
    static final int KEY_BYTES_OFFSET = 56;
    static final int WIDTH_OFFSET = 60;
    static final int ORDER_BYTES_OFFSET = 64;
    public static final int HEADER_BYTES = 68;

    static final int SLOT_BYTES = 16;
    /** In the length of a key. */
    static final int HIDDEN = 0x8000_0000;

    /** Records that are read together; to find one, half as many are passed over. */
    static final int GROUP_RECORDS = 64;
    /** Of a record in the order: one number of 64 bits, three of 32. */
    static final int ORDER_RECORD_BYTES_MAX = 10 + 3 * 5;

    private static final long NARROW_RANGE_MAX = 0xffff_ffffL;

    static int width(long first, long last) {
        return last - first > NARROW_RANGE_MAX ? Long.BYTES : Integer.BYTES;
    }

    static int entryBytes(int width) {
        return width + 2 * Integer.BYTES;
    }

    static ByteBuffer header(ClosedSegment segment, int keys, int entries, int keyBytes, int orderBytes) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(MAGIC_OFFSET, MAGIC);
        header.putInt(VERSION_OFFSET, VERSION);
        header.putInt(ORDINAL_OFFSET, segment.ordinal());
        SegmentLayout.putId(header, JOURNAL_ID_OFFSET, segment.header().journalId());
        header.putLong(FIRST_SEQUENCE_OFFSET, segment.first());
        header.putLong(LAST_SEQUENCE_OFFSET, segment.last());
        header.putInt(KEYS_OFFSET, keys);
        header.putInt(ENTRIES_OFFSET, entries);
        header.putInt(KEY_BYTES_OFFSET, keyBytes);
        header.putInt(WIDTH_OFFSET, width(segment.first(), segment.last()));
        header.putInt(ORDER_BYTES_OFFSET, orderBytes);
        return header;
    }

    /** Whether the header, in the index's first block, is of this segment. */
    static boolean isIndexOf(ByteBuffer block, ClosedSegment segment) {
        return block.limit() >= HEADER_BYTES
                && block.getLong(MAGIC_OFFSET) == MAGIC
                && block.getInt(VERSION_OFFSET) == VERSION
                && block.getInt(ORDINAL_OFFSET) == segment.ordinal()
                && SegmentLayout.id(block, JOURNAL_ID_OFFSET)
                        .equals(segment.header().journalId())
                && block.getLong(FIRST_SEQUENCE_OFFSET) == segment.first()
                && block.getLong(LAST_SEQUENCE_OFFSET) == segment.last()
                && block.getInt(WIDTH_OFFSET) == width(segment.first(), segment.last());
    }

    static int groups(int entries) {
        return (int) ((entries + GROUP_RECORDS - 1L) / GROUP_RECORDS);
    }

    static int groupBytes(int width) {
        return width + Integer.BYTES;
    }

    static void putDelta(ByteBuffer target, long delta, int width) {
        if (width == Long.BYTES) {
            target.putLong(delta);
        } else {
            target.putInt((int) delta);
        }
    }

    static long delta(ByteBuffer source, int at, int width) {
        return width == Long.BYTES ? source.getLong(at) : source.getInt(at) & NARROW_RANGE_MAX;
    }

    /** Where the directory begins. */
    static long directory(int entries, int width) {
        return HEADER_BYTES + (long) entries * entryBytes(width);
    }

    /** The size of the file that holds so much content, so much of it in a block. */
    static long fileBytes(long contentBytes, int blockContentBytes) {
        long blocks = (contentBytes + blockContentBytes - 1) / blockContentBytes;
        return contentBytes + blocks * Integer.BYTES;
    }

    public static int crc(CRC32C crc, SegmentHeader segment, int block, ByteBuffer content) {
        ByteBuffer seed = ByteBuffer.allocate(24);
        SegmentLayout.putId(seed, 0, segment.journalId());
        seed.putInt(16, segment.ordinal()).putInt(20, block);
        crc.reset();
        crc.update(seed);
        crc.update(content);
        return (int) crc.getValue();
    }

    static WalCorruptionException damaged(SegmentHeader segment, long offset) {
        return new WalCorruptionException(
                SegmentNames.index(segment.name()),
                offset,
                "the index is damaged; it is made again at a start that does not find it");
    }

    private IndexLayout() {}
}
