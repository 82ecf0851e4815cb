package io.blipmq.wal.background;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.append.DurableState;
import io.blipmq.wal.append.LogMetrics;
import io.blipmq.wal.append.SegmentCatalog;
import io.blipmq.wal.append.Waker;
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
    private static final Logger logger = LoggerFactory.getLogger(Checkpointer.class);

    private final Storage storage;
    private final CheckpointRequests requests;
    private final SegmentInventory inventory;
    private final SegmentCatalog catalog;
    private final DurableState durable;
    private final Waker logWaker;
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

    private enum Stage {
        IDLE,
        /** Wait until every segment up to the checkpoint's number has its index. */
        AWAIT_INDEXES,
        /** Find out what is dead, and rewrite what is sparse. */
        COMPACT,
        /** Wait for the log thread's force. */
        FORCE,
        WRITE,
        DELETE;

        private boolean leadsTo(Stage next) {
            return switch (this) {
                case IDLE -> next == AWAIT_INDEXES;
                case AWAIT_INDEXES -> next == COMPACT;
                case COMPACT -> next == FORCE;
                case FORCE -> next == WRITE || next == FORCE || next == IDLE;
                case WRITE -> next == DELETE || next == FORCE || next == IDLE;
                case DELETE -> next == IDLE;
            };
        }
    }

    public Checkpointer(
            Storage storage,
            CheckpointRequests requests,
            SegmentInventory inventory,
            SegmentCatalog catalog,
            DurableState durable,
            Waker logWaker,
            LogMetrics metrics,
            Ballast ballast,
            Compaction compaction,
            WalLimits limits) {
        this.storage = storage;
        this.requests = requests;
        this.inventory = inventory;
        this.catalog = catalog;
        this.durable = durable;
        this.logWaker = logWaker;
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
        return switch (stage) {
            case IDLE -> begin();
            case AWAIT_INDEXES -> awaitIndexes();
            case COMPACT -> compact();
            case FORCE -> awaitForce();
            case WRITE -> write();
            case DELETE -> delete();
        };
    }

    /**
     * Goes on to the next stage.
     *
     * <pre>
     * from            to              when
     * IDLE            AWAIT_INDEXES   the core has asked for a checkpoint
     * AWAIT_INDEXES   COMPACT         every segment up to its number has its index
     * COMPACT         FORCE           what is sparse is rewritten, or the checkpoint has to end soon
     * FORCE           WRITE           the log is forced up to its number, and its file is begun
     * WRITE           DELETE          it has its name
     * DELETE          IDLE            what it makes superfluous is deleted
     * FORCE, WRITE    FORCE           the disk is full, and the room of the ballast has been released
     * FORCE, WRITE    IDLE            the disk is full, and there is no ballast: the checkpoint is given up
     * </pre>
     */
    private void transitionTo(Stage next) {
        assert stage.leadsTo(next) : stage + " does not lead to " + next;
        stage = next;
    }

    /** Whether it waits for the log thread to go on in the next segment, which wakes nobody. */
    boolean awaitsRoll() {
        return stage == Stage.AWAIT_INDEXES;
    }

    private boolean begin() {
        request = requests.current();
        if (request == null) {
            return false;
        }
        ballastGiven = false;
        transitionTo(Stage.AWAIT_INDEXES);
        return true;
    }

    private boolean awaitIndexes() throws IOException {
        replayFrom = inventory.replayFrom(request.sequence());
        if (replayFrom == null) {
            return false;
        }
        before = inventory.through(request.sequence());
        compaction.begin(before, request.sequence(), request.liveness());
        transitionTo(Stage.COMPACT);
        return true;
    }

    private boolean compact() throws IOException {
        if (requests.isHurried()) {
            compaction.stop();
        } else if (compaction.step()) {
            return true;
        }
        durable.requestForce(request.sequence());
        logWaker.wake();
        transitionTo(Stage.FORCE);
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
        transitionTo(Stage.WRITE);
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
                List.of(),
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
        metrics.checkpointWritten();
        ballast.want(file.bytes());
        file = null;
        transitionTo(Stage.DELETE);
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
            transitionTo(Stage.FORCE);
            return true;
        }
        logger.warn(
                "no room for a checkpoint of the log in {}: {}; the log will try again",
                storage.describe(),
                cause.getMessage());
        compaction.abandon();
        metrics.checkpointGivenUp();
        end(false);
        return true;
    }

    private void end(boolean written) {
        boolean soon = !written || compaction.leftWorkBehind();
        transitionTo(Stage.IDLE);
        request = null;
        requests.ended(written, soon, compaction.hasUncounted());
    }

    void close() throws IOException {
        if (file != null) {
            file.close();
        }
        compaction.close();
    }
}
