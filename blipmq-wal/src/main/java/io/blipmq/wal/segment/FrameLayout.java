package io.blipmq.wal.segment;

import java.nio.ByteBuffer;

/**
 * The layout of a frame, the unit of group commit, and of the records in it. All integers are big-endian; frames and
 * records begin at multiples of 8 and are padded with zeros.
 *
 * <table>
 * <caption>Frame, version 1</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>4</td><td>CRC32C of the seed and of bytes 4 to the frame's end</td></tr>
 * <tr><td>4</td><td>4</td><td>length of the frame, header and padding included</td></tr>
 * <tr><td>8</td><td>4</td><td>epoch</td></tr>
 * <tr><td>12</td><td>4</td><td>number of records</td></tr>
 * <tr><td>16</td><td>8</td><td>sequence number of the first record; without records, of the next one to come</td></tr>
 * <tr><td>24</td><td>8</td><td>durable mark: the highest number known forced when the frame was written</td></tr>
 * <tr><td>32</td><td>4</td><td>kind: 1 records, 2 marker (only carries the mark), 3 seal (the log's clean end, or
 * the end of a compacted segment), 4 compacted records, 5 lost: stands in the place of damaged bytes; the records from the
 * first sequence number to the durable mark are gone, none when the mark is lower; without records, of any length</td></tr>
 * <tr><td>36</td><td>4</td><td>CRC32C of the seed and of bytes 4 to 35</td></tr>
 * <tr><td>40</td><td></td><td>records: length of the body (4), type (4), body, padding to 8. Those
 * of kind 1 have consecutive numbers, as the epoch counts; those of kind 4 say theirs: length of the body (4), type (4),
 * sequence number (8), body, padding to 8</td></tr>
 * </table>
 *
 * The seed is journal id, epoch, segment ordinal and the frame's offset in the segment (see {@link FrameChecksum}): bytes
 * of an older use of the disk, or a copy of a frame inside a message, never pass for a frame. The header has a checksum
 * of its own so that the length and the numbers of a frame with a damaged body can be relied on.
 *
 * <p>To change the layout: see {@link SegmentLayout}, whose version covers this one too.
 */
public final class FrameLayout {
    public static final int CRC_OFFSET = 0;
    public static final int LENGTH_OFFSET = 4;
    public static final int EPOCH_OFFSET = 8;
    static final int COUNT_OFFSET = 12;
    public static final int FIRST_SEQUENCE_OFFSET = 16;
    public static final int DURABLE_MARK_OFFSET = 24;
    static final int KIND_OFFSET = 32;
    static final int HEADER_CRC_OFFSET = 36;
    public static final int HEADER_BYTES = 40;

    public static final int RECORD_LENGTH_OFFSET = 0;
    public static final int RECORD_TYPE_OFFSET = 4;
    public static final int RECORD_HEADER_BYTES = 8;
    static final int RECORD_SEQUENCE_OFFSET = 8;
    public static final int COMPACTED_RECORD_HEADER_BYTES = 16;

    public static final int KIND_RECORDS = 1;
    public static final int KIND_MARKER = 2;
    public static final int KIND_SEAL = 3;
    public static final int KIND_COMPACTED = 4;
    public static final int KIND_LOST = 5;

    public static final int ALIGNMENT = 8;

    /** What a record takes in a frame. */
    public static int recordBytes(int bodyBytes) {
        return RECORD_HEADER_BYTES + align(bodyBytes);
    }

    /** What a record takes in a compacted frame. */
    public static int compactedRecordBytes(int bodyBytes) {
        return COMPACTED_RECORD_HEADER_BYTES + align(bodyBytes);
    }

    static int recordHeaderBytes(int kind) {
        return kind == KIND_COMPACTED ? COMPACTED_RECORD_HEADER_BYTES : RECORD_HEADER_BYTES;
    }

    public static int align(int bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Writes the fields that are known when a frame is complete; mark and checksums follow when it is written out. */
    public static void putHeader(ByteBuffer buffer, int start, int length, int epoch, int count, long first, int kind) {
        buffer.putInt(start + LENGTH_OFFSET, length);
        buffer.putInt(start + EPOCH_OFFSET, epoch);
        buffer.putInt(start + COUNT_OFFSET, count);
        buffer.putLong(start + FIRST_SEQUENCE_OFFSET, first);
        buffer.putInt(start + KIND_OFFSET, kind);
    }

    /** Writes the header of a record whose body starts at {@code body}, and its padding. */
    public static void putRecord(ByteBuffer buffer, int body, int bodyBytes, int type) {
        buffer.putInt(body - RECORD_HEADER_BYTES + RECORD_LENGTH_OFFSET, bodyBytes);
        buffer.putInt(body - RECORD_HEADER_BYTES + RECORD_TYPE_OFFSET, type);
        for (int at = body + bodyBytes; at < body + align(bodyBytes); at++) {
            buffer.put(at, (byte) 0);
        }
    }

    private FrameLayout() {}
}
