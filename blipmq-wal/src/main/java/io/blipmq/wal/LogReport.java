package io.blipmq.wal;

import java.util.List;

/**
 * What is in a log's directory, and whether it is whole. Immutable.
 *
 * @param directory as a message should name it
 * @param journalId empty when there is no log
 * @param segments those that count, in the order of the log
 * @param checkpoint null without one
 * @param superseded segments that do not count any more; the next start deletes them
 * @param sealed whether the log ended cleanly
 * @param tornBytes an unfinished write at the end, which the next start sets aside
 * @param indexesMissing segments without an intact index; the next start makes it
 * @param prepared files claimed for segments to come
 * @param aside files that a salvage or repair kept, and torn tails
 * @param damages empty when it is whole
 */
public record LogReport(
        String directory,
        String journalId,
        List<SegmentSummary> segments,
        CheckpointSummary checkpoint,
        List<String> superseded,
        boolean sealed,
        long tornBytes,
        int indexesMissing,
        int prepared,
        long ballastBytes,
        List<String> aside,
        List<LogDamage> damages) {

    public LogReport {
        segments = List.copyOf(segments);
        superseded = List.copyOf(superseded);
        aside = List.copyOf(aside);
        damages = List.copyOf(damages);
    }

    /**
     * A segment.
     *
     * @param last the last record that counts; below {@code first} when none does
     * @param checkpointed whether it is kept for its messages only, because the checkpoint covers the rest
     */
    public record SegmentSummary(
            String file,
            int epoch,
            long first,
            long last,
            long records,
            long bytes,
            boolean compacted,
            boolean checkpointed) {}

    /**
     * The checkpoint.
     *
     * @param sequence the last record it covers
     * @param lostRanges what a repair found lost since
     */
    public record CheckpointSummary(long sequence, int segments, long contentBytes, int lostRanges) {}

    public boolean isWhole() {
        return damages.isEmpty();
    }

    public long records() {
        return segments.stream().mapToLong(SegmentSummary::records).sum();
    }

    /** The first number in it, 0 when it is empty. */
    public long firstSequence() {
        return segments.stream()
                .filter(segment -> segment.records() > 0)
                .mapToLong(SegmentSummary::first)
                .min()
                .orElse(0);
    }

    /** The last number in it, 0 when it is empty. */
    public long lastSequence() {
        return segments.stream()
                .filter(segment -> segment.records() > 0)
                .mapToLong(SegmentSummary::last)
                .max()
                .orElse(0);
    }

    /** The newest epoch, 0 when there is no log. */
    public int epochs() {
        return segments.stream().mapToInt(SegmentSummary::epoch).max().orElse(0);
    }

    public long bytes() {
        return segments.stream().mapToLong(SegmentSummary::bytes).sum();
    }
}
