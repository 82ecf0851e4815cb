package io.blipmq.wal.background;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.append.LogMetrics;
import io.blipmq.wal.append.PreparedSegments;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import io.blipmq.wal.storage.Zeros;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims room for the next segment. Owned by the background thread.
 *
 * <p>Room is claimed by writing zeros and forcing them, under a temporary name. When the disk is full, the attempt is
 * deleted and repeated once a second, so that service resumes by itself.
 */
public final class SegmentPreparer {
    private static final Logger logger = LoggerFactory.getLogger(SegmentPreparer.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Storage storage;
    private final PreparedSegments prepared;
    private final LogMetrics metrics;
    private final int segmentBytes;
    private final WalLimits limits;

    private volatile Runnable onPrepared = () -> {};
    private Zeros zeros;
    private int nextNumber;
    private boolean waitingForRoom;
    private long failedAtNanos;

    public SegmentPreparer(
            Storage storage, PreparedSegments prepared, LogMetrics metrics, WalOptions options, int nextNumber) {
        this.storage = storage;
        this.prepared = prepared;
        this.metrics = metrics;
        this.segmentBytes = options.segmentBytes();
        this.limits = options.limits();
        this.nextNumber = nextNumber;
    }

    /** Sets what wakes the core when another segment is ready; called by the background thread. */
    void onPrepared(Runnable wakeup) {
        onPrepared = wakeup;
    }

    /** Whether the last attempt found no room. */
    boolean isWaitingForRoom() {
        return waitingForRoom;
    }

    /** Prepares a segment when one is wanted. @return whether it did */
    boolean step(long nowNanos) throws IOException {
        if (!prepared.isWanted() || waitingForRoom && nowNanos - failedAtNanos < RETRY_NANOS) {
            return false;
        }
        return prepare(nowNanos);
    }

    private boolean prepare(long nowNanos) throws IOException {
        String name = SegmentNames.prepared(nextNumber);
        String temporary = SegmentNames.temporary(name);
        try {
            claim(temporary);
        } catch (DiskFullException e) {
            onDiskFull(temporary, nowNanos, e);
            return false;
        }
        storage.rename(temporary, name);
        nextNumber++;
        if (waitingForRoom) {
            logger.info("there is room for the next log segment again; durable publishes are taken");
        }
        waitingForRoom = false;
        metrics.segmentPrepared(segmentBytes);
        prepared.add(name);
        onPrepared.run();
        return true;
    }

    private void claim(String temporary) throws IOException {
        if (zeros == null) {
            zeros = new Zeros(limits);
        }
        storage.delete(temporary);
        try (StorageFile file = storage.create(temporary)) {
            for (int from = 0; from < segmentBytes; from += limits.forceBytes()) {
                zeros.fill(file, from, Math.min(segmentBytes, from + limits.forceBytes()));
                file.force();
            }
        }
    }

    private void onDiskFull(String temporary, long nowNanos, DiskFullException cause) throws IOException {
        if (!waitingForRoom) {
            logger.warn(
                    "no room for the next log segment of {} bytes in {}: {}; durable publishes are refused once the"
                            + " claimed room is used up, and resume by themselves when there is room",
                    segmentBytes,
                    storage.describe(),
                    cause.getMessage());
        }
        waitingForRoom = true;
        failedAtNanos = nowNanos;
        prepared.segmentWithoutRoom();
        storage.delete(temporary);
    }
}
