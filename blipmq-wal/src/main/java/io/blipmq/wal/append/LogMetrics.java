package io.blipmq.wal.append;

import io.blipmq.wal.WalMetrics;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * Counts what the log does. Thread-safe: the log thread and the background thread record, anybody reads.
 *
 * <p>Every counter has one writer; {@code logBytes} has two.
 */
public final class LogMetrics implements WalMetrics {
    private final LongSupplier clock;
    private final PreparedSegments prepared;
    private final SegmentCatalog catalog;
    private final DurableState durable;
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
    private volatile long segmentsDeleted;
    private volatile long segmentsCompacted;
    private volatile long damages;
    private volatile long segmentsScrubbed;

    public LogMetrics(
            LongSupplier clock,
            PreparedSegments prepared,
            SegmentCatalog catalog,
            DurableState durable,
            long logBytes,
            long tornBytes) {
        this.clock = clock;
        this.prepared = prepared;
        this.catalog = catalog;
        this.durable = durable;
        this.logBytes = new AtomicLong(logBytes);
        this.tornBytes = tornBytes;
    }

    @Override
    public long appends() {
        return records;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public long forces() {
        return forces;
    }

    @Override
    public Histogram forceNanos() {
        return forceTimer.copy();
    }

    @Override
    public Histogram commitNanos() {
        return commitTimer.copy();
    }

    @Override
    public int segments() {
        return catalog.count();
    }

    @Override
    public long logBytes() {
        return logBytes.get();
    }

    @Override
    public long unstoredBytes() {
        return Math.max(0, submittedBytes - storedBytes);
    }

    @Override
    public long durableSequence() {
        return durable.forcedSequence();
    }

    @Override
    public boolean isFull() {
        return prepared.isFull();
    }

    @Override
    public long tornBytes() {
        return tornBytes;
    }

    @Override
    public long checkpoints() {
        return checkpoints;
    }

    @Override
    public long checkpointsGivenUp() {
        return checkpointsGivenUp;
    }

    @Override
    public long segmentsDeleted() {
        return segmentsDeleted;
    }

    @Override
    public long segmentsCompacted() {
        return segmentsCompacted;
    }

    @Override
    public long damages() {
        return damages;
    }

    @Override
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

    void timeForce(StorageFile file) throws IOException {
        long start = clock.getAsLong();
        file.force();
        forceTimer.record(clock.getAsLong() - start);
        forces = forces + 1;
    }

    void segmentCut(long freedBytes) {
        logBytes.addAndGet(-freedBytes);
    }

    /** By the background thread, as is what follows. */
    public void segmentPrepared(long claimedBytes) {
        logBytes.addAndGet(claimedBytes);
    }

    public void segmentDeleted(long freedBytes) {
        segmentsDeleted = segmentsDeleted + 1;
        logBytes.addAndGet(-freedBytes);
    }

    public void segmentCompacted(long fileBytes) {
        segmentsCompacted = segmentsCompacted + 1;
        logBytes.addAndGet(fileBytes);
    }

    public void segmentScrubbed() {
        segmentsScrubbed = segmentsScrubbed + 1;
    }

    public void damageFound() {
        damages = damages + 1;
    }

    public void checkpointWritten() {
        checkpoints = checkpoints + 1;
    }

    public void checkpointGivenUp() {
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
