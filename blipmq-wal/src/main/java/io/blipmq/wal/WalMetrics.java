package io.blipmq.wal;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * What the log tells about itself. Thread-safe: the log thread and the background thread record, anybody reads.
 *
 * <p>Every counter has one writer; {@code logBytes} has two.
 */
public final class WalMetrics {
    private final LongSupplier clock;
    private final PreparedSegments prepared;
    private final SegmentCatalog catalog;
    private final DurableState durable;
    private final FrameRing ring;
    private final long tornBytes;

    private final Timer forceTimer = new Timer();
    private final Timer commitTimer = new Timer();
    private final AtomicLong logBytes;
    private volatile long records;
    private volatile long bytes;
    private volatile long forces;
    private volatile long storedBytes;
    private volatile long submittedBytes;
    private volatile long checkpoints;
    private volatile long checkpointsGivenUp;
    private volatile long checkpointBytes;
    private volatile long checkpointSequence;
    private volatile long segmentsDeleted;
    private volatile long segmentsCompacted;
    private volatile long damages;
    private volatile long segmentsScrubbed;

    WalMetrics(
            LongSupplier clock,
            PreparedSegments prepared,
            SegmentCatalog catalog,
            DurableState durable,
            FrameRing ring,
            long logBytes,
            long tornBytes) {
        this.clock = clock;
        this.prepared = prepared;
        this.catalog = catalog;
        this.durable = durable;
        this.ring = ring;
        this.logBytes = new AtomicLong(logBytes);
        this.tornBytes = tornBytes;
    }

    /** Records written since the start. */
    public long appends() {
        return records;
    }

    /** Bytes of frames written since the start. */
    public long bytes() {
        return bytes;
    }

    /** Forces of segments since the start. */
    public long forces() {
        return forces;
    }

    /** How long forces took, since the start; a copy. */
    public Histogram forceNanos() {
        return forceTimer.copy();
    }

    /** How long submitted frames took to become stored, since the start; a copy. */
    public Histogram commitNanos() {
        return commitTimer.copy();
    }

    public int segments() {
        return catalog.count();
    }

    /** What segments take on disk, those prepared ahead included. */
    public long logBytes() {
        return logBytes.get();
    }

    /** Bytes handed over that are not stored yet. */
    public long unstoredBytes() {
        return Math.max(0, submittedBytes - storedBytes);
    }

    /** The highest sequence number known to be forced. */
    public long durableSequence() {
        return durable.forcedSequence();
    }

    /** The highest sequence number that is stored under the policy. */
    public long storedSequence() {
        return ring.storedSequence();
    }

    /** Whether the disk has no room for another segment. */
    public boolean isFull() {
        return prepared.isFull();
    }

    /** Bytes of a torn tail that the start set aside. */
    public long tornBytes() {
        return tornBytes;
    }

    /** Checkpoints written since the start. */
    public long checkpoints() {
        return checkpoints;
    }

    /** Checkpoints that the disk had no room for. */
    public long checkpointsGivenUp() {
        return checkpointsGivenUp;
    }

    /** How long the last checkpoint was; 0 before the first since the start. */
    public long checkpointBytes() {
        return checkpointBytes;
    }

    /** The record that the last checkpoint since the start stands for; 0 before it. */
    public long checkpointSequence() {
        return checkpointSequence;
    }

    /** Segments deleted since the start, because nothing in them was needed or it had been rewritten. */
    public long segmentsDeleted() {
        return segmentsDeleted;
    }

    /** Segments written by compaction since the start. */
    public long segmentsCompacted() {
        return segmentsCompacted;
    }

    /** Damaged segments and indexes that compaction or the scrub came upon since the start. */
    public long damages() {
        return damages;
    }

    /** Closed segments read and found whole by the scrub since the start. */
    public long segmentsScrubbed() {
        return segmentsScrubbed;
    }

    /** By the core thread. */
    void submitted(long totalBytes) {
        submittedBytes = totalBytes;
    }

    /** By the log thread, as is what follows. */
    void frameWritten(int count, int length) {
        records = records + count;
        bytes = bytes + length;
    }

    void framesStored(FrameRing frames, long from, long to) {
        long now = clock.getAsLong();
        long stored = storedBytes;
        for (long index = from; index < to; index++) {
            Frame frame = frames.at(index);
            stored += frame.length;
            if (frame.count > 0) {
                commitTimer.record(now - frame.submitNanos);
            }
        }
        storedBytes = stored;
    }

    long timeForce(StorageFile file) throws IOException {
        long start = clock.getAsLong();
        file.force();
        long took = clock.getAsLong() - start;
        forceTimer.record(took);
        forces = forces + 1;
        return took;
    }

    void segmentCut(long freedBytes) {
        logBytes.addAndGet(-freedBytes);
    }

    /** By the background thread, as is what follows. */
    void segmentPrepared(long claimedBytes) {
        logBytes.addAndGet(claimedBytes);
    }

    void segmentDeleted(long freedBytes) {
        segmentsDeleted = segmentsDeleted + 1;
        logBytes.addAndGet(-freedBytes);
    }

    void segmentCompacted(long fileBytes) {
        segmentsCompacted = segmentsCompacted + 1;
        logBytes.addAndGet(fileBytes);
    }

    void segmentScrubbed() {
        segmentsScrubbed = segmentsScrubbed + 1;
    }

    void damageFound() {
        damages = damages + 1;
    }

    void checkpointWritten(long sequence, long fileBytes) {
        checkpoints = checkpoints + 1;
        checkpointSequence = sequence;
        checkpointBytes = fileBytes;
    }

    void checkpointGivenUp() {
        checkpointsGivenUp = checkpointsGivenUp + 1;
    }

    /** One writer records; readers add what is new to a total that they share. */
    private static final class Timer {
        private static final long NANOS_MAX = 60_000_000_000L;
        private static final int DIGITS = 2;

        private final SingleWriterRecorder recorder = new SingleWriterRecorder(NANOS_MAX, DIGITS);
        private final Histogram total = new Histogram(NANOS_MAX, DIGITS);
        private Histogram interval;

        void record(long nanos) {
            recorder.recordValue(Math.max(0, Math.min(nanos, NANOS_MAX)));
        }

        synchronized Histogram copy() {
            interval = recorder.getIntervalHistogram(interval);
            total.add(interval);
            return total.copy();
        }
    }
}
