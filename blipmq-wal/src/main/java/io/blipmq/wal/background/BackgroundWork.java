package io.blipmq.wal.background;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalBackground;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.append.PreparedSegments;
import io.blipmq.wal.append.Waker;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.SegmentIndexer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses what the background thread does next: a prepared segment, an index, a step of a checkpoint, the ballast, the
 * scrub. Owned by that thread.
 */
public final class BackgroundWork implements WalBackground {
    private static final Logger logger = LoggerFactory.getLogger(BackgroundWork.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The log thread goes on to the next segment in a few forces' time. */
    private static final long ROLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Waker waker;
    private final PreparedSegments prepared;
    private final SegmentPreparer preparer;
    private final SegmentInventory inventory;
    private final SegmentIndexer indexer;
    private final Checkpointer checkpointer;
    private final Ballast ballast;
    private final Scrub scrub;
    private final int stepsBetweenSegments;

    private int stepsSincePrepared;
    private boolean indexWaits;
    private long indexFailedAtNanos;
    private boolean ballastWaits;
    private long ballastFailedAtNanos;
    private StorageFailedException failure;

    public BackgroundWork(
            Waker waker,
            PreparedSegments prepared,
            SegmentPreparer preparer,
            SegmentInventory inventory,
            SegmentIndexer indexer,
            Checkpointer checkpointer,
            Ballast ballast,
            Scrub scrub,
            WalLimits limits) {
        this.waker = waker;
        this.prepared = prepared;
        this.preparer = preparer;
        this.inventory = inventory;
        this.indexer = indexer;
        this.checkpointer = checkpointer;
        this.ballast = ballast;
        this.scrub = scrub;
        this.stepsBetweenSegments = limits.stepsBetweenSegments();
        this.stepsSincePrepared = stepsBetweenSegments;
    }

    @Override
    public void onPrepared(Runnable wakeup) {
        preparer.onPrepared(wakeup);
    }

    @Override
    public void awaitWork(long timeoutNanos) {
        long wait = preparer.isWaitingForRoom() || indexWaits ? Math.min(timeoutNanos, RETRY_NANOS) : timeoutNanos;
        waker.await(checkpointer.awaitsRoll() ? Math.min(wait, ROLL_NANOS) : wait);
    }

    @Override
    public void wakeup() {
        waker.wake();
    }

    @Override
    public int doWork(long nowNanos) {
        if (failure != null) {
            throw failure;
        }
        try {
            return cycle(nowNanos) ? 1 : 0;
        } catch (IOException e) {
            failure = new StorageFailedException("the log's files cannot be kept: " + e, e);
            throw failure;
        }
    }

    /**
     * Publishes wait for the prepared segment, so it is the most urgent; but when they come as fast as segments can be
     * prepared, checkpoints and compaction still get their share, or the disk would fill up.
     */
    private boolean cycle(long nowNanos) throws IOException {
        if (stepsSincePrepared >= stepsBetweenSegments && prepare(nowNanos)) {
            return true;
        }
        if (index(nowNanos) || checkpointer.step()) {
            stepsSincePrepared++;
            return true;
        }
        return prepare(nowNanos) || restoreBallast(nowNanos) || scrub.step(nowNanos);
    }

    /** While an index has no room, no further segment is prepared: what is not indexed is held in memory. */
    private boolean prepare(long nowNanos) throws IOException {
        if (indexWaits || !preparer.step(nowNanos)) {
            return false;
        }
        stepsSincePrepared = 0;
        return true;
    }

    private boolean index(long nowNanos) throws IOException {
        if (indexWaits && nowNanos - indexFailedAtNanos < RETRY_NANOS) {
            return false;
        }
        ClosedSegment segment = inventory.unindexed();
        if (segment == null) {
            return false;
        }
        try {
            if (!indexer.exists(segment)) {
                indexer.index(segment);
            }
            inventory.indexed();
            indexWaits(false);
            return true;
        } catch (DiskFullException e) {
            return onIndexWithoutRoom(segment, nowNanos, e);
        }
    }

    private boolean onIndexWithoutRoom(ClosedSegment segment, long nowNanos, DiskFullException cause)
            throws IOException {
        if (ballast.release()) {
            return true;
        }
        if (!indexWaits) {
            logger.warn("no room for the index of log segment {}: {}", segment.name(), cause.getMessage());
        }
        indexWaits(true);
        indexFailedAtNanos = nowNanos;
        return false;
    }

    private void indexWaits(boolean waits) {
        indexWaits = waits;
        prepared.indexWithoutRoom(waits);
    }

    /** The prepared segment goes first: it is what publishes wait for. */
    private boolean restoreBallast(long nowNanos) throws IOException {
        if (!ballast.isOff() || preparer.isWaitingForRoom() || indexWaits) {
            return false;
        }
        if (ballastWaits && nowNanos - ballastFailedAtNanos < RETRY_NANOS) {
            return false;
        }
        ballastWaits = !ballast.claim();
        ballastFailedAtNanos = nowNanos;
        return !ballastWaits;
    }

    public void close() throws IOException {
        checkpointer.close();
        scrub.close();
    }
}
