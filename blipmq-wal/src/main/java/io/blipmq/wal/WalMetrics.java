package io.blipmq.wal;

import org.HdrHistogram.Histogram;

/** What the log counts and measures. Thread-safe. */
public interface WalMetrics {
    /** Records written since the start. */
    long appends();

    /** Bytes of frames written since the start. */
    long bytes();

    /** Forces of segments since the start. */
    long forces();

    /** How long forces took, since the start; a copy. */
    Histogram forceNanos();

    /** How long submitted frames took to become stored, since the start; a copy. */
    Histogram commitNanos();

    int segments();

    /** What segments take on disk, those prepared ahead included. */
    long logBytes();

    /** Bytes handed over that are not stored yet. */
    long unstoredBytes();

    /** The highest sequence number known to be forced. */
    long durableSequence();

    /** Whether the disk has no room for another segment. */
    boolean isFull();

    /** Bytes of a torn tail that the start set aside. */
    long tornBytes();

    /** Checkpoints written since the start. */
    long checkpoints();

    /** Checkpoints that the disk had no room for. */
    long checkpointsGivenUp();

    /** Segments deleted since the start, because nothing in them was needed or it had been rewritten. */
    long segmentsDeleted();

    /** Segments written by compaction since the start. */
    long segmentsCompacted();

    /** Damaged segments and indexes that compaction or the scrub came upon since the start. */
    long damages();

    /** Closed segments read and found whole by the scrub since the start. */
    long segmentsScrubbed();
}
