package io.blipmq.wal.background;

import io.blipmq.wal.WalLimits;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.append.IndexedSegments;
import io.blipmq.wal.append.LogMetrics;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.IndexBlocks;
import io.blipmq.wal.segment.ReadWindow;
import io.blipmq.wal.segment.SegmentReader;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads closed segments and their indexes, slowly and in turn, so that damage is reported before somebody needs what is damaged.
 * Owned by the background thread.
 */
public final class Scrub {
    private static final Logger logger = LoggerFactory.getLogger(Scrub.class);

    private final Storage storage;
    private final IndexedSegments indexed;
    private final LogMetrics metrics;
    private final long pauseNanos;
    private final WalLimits limits;
    private final ReadWindow window;
    /** Reported already. */
    private final Set<Integer> damaged = new HashSet<>();

    private boolean started;
    private long pausedSinceNanos;
    private long nextSequence;
    private ClosedSegment segment;
    private SegmentReader reader;

    public Scrub(Storage storage, IndexedSegments indexed, LogMetrics metrics, WalOptions options) {
        this.storage = storage;
        this.indexed = indexed;
        this.metrics = metrics;
        this.pauseNanos = options.scrubNanos();
        this.limits = options.limits();
        this.window = new ReadWindow(limits.windowBytes());
    }

    /** @return whether anything was done */
    boolean step(long nowNanos) throws IOException {
        if (!started) {
            started = true;
            pausedSinceNanos = nowNanos;
        }
        if (segment != null) {
            read(nowNanos);
            return true;
        }
        return nowNanos - pausedSinceNanos >= pauseNanos && begin(nowNanos);
    }

    private boolean begin(long nowNanos) {
        List<ClosedSegment> segments = indexed.segments();
        pausedSinceNanos = nowNanos;
        if (segments.isEmpty()) {
            return false;
        }
        segment = segments.stream()
                .filter(candidate -> candidate.first() >= nextSequence)
                .findFirst()
                .orElse(segments.get(0));
        nextSequence = segment.last() + 1;
        try {
            reader = SegmentReader.open(storage, segment.header(), window);
        } catch (IOException e) {
            report(e);
            segment = null;
        }
        return true;
    }

    private void read(long nowNanos) throws IOException {
        try {
            long end = reader.offset() + limits.stepBytes();
            boolean more = true;
            while (more && reader.offset() < end) {
                more = reader.replayFrame(segment.last(), SegmentReader.IGNORE);
            }
            if (more) {
                return;
            }
            reader.requireWhole(segment);
            readIndex();
            metrics.segmentScrubbed();
        } catch (IOException e) {
            report(e);
        }
        reader.close();
        segment = null;
        pausedSinceNanos = nowNanos;
    }

    private void readIndex() throws IOException {
        // A deleted segment's index goes with it; then nobody needs to know.
        if (!indexed.segments().contains(segment)) {
            return;
        }
        try (StorageFile file = storage.open(SegmentNames.index(segment.name()))) {
            new IndexBlocks(1, limits).check(file, segment.header());
        }
    }

    /** What the disk cannot read is damaged, too, and no reason to end before somebody needs it. */
    private void report(IOException damage) {
        if (damaged.add(segment.ordinal())) {
            metrics.damageFound();
            logger.error("the scrub has found damage in the log: {}: {}", segment.name(), damage.getMessage());
        }
    }

    void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
