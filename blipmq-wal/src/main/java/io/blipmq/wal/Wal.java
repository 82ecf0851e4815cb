package io.blipmq.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * An open log, and how its three threads are wired. Owned by the thread that opens it; the parts say who owns them.
 *
 * <p>To end a log: {@link WalAppender#seal}, {@link WalAgent#doWork} until {@link WalAgent#isSealed}, {@link #close}.
 * Without the seal the next start recovers as after the death of the process.
 */
public final class Wal implements Closeable {
    /** Of a segment's size, its index takes less than this share when messages are of a common length. */
    private static final int BALLAST_SHARE = 16;

    private final Storage storage;
    private final LongSupplier clock;
    private final RecoveryReport recovery;
    private final RepairReport salvage;
    private final WalMetrics metrics;
    private final WalAppender appender;
    private final WalAgent agent;
    private final WalBackground background;
    private final CheckpointRequests checkpoints;
    private final History history;
    private final Readback readback;

    private Wal(
            Storage storage, WalOptions options, Recovery.Recovered recovered, RepairReport salvage, FileSizes sizes) {
        this.storage = storage;
        this.clock = options.nanoClock();
        this.recovery = recovered.report();
        this.salvage = salvage;
        SegmentHeader header = recovered.current().header();
        long last = header.epoch().survived();
        WalLimits limits = options.limits();

        FrameRing ring = new FrameRing(limits.ringFrames(), last);
        Signal logSignal = new Signal();
        PreparedSegments prepared = new PreparedSegments();
        DurableState durable = new DurableState(last, prepared.wanted());
        SegmentCatalog catalog = new SegmentCatalog();
        Tail tail = new Tail(options);

        recovered.closed().forEach(segment -> catalog.add(segment.header()));
        catalog.begin(header);
        recovered.prepared().forEach(prepared::add);

        metrics = new WalMetrics(
                options.nanoClock(), prepared, catalog, durable, ring, sizes.segments(), recovery.tornBytes());
        IndexedSegments indexed = new IndexedSegments(recovered.checkpointed());
        SegmentInventory inventory = new SegmentInventory(catalog, indexed, prepared.wanted(), recovered.closed());
        checkpoints =
                new CheckpointRequests(options, recovered.checkpointed(), recovered.replayedBytes(), prepared.wanted());
        Ballast ballast = new Ballast(storage, options.segmentBytes() / BALLAST_SHARE, sizes.ballast(), limits);
        ballast.want(sizes.checkpoint());
        IndexBlocks blocks = new IndexBlocks(limits.backgroundBlocks(), limits);
        SegmentIndexer indexer = new SegmentIndexer(storage, options, blocks);
        Compaction compaction = new Compaction(storage, indexer, blocks, metrics, options, recovered.nextCompacted());
        background = new WalBackground(
                storage,
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
                        logSignal,
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
        agent = new WalAgent(ring, logSignal, writer, durable, metrics, options.forcePolicy(), last);

        Placement placement = new Placement(
                prepared, options.segmentBytes(), header, recovered.current().usedBytes());
        readback = new Readback(storage, tail, catalog, limits);
        history = new History(storage, indexed, limits);
        appender = new WalAppender(
                options, ring, logSignal, durable, metrics, placement, tail, readback, history, header.epoch(), last);
    }

    /** As {@link #open(Storage, WalOptions, CheckpointHandler, RecordHandler)}, for a log that never had a checkpoint. */
    public static Wal open(Storage storage, WalOptions options, RecordHandler replay) throws IOException {
        return open(
                storage,
                options,
                (sequence, content) -> {
                    throw new IllegalStateException("the log has a checkpoint, and nobody to take it");
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
            Wal wal = new Wal(storage, options, recovered, salvage, FileSizes.of(storage));
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
                    segments += size(storage, name);
                } else if (name.equals(SegmentNames.BALLAST)) {
                    ballast = size(storage, name);
                } else if (name.equals(SegmentNames.CHECKPOINT)) {
                    checkpoint = size(storage, name);
                }
            }
            return new FileSizes(segments, ballast, checkpoint);
        }

        private static long size(Storage storage, String name) throws IOException {
            try (StorageFile file = storage.open(name)) {
                return file.size();
            }
        }
    }

    public RecoveryReport recovery() {
        return recovery;
    }

    /** What the start salvaged, see {@link WalOptions#salvage}; nothing of a log that was whole. */
    public RepairReport salvage() {
        return salvage;
    }

    public WalMetrics metrics() {
        return metrics;
    }

    /** For the core thread. */
    public WalAppender appender() {
        return appender;
    }

    /** For the log thread. */
    public WalAgent agent() {
        return agent;
    }

    /** For a background thread. */
    public WalBackground background() {
        return background;
    }

    /** For the core thread. */
    public History history() {
        return history;
    }

    /**
     * Whether it is time for a checkpoint: after so much log or so much time as the options say, and every second while the
     * disk is full, when there is anything new; soon after one that the disk had no room for; and not while one is being
     * written. By the core thread.
     *
     * @param unlogged whether there is something new that the log had no room for
     */
    public boolean isCheckpointDue(long nowNanos, boolean unlogged) {
        return checkpoints.isDue(
                nowNanos, appender.appendedBytes(), appender.lastSequence(), unlogged, metrics.isFull());
    }

    /** Whether one is being written. Thread-safe. */
    public boolean isCheckpointing() {
        return checkpoints.isRunning();
    }

    /**
     * Begins a checkpoint, which the background thread writes, and then deletes and compacts segments. By the core thread.
     *
     * @param sequence the last record that it stands for; it has to be stored
     * @param content what {@link CheckpointHandler} is to get back, from position to limit; not copied, so it must not
     *     change while {@link #isCheckpointing}
     */
    public void checkpoint(long sequence, ByteBuffer content, Liveness liveness) {
        if (sequence > appender.storedSequence()) {
            throw new IllegalArgumentException("a checkpoint of " + sequence + ", which is not stored yet");
        }
        checkpoints.submit(
                new CheckpointRequests.Request(sequence, content, liveness),
                clock.getAsLong(),
                appender.appendedBytes());
    }

    /** Lets the checkpoint that is being written end soon, which leaves compaction to the next one. By the core thread. */
    public void hurryCheckpoint() {
        checkpoints.hurry();
    }

    /** The last record that the checkpoint on disk stands for; 0 without one. Thread-safe. */
    public long checkpointedSequence() {
        return checkpoints.durableSequence();
    }

    /** Sets what is called when a checkpoint has ended, on disk or given up; called by the background thread. */
    public void onCheckpointed(Runnable listener) {
        checkpoints.onEnded(listener);
    }

    /** Closes the files and lets go of the lock. The three threads must have ended. */
    @Override
    public void close() throws IOException {
        try (storage) {
            readback.close();
            history.close();
            background.close();
            agent.close();
        }
    }
}
