package io.blipmq.wal.segment;

import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.storage.SegmentNames;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The layout of the checkpoint file. All integers are big-endian.
 *
 * <table>
 * <caption>Checkpoint, version 1</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>8</td><td>magic: BLIPMQCP</td></tr>
 * <tr><td>8</td><td>4</td><td>format version: 1</td></tr>
 * <tr><td>12</td><td>4</td><td>CRC32C of the file without this field</td></tr>
 * <tr><td>16</td><td>16</td><td>journal id</td></tr>
 * <tr><td>32</td><td>8</td><td>sequence number of the last record it covers</td></tr>
 * <tr><td>40</td><td>8</td><td>first sequence number of the segment at which replay begins</td></tr>
 * <tr><td>48</td><td>8</td><td>the last record before that segment</td></tr>
 * <tr><td>56</td><td>4</td><td>epoch of that segment</td></tr>
 * <tr><td>60</td><td>4</td><td>ordinal number of the next compacted segment</td></tr>
 * <tr><td>64</td><td>4</td><td>number of listed segments</td></tr>
 * <tr><td>68</td><td>4</td><td>length of the content</td></tr>
 * <tr><td>72</td><td></td><td>for each listed segment: ordinal (4), epoch (4), first (8) and last (8) sequence number, kind
 * (4): 0 the log was written to it, 1 compacted, 2 no segment but a range of records that a repair found lost; reserved
 * (4)</td></tr>
 * <tr><td></td><td></td><td>content</td></tr>
 * </table>
 *
 * <p>To change the layout: raise {@link #VERSION}, keep magic and version where they are, let {@link #decode} read every
 * older version, and add a golden file of the new version to the tests; the old ones stay.
 */
public final class CheckpointLayout {
    static final int VERSION = 1;

    private static final long MAGIC = 0x424c49504d514350L;
    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 8;
    private static final int CRC_OFFSET = 12;
    private static final int JOURNAL_ID_OFFSET = 16;
    private static final int SEQUENCE_OFFSET = 32;
    private static final int REPLAY_FIRST_OFFSET = 40;
    private static final int REPLAY_AFTER_OFFSET = 48;
    private static final int REPLAY_EPOCH_OFFSET = 56;
    private static final int NEXT_COMPACTED_OFFSET = 60;
    private static final int SEGMENTS_OFFSET = 64;
    private static final int CONTENT_LENGTH_OFFSET = 68;
    private static final int HEADER_BYTES = 72;
    private static final int LISTED_BYTES = 32;

    private static final int KIND_COMPACTED = 1;
    private static final int KIND_LOST = 2;

    /** Everything before the content, with the checksum of both. The content's position stays. */
    static ByteBuffer encodeHead(Checkpoint checkpoint) {
        List<Checkpoint.Listed> segments = checkpoint.segments();
        int entries = segments.size() + checkpoint.lost().size();
        ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES + entries * LISTED_BYTES);
        head.putLong(MAGIC_OFFSET, MAGIC);
        head.putInt(VERSION_OFFSET, VERSION);
        SegmentLayout.putId(head, JOURNAL_ID_OFFSET, checkpoint.journalId());
        head.putLong(SEQUENCE_OFFSET, checkpoint.sequence());
        head.putLong(REPLAY_FIRST_OFFSET, checkpoint.replayFirst());
        head.putLong(REPLAY_AFTER_OFFSET, checkpoint.replayAfter());
        head.putInt(REPLAY_EPOCH_OFFSET, checkpoint.replayEpoch());
        head.putInt(NEXT_COMPACTED_OFFSET, checkpoint.nextCompacted());
        head.putInt(SEGMENTS_OFFSET, entries);
        head.putInt(CONTENT_LENGTH_OFFSET, checkpoint.content().remaining());
        head.position(HEADER_BYTES);
        for (Checkpoint.Listed segment : segments) {
            head.putInt(segment.ordinal()).putInt(segment.epoch());
            head.putLong(segment.first()).putLong(segment.last());
            head.putInt(segment.compacted() ? KIND_COMPACTED : 0).putInt(0);
        }
        for (SequenceRange range : checkpoint.lost()) {
            head.putInt(0).putInt(0).putLong(range.first()).putLong(range.last());
            head.putInt(KIND_LOST).putInt(0);
        }
        head.flip();
        CRC32C crc = begin(head);
        crc.update(checkpoint.content().duplicate());
        head.putInt(CRC_OFFSET, (int) crc.getValue());
        return head;
    }

    /** The checksum of a file that begins so, the rest of which is yet to be added. */
    private static CRC32C begin(ByteBuffer head) {
        CRC32C crc = new CRC32C();
        crc.update(head.duplicate().position(0).limit(CRC_OFFSET));
        crc.update(head.duplicate().position(CRC_OFFSET + Integer.BYTES));
        return crc;
    }

    /** Reads a checkpoint file from its bytes, 0 to the limit. */
    public static Checkpoint decode(ByteBuffer file) throws WalCorruptionException {
        if (file.limit() < HEADER_BYTES || file.getLong(MAGIC_OFFSET) != MAGIC) {
            throw damaged("not a checkpoint, or its beginning is damaged");
        }
        int version = file.getInt(VERSION_OFFSET);
        if (version > VERSION) {
            throw WalCorruptionException.newerFormat(
                    SegmentNames.CHECKPOINT,
                    "written in checkpoint format " + version + " by a newer release; this one reads up to " + VERSION
                            + ": start the newer release again");
        }
        int segments = file.getInt(SEGMENTS_OFFSET);
        int contentLength = file.getInt(CONTENT_LENGTH_OFFSET);
        long bytes = HEADER_BYTES + (long) segments * LISTED_BYTES + contentLength;
        if (segments < 0 || contentLength < 0 || bytes != file.limit()) {
            throw damaged("the checkpoint's length is not what it says");
        }
        if ((int) begin(file).getValue() != file.getInt(CRC_OFFSET)) {
            throw damaged("the checkpoint is damaged");
        }
        return fields(file, segments, contentLength);
    }

    private static Checkpoint fields(ByteBuffer file, int segments, int contentLength) {
        ByteBuffer source = file.duplicate().position(HEADER_BYTES);
        List<Checkpoint.Listed> listed = new ArrayList<>(segments);
        List<SequenceRange> lost = new ArrayList<>();
        for (int index = 0; index < segments; index++) {
            int ordinal = source.getInt();
            int epoch = source.getInt();
            long first = source.getLong();
            long last = source.getLong();
            int kind = source.getInt();
            source.getInt();
            if (kind == KIND_LOST) {
                lost.add(new SequenceRange(first, last));
            } else {
                listed.add(new Checkpoint.Listed(ordinal, epoch, first, last, kind == KIND_COMPACTED));
            }
        }
        return new Checkpoint(
                SegmentLayout.id(file, JOURNAL_ID_OFFSET),
                file.getLong(SEQUENCE_OFFSET),
                file.getInt(REPLAY_EPOCH_OFFSET),
                file.getLong(REPLAY_FIRST_OFFSET),
                file.getLong(REPLAY_AFTER_OFFSET),
                file.getInt(NEXT_COMPACTED_OFFSET),
                List.copyOf(listed),
                List.copyOf(lost),
                source.slice(source.position(), contentLength));
    }

    private static WalCorruptionException damaged(String what) {
        return new WalCorruptionException(SegmentNames.CHECKPOINT, 0, what);
    }

    private CheckpointLayout() {}
}
