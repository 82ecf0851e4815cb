package io.blipmq.wal;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The background thread's duty cycle: claims room for the next segment, then writes the index files of closed ones. Owned
 * by that thread.
 *
 * <p>Room is claimed by writing zeros and forcing them, under a temporary name. When the disk is full, the attempt is
 * deleted and repeated once a second, so that service resumes by itself.
 */
public final class SegmentPreparer {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentPreparer.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Storage storage;
    private final PreparedSegments prepared;
    private final WalMetrics metrics;
    private final SegmentIndexer indexer;
    private final int segmentBytes;
    private final Queue<ClosedSegment> closed = new ConcurrentLinkedQueue<>();

    private volatile Runnable onPrepared = () -> {};
    private Zeros zeros;
    private int nextNumber;
    private boolean waitingForRoom;
    private long failedAtNanos;
    private StorageFailedException failure;

    /** A segment that gets no more records, up to the last number in it that counts. */
    record ClosedSegment(SegmentHeader header, long lastSequence) {}

    SegmentPreparer(
            Storage storage,
            PreparedSegments prepared,
            WalMetrics metrics,
            SegmentIndexer indexer,
            int segmentBytes,
            int nextNumber) {
        this.storage = storage;
        this.prepared = prepared;
        this.metrics = metrics;
        this.indexer = indexer;
        this.segmentBytes = segmentBytes;
        this.nextNumber = nextNumber;
    }

    /** Sets what wakes the core when another segment is ready; called by the background thread. */
    public void onPrepared(Runnable wakeup) {
        onPrepared = wakeup;
    }

    /** Asks for the index of a closed segment. Thread-safe. */
    void index(SegmentHeader header, long lastSequence) {
        closed.add(new ClosedSegment(header, lastSequence));
        prepared.wanted().raise();
    }

    /** Waits until there is something to do, {@code timeoutNanos} at most. May return early. */
    public void awaitWork(long timeoutNanos) {
        prepared.wanted().await(waitingForRoom ? Math.min(timeoutNanos, RETRY_NANOS) : timeoutNanos);
    }

    /** Wakes the background thread, so that it looks whether it is to end. Thread-safe. */
    public void wakeup() {
        prepared.wanted().raise();
    }

    /**
     * Prepares one segment or writes one index.
     *
     * @return how much was done, 0 when idle
     * @throws StorageFailedException when the disk failed
     */
    public int doWork(long nowNanos) {
        if (failure != null) {
            throw failure;
        }
        if (prepared.isWanted() && !(waitingForRoom && nowNanos - failedAtNanos < RETRY_NANOS)) {
            return prepare(nowNanos);
        }
        ClosedSegment segment = closed.poll();
        if (segment == null) {
            return 0;
        }
        indexer.index(segment);
        return 1;
    }

    private int prepare(long nowNanos) {
        String name = SegmentNames.prepared(nextNumber);
        String temporary = SegmentNames.temporary(name);
        try {
            claim(temporary);
            storage.rename(temporary, name);
            nextNumber++;
            waitingForRoom = false;
            metrics.segmentPrepared(segmentBytes);
            prepared.add(name);
            onPrepared.run();
            return 1;
        } catch (DiskFullException e) {
            onDiskFull(temporary, nowNanos, e);
            return 0;
        } catch (IOException e) {
            throw fail(temporary, e);
        }
    }

    private void claim(String temporary) throws IOException {
        if (zeros == null) {
            zeros = new Zeros();
        }
        storage.delete(temporary);
        try (StorageFile file = storage.create(temporary)) {
            zeros.fill(file, 0, segmentBytes);
            file.force();
        }
    }

    private void onDiskFull(String temporary, long nowNanos, DiskFullException cause) {
        if (!waitingForRoom) {
            LOG.warn(
                    "no room for the next log segment of {} bytes in {}: {}; durable publishes are refused once the"
                            + " claimed room is used up, and resume by themselves when there is room",
                    segmentBytes,
                    storage.describe(),
                    cause.getMessage());
        }
        waitingForRoom = true;
        failedAtNanos = nowNanos;
        prepared.outOfRoom();
        try {
            storage.delete(temporary);
        } catch (IOException e) {
            throw fail(temporary, e);
        }
    }

    private StorageFailedException fail(String temporary, IOException cause) {
        failure = new StorageFailedException(
                "no segment can be prepared: " + temporary + ": " + cause.getMessage(), cause);
        return failure;
    }
}
