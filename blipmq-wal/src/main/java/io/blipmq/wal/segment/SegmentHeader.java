package io.blipmq.wal.segment;

import io.blipmq.wal.storage.SegmentNames;
import java.util.UUID;

/**
 * What a segment says about itself, see {@link SegmentLayout}. Immutable.
 *
 * @param ordinal counts the segments of a journal, from 1, and never comes twice
 * @param bootId the machine's boot in which the segment was written; zero when unknown
 * @param first the sequence number of its first record
 * @param capacity the bytes that were claimed for it
 * @param compactedLast of a compacted segment the last number of its range; {@link #LOG} of one that the log was written to
 */
public record SegmentHeader(
        UUID journalId, UUID bootId, Epoch epoch, int ordinal, long first, long capacity, long compactedLast) {
    /** In place of a range's end. */
    static final long LOG = 0;

    /** Compacted segments count their ordinals from here, so that those of the log stay without gaps. */
    public static final int COMPACTED_ORDINALS = 1 << 30;

    private static final UUID UNKNOWN_BOOT = new UUID(0, 0);

    /** A segment of the log. */
    public SegmentHeader(UUID journalId, UUID bootId, Epoch epoch, int ordinal, long first, long capacity) {
        this(journalId, bootId, epoch, ordinal, first, capacity, LOG);
    }

    /** A segment that holds what is left of the records from {@code first} to {@code last}. */
    public static SegmentHeader compacted(UUID journalId, UUID bootId, int epoch, int ordinal, long first, long last) {
        Epoch range = Epoch.withoutSurvivors(epoch, first - 1, first);
        return new SegmentHeader(journalId, bootId, range, ordinal, first, 0, last);
    }

    public boolean isCompacted() {
        return compactedLast != LOG;
    }

    public String name() {
        return isCompacted() ? SegmentNames.compacted(first, ordinal) : SegmentNames.segment(first, epoch.number());
    }

    /** The highest number that is durable because this segment exists: it is created only after what precedes it was forced. */
    public long impliedDurable() {
        return Math.max(epoch.survived(), epoch.previous(first));
    }

    /** Whether every byte written to this segment is still as it was written; false also when that is not known. */
    public boolean writtenInBoot(UUID currentBoot) {
        return !bootId.equals(UNKNOWN_BOOT) && bootId.equals(currentBoot);
    }

    /** The successor within the epoch. */
    public SegmentHeader following(int nextOrdinal, long nextFirst, long nextCapacity) {
        return new SegmentHeader(journalId, bootId, epoch, nextOrdinal, nextFirst, nextCapacity);
    }

    public static UUID bootId(String text) {
        try {
            return text.isEmpty() ? UNKNOWN_BOOT : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return UNKNOWN_BOOT;
        }
    }
}
