package io.blipmq.wal.engine;

import io.blipmq.wal.CheckpointHandler;
import io.blipmq.wal.KeyIndex;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.RecoveryReport;
import io.blipmq.wal.RepairReport;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalAgent;
import io.blipmq.wal.WalAppender;
import io.blipmq.wal.WalBackground;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.WalLockedException;
import io.blipmq.wal.WalMetrics;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.WalPathException;
import io.blipmq.wal.append.DurableState;
import io.blipmq.wal.append.FrameRing;
import io.blipmq.wal.append.IndexedSegments;
import io.blipmq.wal.append.LogAppender;
import io.blipmq.wal.append.LogMetrics;
import io.blipmq.wal.append.LogWriter;
import io.blipmq.wal.append.PositionAllocator;
import io.blipmq.wal.append.PreparedSegments;
import io.blipmq.wal.append.Readback;
import io.blipmq.wal.append.SegmentCatalog;
import io.blipmq.wal.append.SegmentKeyIndex;
import io.blipmq.wal.append.SegmentWriter;
import io.blipmq.wal.append.TailCache;
import io.blipmq.wal.append.Waker;
import io.blipmq.wal.background.BackgroundWork;
import io.blipmq.wal.background.Ballast;
import io.blipmq.wal.background.CheckpointRequests;
import io.blipmq.wal.background.Checkpointer;
import io.blipmq.wal.background.Compaction;
import io.blipmq.wal.background.Scrub;
import io.blipmq.wal.background.SegmentInventory;
import io.blipmq.wal.background.SegmentPreparer;
import io.blipmq.wal.recovery.Recovery;
import io.blipmq.wal.repair.Repair;
import io.blipmq.wal.segment.FormatLimits;
import io.blipmq.wal.segment.IndexBlocks;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentIndexer;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Opens a log, and wires what its three threads run. Owned by the thread that opens it; the parts say who owns them.
 *
 * <p>This is the one place that sees every part of the log.
 */
public final class WalEngine implements Wal {
    /** Of a segment's size, its index takes about this share at most when messages have 100 bytes or more. */
    private static final int BALLAST_SHARE = 8;

    private final Storage storage;
    private final LongSupplier clock;
    private final RecoveryReport recovery;
    private final RepairReport salvage;
    private final LogMetrics metrics;
    private final LogAppender appender;
    private final LogWriter agent;
    private final BackgroundWork background;
    private final CheckpointRequests checkpoints;
    private final SegmentKeyIndex keyIndex;
    private final Readback readback;

    private WalEngine(
            Storage storage, WalOptions options, Recovery.Recovered recovered, RepairReport salvage, FileSizes sizes) {
        this.storage = storage;
        this.clock = options.nanoClock();
        this.recovery = recovered.report();
        this.salvage = salvage;
        SegmentHeader header = recovered.current().header();
        long last = header.epoch().survived();
        WalLimits limits = options.limits();

        FrameRing ring = new FrameRing(limits.ringFrames(), last);
        Waker logWaker = new Waker();
        Waker backgroundWaker = new Waker();
        PreparedSegments prepared = new PreparedSegments(backgroundWaker);
        DurableState durable = new DurableState(last, backgroundWaker);
        SegmentCatalog catalog = new SegmentCatalog();
        TailCache tail = new TailCache(options);

        recovered.closed().forEach(segment -> catalog.add(segment.header()));
        catalog.begin(header);
        recovered.prepared().forEach(prepared::add);

        metrics =
                new LogMetrics(options.nanoClock(), prepared, catalog, durable, sizes.segments(), recovery.tornBytes());
        IndexedSegments indexed = new IndexedSegments(recovered.checkpointed());
        SegmentInventory inventory = new SegmentInventory(catalog, indexed, backgroundWaker, recovered.closed());
        checkpoints = new CheckpointRequests(
                options,
                recovered.checkpointed(),
                recovered.replayedBytes(),
                !recovered.closed().isEmpty(),
                backgroundWaker);
        Ballast ballast = new Ballast(storage, options.segmentBytes() / BALLAST_SHARE, sizes.ballast(), limits);
        ballast.want(sizes.checkpoint());
        IndexBlocks blocks = new IndexBlocks(limits.backgroundBlocks(), limits);
        SegmentIndexer indexer = new SegmentIndexer(storage, options, blocks);
        Compaction compaction = new Compaction(storage, indexer, blocks, metrics, options, recovered.nextCompacted());
        background = new BackgroundWork(
                backgroundWaker,
                prepared,
                new SegmentPreparer(
                        storage, prepared, metrics, options, SegmentNames.nextPreparedNumber(recovered.prepared())),
                inventory,
                indexer,
                new Checkpointer(
                        storage,
                        checkpoints,
                        inventory,
                        catalog,
                        durable,
                        logWaker,
                        metrics,
                        ballast,
                        compaction,
                        limits),
                ballast,
                new Scrub(storage, indexed, metrics, options),
                limits);

        SegmentWriter writer = new SegmentWriter(
                storage,
                prepared,
                catalog,
                metrics,
                inventory::closed,
                header,
                recovered.current().file(),
                recovered.current().usedBytes());
        agent = new LogWriter(ring, logWaker, writer, durable, metrics, options.forcePolicy(), last);

        PositionAllocator positions = new PositionAllocator(
                prepared, options.segmentBytes(), header, recovered.current().usedBytes());
        readback = new Readback(storage, tail, catalog, limits);
        keyIndex = new SegmentKeyIndex(storage, indexed, limits);
        appender = new LogAppender(
                options, ring, logWaker, durable, metrics, positions, tail, readback, keyIndex, header.epoch(), last);
    }

    /** As {@link #open(Storage, WalOptions, CheckpointHandler, RecordHandler)}, for a log that never had a checkpoint. */
    public static Wal open(Storage storage, WalOptions options, RecordHandler replay) throws IOException {
        return open(
                storage,
                options,
                (sequence, content) -> {
                    throw new IllegalStateException("the log has a checkpoint, but no handler takes it");
                },
                replay);
    }

    /**
     * Locks, recovers and replays a log, and begins a new epoch of it; repairs it before, if it is damaged and the options
     * say so. See {@link Recovery} for the cases.
     *
     * @param storage is closed with the log, and when opening fails
     * @param restore gets the checkpoint's content first, when there is one
     * @param replay gets every record behind the checkpoint that survived, in order
     * @throws WalPathException when the directory holds no log, but files that are somebody else's
     * @throws WalLockedException when another daemon holds it
     * @throws WalCorruptionException when it is damaged and not to be salvaged; nothing has been changed then
     */
    public static Wal open(Storage storage, WalOptions options, CheckpointHandler restore, RecordHandler replay)
            throws IOException {
        boolean opened = false;
        try {
            claim(storage, options);
            RepairReport salvage =
                    options.salvage() ? Repair.run(storage, options.limits(), options.content()) : RepairReport.NONE;
            Recovery.Recovered recovered = new Recovery(storage, options, restore, replay).run();
            Wal wal = new WalEngine(storage, options, recovered, salvage, FileSizes.of(storage));
            opened = true;
            return wal;
        } finally {
            if (!opened) {
                storage.close();
            }
        }
    }

    /**
     * Locks a log that is going to be opened, for somebody who has other things to look at before. Changes nothing of it.
     *
     * @param storage holds the lock until it is closed
     * @throws WalPathException when the directory holds no log, but files that are somebody else's
     * @throws WalLockedException when another daemon holds it
     */
    public static void claim(Storage storage, WalOptions options) throws IOException {
        FormatLimits.require(options);
        requireNotForeign(storage);
        WalLock.acquire(storage, options);
    }

    private static void requireNotForeign(Storage storage) throws IOException {
        List<String> foreign = SegmentNames.foreign(storage.list());
        if (foreign.isEmpty()) {
            return;
        }
        String more = foreign.size() == 1 ? "" : " and " + (foreign.size() - 1) + " more";
        throw new WalPathException("the directory " + storage.describe() + " holds no log, but other files: "
                + foreign.get(0) + more + ". Nothing was changed. Set wal_path to a directory of its own");
    }

    /** What the files take. */
    private record FileSizes(long segments, long ballast, long checkpoint) {

        static FileSizes of(Storage storage) throws IOException {
            long segments = 0;
            long ballast = 0;
            long checkpoint = 0;
            for (String name : storage.list()) {
                if (SegmentNames.isSegment(name) || SegmentNames.isCompacted(name) || SegmentNames.isPrepared(name)) {
                    segments += storage.size(name);
                } else if (name.equals(SegmentNames.BALLAST)) {
                    ballast = storage.size(name);
                } else if (name.equals(SegmentNames.CHECKPOINT)) {
                    checkpoint = storage.size(name);
                }
            }
            return new FileSizes(segments, ballast, checkpoint);
        }
    }

    @Override
    public RecoveryReport recovery() {
        return recovery;
    }

    @Override
    public RepairReport salvage() {
        return salvage;
    }

    @Override
    public WalMetrics metrics() {
        return metrics;
    }

    @Override
    public WalAppender appender() {
        return appender;
    }

    @Override
    public WalAgent agent() {
        return agent;
    }

    @Override
    public WalBackground background() {
        return background;
    }

    @Override
    public KeyIndex keyIndex() {
        return keyIndex;
    }

    @Override
    public boolean isCheckpointDue(long nowNanos, boolean unlogged) {
        return checkpoints.isDue(
                nowNanos, appender.appendedBytes(), appender.lastSequence(), unlogged, metrics.isFull());
    }

    @Override
    public boolean isCheckpointing() {
        return checkpoints.isRunning();
    }

    @Override
    public void checkpoint(long sequence, ByteBuffer content, LiveRecords liveness) {
        if (sequence > appender.storedSequence()) {
            throw new IllegalArgumentException("a checkpoint of " + sequence + ", which is not stored yet");
        }
        checkpoints.submit(
                new CheckpointRequests.Request(sequence, content, liveness),
                clock.getAsLong(),
                appender.appendedBytes());
    }

    @Override
    public void hurryCheckpoint() {
        checkpoints.hurry();
    }

    @Override
    public long checkpointedSequence() {
        return checkpoints.durableSequence();
    }

    @Override
    public void close() throws IOException {
        try (storage) {
            readback.close();
            keyIndex.close();
            background.close();
            agent.close();
        }
    }
}
