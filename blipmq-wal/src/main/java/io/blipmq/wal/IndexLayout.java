package io.blipmq.wal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a closed segment's index file: which records of which key stand where. All integers are big-endian.
 *
 * <table>
 * <caption>Index, version 1</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>8</td><td>magic: BLIPMQIX</td></tr>
 * <tr><td>8</td><td>4</td><td>format version: 1</td></tr>
 * <tr><td>12</td><td>4</td><td>ordinal number of the segment</td></tr>
 * <tr><td>16</td><td>16</td><td>journal id</td></tr>
 * <tr><td>32</td><td>8</td><td>first sequence number of the segment</td></tr>
 * <tr><td>40</td><td>8</td><td>last sequence number that counts in it</td></tr>
 * <tr><td>48</td><td>4</td><td>number of keys</td></tr>
 * <tr><td>52</td><td>4</td><td>CRC32C of the file without this field</td></tr>
 * <tr><td>56</td><td></td><td>for each key, in the order of their bytes: key length (4), number of records (4), key,
 * and for each record: sequence number (8), offset of its body in the segment (4)</td></tr>
 * </table>
 *
 * An index is made from its segment and can be made again, so an older or newer version of it is not read but replaced.
 */
final class IndexLayout {
    static final long MAGIC = 0x424c49504d514958L;
    static final int VERSION = 1;
    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int ORDINAL_OFFSET = 12;
    static final int JOURNAL_ID_OFFSET = 16;
    static final int FIRST_SEQUENCE_OFFSET = 32;
    static final int LAST_SEQUENCE_OFFSET = 40;
    static final int KEYS_OFFSET = 48;
    static final int CRC_OFFSET = 52;
    static final int HEADER_BYTES = 56;

    static final int KEY_HEADER_BYTES = 8;
    static final int ENTRY_BYTES = 12;

    static void putHeader(ByteBuffer file, SegmentHeader segment, long lastSequence, int keys) {
        file.putLong(MAGIC_OFFSET, MAGIC);
        file.putInt(VERSION_OFFSET, VERSION);
        file.putInt(ORDINAL_OFFSET, segment.ordinal());
        SegmentLayout.putId(file, JOURNAL_ID_OFFSET, segment.journalId());
        file.putLong(FIRST_SEQUENCE_OFFSET, segment.first());
        file.putLong(LAST_SEQUENCE_OFFSET, lastSequence);
        file.putInt(KEYS_OFFSET, keys);
    }

    /** Whether the bytes from 0 to the limit are the intact index of this segment. */
    static boolean isIndexOf(ByteBuffer file, SegmentHeader segment, long lastSequence) {
        return file.limit() >= HEADER_BYTES
                && file.getLong(MAGIC_OFFSET) == MAGIC
                && file.getInt(VERSION_OFFSET) == VERSION
                && file.getInt(ORDINAL_OFFSET) == segment.ordinal()
                && SegmentLayout.id(file, JOURNAL_ID_OFFSET).equals(segment.journalId())
                && file.getLong(FIRST_SEQUENCE_OFFSET) == segment.first()
                && file.getLong(LAST_SEQUENCE_OFFSET) == lastSequence
                && file.getInt(CRC_OFFSET) == crc(file);
    }

    static int crc(ByteBuffer file) {
        CRC32C crc = new CRC32C();
        crc.update(file.duplicate().position(0).limit(CRC_OFFSET));
        crc.update(file.duplicate().position(HEADER_BYTES));
        return (int) crc.getValue();
    }

    private IndexLayout() {}
}
