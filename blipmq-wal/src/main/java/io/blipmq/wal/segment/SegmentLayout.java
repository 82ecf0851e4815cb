package io.blipmq.wal.segment;

import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The layout of a segment file. All integers are big-endian.
 *
 * <table>
 * <caption>Segment header, version 1</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>8</td><td>magic: BLIPMQWL</td></tr>
 * <tr><td>8</td><td>4</td><td>format version: 1</td></tr>
 * <tr><td>12</td><td>4</td><td>ordinal number of the segment in its journal</td></tr>
 * <tr><td>16</td><td>16</td><td>journal id, random</td></tr>
 * <tr><td>32</td><td>16</td><td>boot id of the machine at the epoch's start, zero when unknown</td></tr>
 * <tr><td>48</td><td>4</td><td>epoch</td></tr>
 * <tr><td>52</td><td>4</td><td>kind: 0 the log was written to it, 1 compacted</td></tr>
 * <tr><td>56</td><td>8</td><td>first sequence number</td></tr>
 * <tr><td>64</td><td>8</td><td>cut: the last number that counts from earlier epochs</td></tr>
 * <tr><td>72</td><td>8</td><td>the epoch's first number: of the first survivor, or as the field after next</td></tr>
 * <tr><td>80</td><td>8</td><td>the last number rewritten into the epoch's first segment, or the cut; of a compacted
 * segment the last number of its range</td></tr>
 * <tr><td>88</td><td>8</td><td>the number at which new records of the epoch begin</td></tr>
 * <tr><td>96</td><td>8</td><td>capacity in bytes; the file is shorter once it is closed</td></tr>
 * <tr><td>104</td><td>4</td><td>CRC32C of bytes 0 to 103</td></tr>
 * <tr><td>108</td><td>3988</td><td>reserved, 0</td></tr>
 * <tr><td>4096</td><td></td><td>frames, see {@link FrameLayout}; zeros after the last one</td></tr>
 * </table>
 *
 * The header has its page to itself, so no later write can tear it. It is written and forced before the file gets its
 * name, so a named segment always has one.
 *
 * <p>To change the layout: raise {@link #VERSION}, keep magic and version where they are, let {@link #decode} read every
 * older version, and add a golden file of the new version to the tests; the old ones stay.
 */
public final class SegmentLayout {
    static final int VERSION = 1;
    public static final int FIRST_FRAME = 4096;
    public static final int HEADER_BYTES = 108;

    private static final long MAGIC = 0x424c49504d51574cL;
    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 8;
    public static final int ORDINAL_OFFSET = 12;
    public static final int JOURNAL_ID_OFFSET = 16;
    private static final int BOOT_ID_OFFSET = 32;
    private static final int EPOCH_OFFSET = 48;
    private static final int KIND_OFFSET = 52;
    private static final int FIRST_SEQUENCE_OFFSET = 56;
    private static final int CUT_OFFSET = 64;
    private static final int BEGIN_OFFSET = 72;
    private static final int SURVIVED_OFFSET = 80;
    private static final int RESUME_OFFSET = 88;
    private static final int CAPACITY_OFFSET = 96;
    private static final int CRC_OFFSET = 104;

    private static final int KIND_COMPACTED = 1;

    /** The header's page, ready to be written at offset 0. */
    public static ByteBuffer encode(SegmentHeader header) {
        ByteBuffer page = ByteBuffer.allocate(FIRST_FRAME);
        page.putLong(MAGIC_OFFSET, MAGIC);
        page.putInt(VERSION_OFFSET, VERSION);
        page.putInt(ORDINAL_OFFSET, header.ordinal());
        putId(page, JOURNAL_ID_OFFSET, header.journalId());
        putId(page, BOOT_ID_OFFSET, header.bootId());
        page.putInt(EPOCH_OFFSET, header.epoch().number());
        page.putLong(FIRST_SEQUENCE_OFFSET, header.first());
        page.putLong(CUT_OFFSET, header.epoch().cut());
        page.putLong(BEGIN_OFFSET, header.epoch().begin());
        page.putInt(KIND_OFFSET, header.isCompacted() ? KIND_COMPACTED : 0);
        page.putLong(
                SURVIVED_OFFSET,
                header.isCompacted() ? header.compactedLast() : header.epoch().survived());
        page.putLong(RESUME_OFFSET, header.epoch().resume());
        page.putLong(CAPACITY_OFFSET, header.capacity());
        page.putInt(CRC_OFFSET, crc(page));
        return page;
    }

    /** Reads the header of the segment called {@code name}. */
    public static SegmentHeader read(String name, StorageFile file) throws IOException {
        return decode(name, readPage(file).flip());
    }

    /** As {@link #read}, of a file whose name may be another one than the header says. */
    public static SegmentHeader readUnnamed(String name, StorageFile file) throws IOException {
        return decodeUnnamed(name, readPage(file).flip());
    }

    /** What there is of a header, behind which the position is. */
    public static ByteBuffer readPage(StorageFile file) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(HEADER_BYTES);
        file.read(page, 0);
        return page;
    }

    /** Reads the header of the segment called {@code name} from its first {@link #HEADER_BYTES} bytes. */
    public static SegmentHeader decode(String name, ByteBuffer page) throws WalCorruptionException {
        SegmentHeader header = decodeUnnamed(name, page);
        if (!header.name().equals(name)) {
            throw damaged(name, "the file has been renamed: its header says " + header.name());
        }
        return header;
    }

    private static SegmentHeader decodeUnnamed(String name, ByteBuffer page) throws WalCorruptionException {
        if (page.remaining() < HEADER_BYTES || page.getLong(MAGIC_OFFSET) != MAGIC) {
            throw damaged(name, "not a log segment, or its header is damaged");
        }
        int version = page.getInt(VERSION_OFFSET);
        if (version > VERSION) {
            throw WalCorruptionException.newerFormat(
                    name,
                    "written in log format " + version + " by a newer release; this one reads up to " + VERSION
                            + ": start the newer release again");
        }
        if (page.getInt(CRC_OFFSET) != crc(page)) {
            throw damaged(name, "the segment's header is damaged");
        }
        return fields(name, page);
    }

    private static SegmentHeader fields(String name, ByteBuffer page) throws WalCorruptionException {
        try {
            return page.getInt(KIND_OFFSET) == KIND_COMPACTED ? compacted(page) : ofLog(page);
        } catch (IllegalArgumentException e) {
            throw damaged(name, "the segment's header makes no sense: " + e.getMessage());
        }
    }

    private static SegmentHeader compacted(ByteBuffer page) {
        return SegmentHeader.compacted(
                id(page, JOURNAL_ID_OFFSET),
                id(page, BOOT_ID_OFFSET),
                page.getInt(EPOCH_OFFSET),
                page.getInt(ORDINAL_OFFSET),
                page.getLong(FIRST_SEQUENCE_OFFSET),
                page.getLong(SURVIVED_OFFSET));
    }

    private static SegmentHeader ofLog(ByteBuffer page) {
        Epoch epoch = new Epoch(
                page.getInt(EPOCH_OFFSET),
                page.getLong(CUT_OFFSET),
                page.getLong(BEGIN_OFFSET),
                page.getLong(SURVIVED_OFFSET),
                page.getLong(RESUME_OFFSET));
        return new SegmentHeader(
                id(page, JOURNAL_ID_OFFSET),
                id(page, BOOT_ID_OFFSET),
                epoch,
                page.getInt(ORDINAL_OFFSET),
                page.getLong(FIRST_SEQUENCE_OFFSET),
                page.getLong(CAPACITY_OFFSET));
    }

    private static WalCorruptionException damaged(String name, String what) {
        return new WalCorruptionException(name, 0, what);
    }

    private static int crc(ByteBuffer page) {
        CRC32C crc = new CRC32C();
        crc.update(page.duplicate().position(0).limit(CRC_OFFSET));
        return (int) crc.getValue();
    }

    static void putId(ByteBuffer buffer, int offset, UUID id) {
        buffer.putLong(offset, id.getMostSignificantBits());
        buffer.putLong(offset + Long.BYTES, id.getLeastSignificantBits());
    }

    public static UUID id(ByteBuffer buffer, int offset) {
        return new UUID(buffer.getLong(offset), buffer.getLong(offset + Long.BYTES));
    }

    private SegmentLayout() {}
}
