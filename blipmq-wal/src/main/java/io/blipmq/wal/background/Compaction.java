package io.blipmq.wal.background;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.append.LogMetrics;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.IndexBlocks;
import io.blipmq.wal.segment.ReadWindow;
import io.blipmq.wal.segment.SegmentIndexer;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out, for a checkpoint, which of the segments before it are still needed, and rewrites sparse ones. Owned by the
 * background thread.
 *
 * <p>Nothing is deleted or replaced here: the result is a list of what is left, which the checkpoint makes true. Work per
 * checkpoint is bounded. Segments below the first live record are dead without a look; of the others a few are counted, by
 * their index: those never counted first, the newest of them first, because what was stored lately is settled first; then
 * those whose count is the oldest.
 */
public final class Compaction {
    private static final Logger logger = LoggerFactory.getLogger(Compaction.class);

    private final Storage storage;
    private final SegmentIndexer indexer;
    private final LivenessScan scan;
    private final LogMetrics metrics;
    private final int segmentBytes;
    private final WalLimits limits;
    private final Map<Integer, SegmentFacts> facts = new HashMap<>();
    private final ReadWindow window;

    private int nextOrdinal;
    private long cycle;
    /** Of the last checkpoint. */
    private long sequence;
    /** The first cycle that knew all that is in the log: counts of earlier ones may be out of date. */
    private long newestCycle;

    private LiveRecords liveness;
    private List<ClosedSegment> left = List.of();
    private final List<ClosedSegment> superfluous = new ArrayList<>();
    private final List<ClosedSegment> written = new ArrayList<>();
    private final Deque<ClosedSegment> toCount = new ArrayDeque<>();
    private final Deque<List<ClosedSegment>> toMerge = new ArrayDeque<>();
    private SegmentMerge merge;
    private boolean chosen;
    private boolean freed;
    /** Whether the last checkpoint had no room: what is written for the next one might take it. */
    private boolean roomIsShort;

    public Compaction(
            Storage storage,
            SegmentIndexer indexer,
            IndexBlocks blocks,
            LogMetrics metrics,
            WalOptions options,
            int nextOrdinal) {
        this.storage = storage;
        this.indexer = indexer;
        this.scan = new LivenessScan(storage, blocks);
        this.metrics = metrics;
        this.segmentBytes = options.segmentBytes();
        this.limits = options.limits();
        this.window = new ReadWindow(limits.windowBytes());
        this.nextOrdinal = nextOrdinal;
    }

    /**
     * @param segments with an index, and no record above the checkpoint
     * @param throughSequence what the checkpoint covers
     */
    void begin(List<ClosedSegment> segments, long throughSequence, LiveRecords newLiveness) throws IOException {
        cycle++;
        newestCycle = throughSequence > sequence ? cycle : newestCycle;
        sequence = throughSequence;
        liveness = newLiveness;
        left = new ArrayList<>(segments);
        superfluous.clear();
        written.clear();
        toCount.clear();
        toMerge.clear();
        freed = false;
        chosen = liveness == LiveRecords.KEEP_ALL;
        if (!chosen) {
            learn(segments);
            dropBelow(liveness.firstLive());
            left.stream()
                    .sorted(Comparator.comparingLong(
                                    (ClosedSegment segment) -> fact(segment).countedInCycle())
                            .thenComparing(Comparator.comparingLong(ClosedSegment::first)
                                    .reversed()))
                    .limit(limits.countedMax())
                    .forEach(toCount::add);
        }
    }

    private void learn(List<ClosedSegment> segments) throws IOException {
        List<Integer> present = segments.stream().map(ClosedSegment::ordinal).toList();
        facts.keySet().retainAll(present);
        for (ClosedSegment segment : segments) {
            if (!facts.containsKey(segment.ordinal())) {
                facts.put(segment.ordinal(), new SegmentFacts(storage.size(segment.name())));
            }
        }
    }

    private SegmentFacts fact(ClosedSegment segment) {
        return facts.get(segment.ordinal());
    }

    private void dropBelow(long firstLive) {
        for (ClosedSegment segment : List.copyOf(left)) {
            if (segment.last() < firstLive) {
                drop(segment);
            }
        }
    }

    private void drop(ClosedSegment segment) {
        left.remove(segment);
        superfluous.add(segment);
    }

    /** @return whether anything was done; not once everything is */
    boolean step() throws IOException {
        if (!toCount.isEmpty()) {
            count(toCount.poll());
        } else if (!chosen) {
            chosen = true;
            if (!roomIsShort) {
                toMerge.addAll(new MergePlan(facts, segmentBytes, limits).choose(left));
            }
            roomIsShort = false;
        } else if (merge != null || !toMerge.isEmpty()) {
            mergeStep();
        } else {
            return false;
        }
        return true;
    }

    /** Leaves what is not done yet to the next checkpoint. */
    void stop() throws IOException {
        toCount.clear();
        toMerge.clear();
        if (merge != null) {
            giveUpMerge();
        }
    }

    private void count(ClosedSegment segment) throws IOException {
        try {
            fact(segment).counted(liveBytes(segment), cycle);
        } catch (IOException e) {
            onDamage(segment, e);
        }
        if (fact(segment).isDead()) {
            freed = true;
            drop(segment);
        }
    }

    /**
     * The segments of a backlog that nobody takes are all live, count after count, and looked through only once: what is live
     * now was live at the last count, too.
     */
    private long liveBytes(ClosedSegment segment) throws IOException {
        SegmentFacts fact = fact(segment);
        boolean unchanged = fact.isCounted() && scan.isWhollyLive(segment, liveness);
        return unchanged ? fact.liveBytes() : scan.countBytes(segment, liveness);
    }

    private void mergeStep() throws IOException {
        if (merge == null) {
            merge = new SegmentMerge(storage, scan, indexer, liveness, toMerge.poll(), nextOrdinal++, window, limits);
        }
        try {
            if (!merge.step()) {
                onMerged();
                merge = null;
            }
        } catch (WalCorruptionException e) {
            onDamage(merge.source(), e);
            giveUpMerge();
        } catch (DiskFullException e) {
            toMerge.clear();
            giveUpMerge();
        }
    }

    private void onMerged() {
        freed = true;
        ClosedSegment result = merge.result();
        int place = left.indexOf(merge.sources().get(0));
        if (result != null) {
            written.add(result);
            left.add(place, result);
            facts.put(result.ordinal(), new SegmentFacts(merge.bytes()));
            fact(result).counted(merge.bytes(), cycle);
            metrics.segmentCompacted(merge.bytes());
        }
        merge.sources().forEach(this::drop);
    }

    private void giveUpMerge() throws IOException {
        merge.discard();
        merge = null;
    }

    /** What is damaged, or cannot be read, stays as it is: the checkpoint does not need it, and a reader that does gets the error. */
    private void onDamage(ClosedSegment segment, IOException damage) {
        fact(segment).damaged(cycle);
        metrics.damageFound();
        logger.error("log segment {} cannot be compacted: {}", segment.name(), damage.getMessage());
    }

    // ---- the result

    /** What the checkpoint is to list. */
    List<ClosedSegment> left() {
        return List.copyOf(left);
    }

    /** New segments among those that are left. */
    List<ClosedSegment> written() {
        return written;
    }

    /** To be deleted once the checkpoint is on disk. */
    List<ClosedSegment> superfluous() {
        return superfluous;
    }

    int nextOrdinal() {
        return nextOrdinal;
    }

    long fileBytes(ClosedSegment segment) {
        return fact(segment).fileBytes();
    }

    /** Whether this round freed room by looking at a few segments, so that the next few are likely to be worth it. */
    boolean leftWorkBehind() {
        return freed;
    }

    /** Whether some segment has not been counted since the log grew last. */
    boolean hasUncounted() {
        return liveness == LiveRecords.KEEP_ALL
                ? !left.isEmpty()
                : left.stream().anyMatch(segment -> fact(segment).countedInCycle() < newestCycle);
    }

    /** The checkpoint is not going to be, for want of room: what was written for it goes, and the next one has to do without. */
    void abandon() throws IOException {
        for (ClosedSegment segment : written) {
            storage.delete(SegmentNames.index(segment.name()));
            storage.delete(segment.name());
            metrics.segmentDeleted(fileBytes(segment));
        }
        written.clear();
        roomIsShort = true;
    }

    void close() throws IOException {
        if (merge != null) {
            merge.close();
        }
    }
}
