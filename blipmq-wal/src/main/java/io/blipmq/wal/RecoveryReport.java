package io.blipmq.wal;

/**
 * What a start found. Immutable.
 *
 * @param records how many were replayed
 * @param segments how many segments hold them
 * @param epoch the number of the epoch that has begun
 * @param fresh whether there was no log before
 * @param sealed whether the log had its clean end
 * @param rewrittenRecords survivors above the durable mark, now in the new epoch's first segment
 * @param tornBytes bytes behind the last valid frame, cut off
 * @param tornFile where they were set aside; empty when there were none, or no room for them
 * @param lastSequence the last record
 * @param nextSequence the number that the next record gets
 * @param elapsedNanos how long it took, replay included
 */
public record RecoveryReport(
        long records,
        int segments,
        int epoch,
        boolean fresh,
        boolean sealed,
        long rewrittenRecords,
        long tornBytes,
        String tornFile,
        long lastSequence,
        long nextSequence,
        long elapsedNanos) {}
