package io.blipmq.wal.background;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.append.DurableState;
import io.blipmq.wal.append.LogMetrics;
import io.blipmq.wal.append.SegmentCatalog;
import io.blipmq.wal.append.Signal;
import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.CheckpointFile;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes checkpoints and deletes what they make superfluous. Owned by the background thread.
 *
 * <p>The order is what makes it safe: the segments that stay are on disk with their indexes, the log is forced up to the
 * checkpoint's number, the checkpoint is on disk and compared, it gets its name, the directory is forced; only then is
 * anything deleted that it does not list. A process that dies before the name is given leaves the previous checkpoint and
 * all that it lists; one that dies after leaves files that the next start deletes.
 */
public final class Checkpointer {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    private final Storage storage;
    private final CheckpointRequests requests;
    private final SegmentInventory inventory;
    private final SegmentCatalog catalog;
    private final DurableState durable;
    private final Signal logSignal;
    private final LogMetrics metrics;
    private final Ballast ballast;
    private final Compaction compaction;
    private final WalLimits limits;

    private Stage stage = Stage.IDLE;
    private CheckpointRequests.Request request;
    private SegmentHeader replayFrom;
    /** The segments that the checkpoint makes superfluous or lists. */
    private List<ClosedSegment> before;

    private CheckpointFile file;
    private boolean ballastGiven;
    private final Deque<ClosedSegment> doomed = new ArrayDeque<>();

    /** In this order, and from each back to IDLE when the disk has no room; DELETE is left out when there is nothing. */
    private enum Stage {
        IDLE,
        /** Wait until every segment up to the number has its index. */
        SETTLE,
        /** Find out what is dead, and rewrite what is sparse. */
        COMPACT,
        /** Wait for the log thread's force. */
        FORCE,
        WRITE,
        DELETE
    }

    public Checkpointer(
            Storage storage,
            CheckpointRequests requests,
            SegmentInventory inventory,
            SegmentCatalog catalog,
            DurableState durable,
            Signal logSignal,
            LogMetrics metrics,
            Ballast ballast,
            Compaction compaction,
            WalLimits limits) {
        this.storage = storage;
        this.requests = requests;
        this.inventory = inventory;
        this.catalog = catalog;
        this.durable = durable;
        this.logSignal = logSignal;
        this.metrics = metrics;
        this.ballast = ballast;
        this.compaction = compaction;
        this.limits = limits;
    }

    /**
     * One small step.
     *
     * @return whether anything was done; not when there is nothing to do, or to wait for the log thread
     */
    boolean step() throws IOException {
        Stage before = stage;
        return switch (stage) {
            case IDLE -> begin() || before != stage;
            case SETTLE -> settle();
            case COMPACT -> compact();
            case FORCE -> awaitForce();
            case WRITE -> write();
            case DELETE -> delete();
        };
    }

    /** Whether it waits for the log thread to go on in the next segment, which raises no signal. */
    boolean awaitsRoll() {
        return stage == Stage.SETTLE;
    }

    private boolean begin() {
        request = requests.current();
        if (request == null) {
            return false;
        }
        ballastGiven = false;
        stage = Stage.SETTLE;
        return true;
    }

    private boolean settle() throws IOException {
        replayFrom = inventory.replayFrom(request.sequence());
        if (replayFrom == null) {
            return false;
        }
        before = inventory.through(request.sequence());
        compaction.begin(before, request.liveness());
        stage = Stage.COMPACT;
        return true;
    }

    private boolean compact() throws IOException {
        if (requests.isHurried()) {
            compaction.stop();
        } else if (compaction.step()) {
            return true;
        }
        durable.requestForce(request.sequence());
        logSignal.raise();
        stage = Stage.FORCE;
        return true;
    }

    private boolean awaitForce() throws IOException {
        if (durable.forcedSequence() < request.sequence()) {
            return false;
        }
        try {
            file = CheckpointFile.begin(storage, checkpoint(), limits);
        } catch (DiskFullException e) {
            return onDiskFull(e);
        }
        stage = Stage.WRITE;
        return true;
    }

    private Checkpoint checkpoint() {
        List<Checkpoint.Listed> listed = new ArrayList<>();
        compaction.left().forEach(segment -> listed.add(Checkpoint.Listed.of(segment)));
        return new Checkpoint(
                replayFrom.journalId(),
                request.sequence(),
                replayFrom.epoch().number(),
                replayFrom.first(),
                replayFrom.epoch().previous(replayFrom.first()),
                compaction.nextOrdinal(),
                listed,
                request.content());
    }

    private boolean write() throws IOException {
        try {
            if (file.step()) {
                publish();
            }
            return true;
        } catch (DiskFullException e) {
            file.discard();
            return onDiskFull(e);
        }
    }

    private void publish() throws IOException {
        file.publish();
        // In this order: who finds a record in a new segment must find the segment's file.
        compaction.written().forEach(segment -> catalog.add(segment.header()));
        inventory.replace(before, compaction.left());
        for (ClosedSegment segment : compaction.superfluous()) {
            catalog.remove(segment.header());
            doomed.add(segment);
        }
        metrics.checkpointWritten(request.sequence(), file.bytes());
        ballast.want(file.bytes());
        file = null;
        stage = Stage.DELETE;
    }

    /** One file at a time: deleting a large one takes a while. */
    private boolean delete() throws IOException {
        ClosedSegment segment = doomed.poll();
        if (segment == null) {
            end(true);
        } else {
            deleteSegment(segment);
        }
        return true;
    }

    private void deleteSegment(ClosedSegment segment) throws IOException {
        metrics.segmentDeleted(compaction.fileBytes(segment));
        storage.delete(SegmentNames.index(segment.name()));
        storage.delete(segment.name());
    }

    /** The ballast's room, then another attempt; without it, the checkpoint is given up and asked for again soon. */
    private boolean onDiskFull(DiskFullException cause) throws IOException {
        file = null;
        if (!ballastGiven && ballast.release()) {
            ballastGiven = true;
            stage = Stage.FORCE;
            return true;
        }
        LOG.warn("no room for a checkpoint of the log in {}: {}; tried again", storage.describe(), cause.getMessage());
        compaction.abandon();
        metrics.checkpointGivenUp();
        end(false);
        return true;
    }

    private void end(boolean written) {
        boolean again = !written || compaction.leftWorkBehind();
        stage = Stage.IDLE;
        request = null;
        requests.ended(written, again);
    }

    void close() throws IOException {
        if (file != null) {
            file.close();
        }
        compaction.close();
    }
}
