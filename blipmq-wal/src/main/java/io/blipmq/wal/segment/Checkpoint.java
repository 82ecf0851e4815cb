package io.blipmq.wal.segment;

import io.blipmq.wal.storage.SegmentNames;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * What all records up to a number come to, and where the log goes on. Immutable, but for the content, which is its maker's.
 *
 * @param sequence the last record it covers
 * @param replayEpoch and
 * @param replayFirst name the oldest segment of the log that may hold later records
 * @param replayAfter the last record before that segment
 * @param nextCompacted the ordinal that the next compacted segment gets
 * @param segments those that hold nothing but records up to {@code sequence} and are still needed, in the order of the log;
 *     any other that comes before the one named above has been dropped
 * @param lost ranges of records up to {@code sequence} that a repair found lost since the content was made, so that it may
 *     speak of records that are not there
 */
public record Checkpoint(
        UUID journalId,
        long sequence,
        int replayEpoch,
        long replayFirst,
        long replayAfter,
        int nextCompacted,
        List<Listed> segments,
        List<SequenceRange> lost,
        ByteBuffer content) {

    /** A segment that counts. */
    public record Listed(int ordinal, int epoch, long first, long last, boolean compacted) {

        public static Listed of(ClosedSegment segment) {
            SegmentHeader header = segment.header();
            return new Listed(
                    header.ordinal(), header.epoch().number(), header.first(), segment.last(), header.isCompacted());
        }

        public String name() {
            return compacted ? SegmentNames.compacted(first, ordinal) : SegmentNames.segment(first, epoch);
        }

        public boolean matches(SegmentHeader header) {
            return header.ordinal() == ordinal
                    && header.epoch().number() == epoch
                    && header.first() == first
                    && header.isCompacted() == compacted;
        }
    }
}
