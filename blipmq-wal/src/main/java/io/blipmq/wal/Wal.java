package io.blipmq.wal;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * An open log, and how its three threads are wired. Owned by the thread that opens it; the parts say who owns them.
 *
 * <p>To end a log: {@link WalAppender#seal}, {@link WalAgent#doWork} until {@link WalAgent#isSealed}, {@link #close}.
 * Without the seal the next start recovers as after the death of the process.
 */
public final class Wal implements Closeable {
    /** Frames between core and log thread: turns that one force may take, with room to spare. */
    private static final int FRAMES = 1024;

    /** What stands in the root of a file system that is made for the log. */
    private static final String FILE_SYSTEM_ROOT_ENTRY = "lost+found";

    private final Storage storage;
    private final RecoveryReport recovery;
    private final WalMetrics metrics;
    private final WalAppender appender;
    private final WalAgent agent;
    private final SegmentPreparer preparer;
    private final Readback readback;

    private Wal(Storage storage, WalOptions options, Recovery.Recovered recovered, long logBytes) {
        this.storage = storage;
        this.recovery = recovered.report();
        SegmentHeader header = recovered.current().header();
        long last = header.epoch().survived();

        FrameRing ring = new FrameRing(FRAMES, last);
        Signal logSignal = new Signal();
        DurableState durable = new DurableState(last);
        PreparedSegments prepared = new PreparedSegments();
        SegmentCatalog catalog = new SegmentCatalog();
        Tail tail = new Tail(options.chunkBytes(), options.tailBytesMax());

        recovered.closed().forEach(segment -> catalog.add(segment.header()));
        catalog.add(header);
        recovered.prepared().forEach(prepared::add);

        metrics = new WalMetrics(options.nanoClock(), prepared, catalog, durable, ring, logBytes, recovery.tornBytes());
        preparer = new SegmentPreparer(
                storage,
                prepared,
                metrics,
                new SegmentIndexer(storage, options.recordKey()),
                options.segmentBytes(),
                SegmentNames.nextPreparedNumber(recovered.prepared()));
        recovered.closed().forEach(segment -> preparer.index(segment.header(), segment.lastSequence()));

        SegmentWriter writer = new SegmentWriter(
                storage,
                prepared,
                catalog,
                metrics,
                preparer::index,
                header,
                recovered.current().file(),
                recovered.current().usedBytes());
        agent = new WalAgent(ring, logSignal, writer, durable, metrics, options.forcePolicy(), last);

        Placement placement = new Placement(
                prepared, options.segmentBytes(), header, recovered.current().usedBytes());
        readback = new Readback(storage, tail, catalog);
        appender = new WalAppender(
                options, ring, logSignal, durable, metrics, placement, tail, readback, header.epoch(), last);
    }

    /**
     * Locks, recovers and replays a log, and begins a new epoch of it. See {@link Recovery} for the cases.
     *
     * @param storage is closed with the log, and when opening fails
     * @param replay gets every record that survived, in order
     * @throws WalPathException when the directory holds no log, but files that are somebody else's
     * @throws WalLockedException when another daemon holds it
     * @throws WalCorruptionException when it is damaged; nothing has been changed then
     */
    public static Wal open(Storage storage, WalOptions options, RecordHandler replay) throws IOException {
        boolean opened = false;
        try {
            requireNotForeign(storage);
            WalLock.acquire(storage, options);
            Recovery.Recovered recovered = new Recovery(storage, options, replay).run();
            Wal wal = new Wal(storage, options, recovered, segmentBytes(storage));
            opened = true;
            return wal;
        } finally {
            if (!opened) {
                storage.close();
            }
        }
    }

    private static void requireNotForeign(Storage storage) throws IOException {
        List<String> names = storage.list();
        List<String> foreign = names.stream()
                .filter(name -> !SegmentNames.isOwn(name) && !name.equals(FILE_SYSTEM_ROOT_ENTRY))
                .sorted()
                .toList();
        if (foreign.isEmpty() || names.stream().anyMatch(SegmentNames::isSegment)) {
            return;
        }
        String more = foreign.size() == 1 ? "" : " and " + (foreign.size() - 1) + " more";
        throw new WalPathException("the directory " + storage.describe() + " holds no log, but other files: "
                + foreign.get(0) + more + ". Nothing was changed. Set wal_path to a directory of its own");
    }

    private static long segmentBytes(Storage storage) throws IOException {
        List<String> names = storage.list();
        long bytes = 0;
        for (String name : names) {
            if (SegmentNames.isSegment(name) || SegmentNames.isPrepared(name)) {
                try (StorageFile file = storage.open(name)) {
                    bytes += file.size();
                }
            }
        }
        return bytes;
    }

    public RecoveryReport recovery() {
        return recovery;
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
    public SegmentPreparer preparer() {
        return preparer;
    }

    /** Closes the files and lets go of the lock. The three threads must have ended. */
    @Override
    public void close() throws IOException {
        try (storage) {
            readback.close();
            agent.close();
        }
    }
}
