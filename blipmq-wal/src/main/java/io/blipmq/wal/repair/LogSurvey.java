package io.blipmq.wal.repair;

import io.blipmq.wal.LogContent;
import io.blipmq.wal.LogDamage;
import io.blipmq.wal.LogReport;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.RecordVisitor;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.recovery.Recovery;
import io.blipmq.wal.recovery.SegmentChain;
import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.CheckpointFile;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.IndexBlocks;
import io.blipmq.wal.segment.ReadWindow;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Reads a whole log and says what is in it, what is damaged, and what would mend it. Changes nothing. Owned by the thread
 * that made it; used once.
 *
 * <p>What counts as damage is what {@link Recovery} refuses, and besides what it does not look at: segments from before the
 * checkpoint, and indexes.
 */
public final class LogSurvey {
    private final Storage storage;
    private final List<String> names;
    private final LogContent known;
    private final RecordVisitor visitor;
    private final WalLimits limits;
    private final ReadWindow window;
    private final RepairPlan plan = new RepairPlan();
    private final List<LogDamage> damages = new ArrayList<>();
    private final List<LogReport.SegmentSummary> segments = new ArrayList<>();
    private final List<String> superseded = new ArrayList<>();

    /** Null without one that can be read. */
    private Checkpoint checkpoint;

    private boolean checkpointDamaged;
    private UUID journalId;
    private ChainSurvey chain;
    private int indexesMissing;

    private LogSurvey(Storage storage, WalLimits limits, LogContent known, RecordVisitor visitor) throws IOException {
        this.storage = storage;
        this.limits = limits;
        this.window = new ReadWindow(limits.windowBytes());
        this.names = storage.list().stream().sorted().toList();
        this.known = known;
        this.visitor = visitor;
    }

    public static LogSurvey of(Storage storage, WalLimits limits, LogContent known) throws IOException {
        return of(storage, limits, known, RecordVisitor.NONE);
    }

    /** @throws WalCorruptionException when a newer release wrote the log, or what is not {@code known} in it */
    public static LogSurvey of(Storage storage, WalLimits limits, LogContent known, RecordVisitor visitor)
            throws IOException {
        LogSurvey survey = new LogSurvey(storage, limits, known, visitor);
        survey.read();
        return survey;
    }

    private void read() throws IOException {
        readCheckpoint();
        SegmentDirectory directory = new SegmentDirectory(storage, names, checkpoint, plan, damages, window);
        List<FoundSegment> found = new ArrayList<>(directory.read());
        journalId = directory.journalId();
        ListedSurvey listed = new ListedSurvey(this, found);
        if (checkpoint != null) {
            listed.read();
        } else {
            visitCompacted(found);
        }
        chain = new ChainSurvey(this, logSegments(found));
        chain.read();
        if (checkpoint == null) {
            judgeHistory(found);
        } else {
            listed.planCheckpoint(chain.lost());
        }
    }

    private void readCheckpoint() throws IOException {
        if (!names.contains(SegmentNames.CHECKPOINT)) {
            return;
        }
        try {
            checkpoint = CheckpointFile.load(storage, known);
        } catch (WalCorruptionException e) {
            if (!e.isRepairable()) {
                throw e;
            }
            checkpointDamaged = true;
            plan.setAside.add(SegmentNames.CHECKPOINT);
        }
    }

    /** Nothing says whether they count; who wants to see records wants to see theirs. */
    private void visitCompacted(List<FoundSegment> found) throws IOException {
        for (FoundSegment segment :
                found.stream().sorted(FoundSegment.LOG_ORDER).toList()) {
            SegmentHeader header = segment.header();
            if (header.isCompacted() && visitor != RecordVisitor.NONE) {
                ClosedSegment closed = new ClosedSegment(header, header.compactedLast());
                SegmentScan.ofClosed(storage, segment.file(), closed, handler(segment), window);
            }
        }
    }

    private List<FoundSegment> logSegments(List<FoundSegment> found) {
        List<FoundSegment> result = new ArrayList<>();
        for (FoundSegment segment : found) {
            SegmentHeader header = segment.header();
            if (checkpoint != null && (header.isCompacted() || SegmentChain.isBefore(header, checkpoint))) {
                superseded.add(segment.file());
            } else if (!header.isCompacted()) {
                result.add(segment);
            }
        }
        result.sort(FoundSegment.LOG_ORDER);
        return result;
    }

    /** Without a checkpoint everything has to be there from the first record on; then nothing is lost. */
    private void judgeHistory(List<FoundSegment> found) {
        boolean complete = chain.isComplete();
        if (checkpointDamaged) {
            damages.add(new LogDamage(
                    SegmentNames.CHECKPOINT,
                    0,
                    complete ? LogDamage.NONE : LogDamage.UNKNOWN,
                    complete ? LogDamage.NONE : LogDamage.UNKNOWN,
                    complete
                            ? "the checkpoint is damaged; the log holds every record and gives its state again, without"
                                    + " attempts"
                            : "the checkpoint is damaged, and records that it covered are gone: subscriptions made"
                                    + " in them are lost with what waited for them, and messages settled in them come"
                                    + " back"));
        }
        boolean compacted = found.stream().anyMatch(segment -> segment.header().isCompacted());
        plan.keepAll = !complete && (checkpointDamaged || compacted || !plan.placeholders.isEmpty());
        if (plan.keepAll) {
            renewNewest();
        }
        for (FoundSegment segment : found) {
            SegmentHeader header = segment.header();
            if (!header.isCompacted()) {
                continue;
            }
            superseded.add(segment.file());
            if (!complete) {
                plan.setAside.add(segment.file());
                String what = "what this segment holds cannot be used without the checkpoint";
                damages.add(new LogDamage(segment.file(), 0, header.first(), header.compactedLast(), what));
            }
        }
    }

    /** The start is going to cut the newest segment, which must not show in the file that is kept. */
    private void renewNewest() {
        SegmentHeader newest = chain.newest();
        boolean renewed = newest == null
                || plan.mends.stream().anyMatch(mend -> mend.header().equals(newest));
        if (!renewed) {
            plan.mends.add(new RepairPlan.Mend(newest, List.of()));
        }
    }

    // ---- for the parts

    RepairPlan plan() {
        return plan;
    }

    /** Null without one. */
    Checkpoint checkpoint() {
        return checkpoint;
    }

    void damage(LogDamage damage) {
        damages.add(damage);
    }

    /** Scans a segment that gets no more records. */
    SegmentScan.Result scan(FoundSegment segment, long through, boolean checkpointed) throws IOException {
        if (!visitor.wantsMore()) {
            return SegmentScan.Result.unread(through);
        }
        ClosedSegment closed = new ClosedSegment(segment.header(), through);
        SegmentScan.Result result = SegmentScan.ofClosed(storage, segment.file(), closed, handler(segment), window);
        onScanned(segment, result, checkpointed);
        checkIndex(segment, result);
        return result;
    }

    SegmentScan.Result scanNewest(FoundSegment segment) throws IOException {
        long checkpointed = checkpoint == null ? 0 : checkpoint.sequence();
        if (!visitor.wantsMore()) {
            return SegmentScan.Result.unread(checkpointed);
        }
        UUID boot = SegmentHeader.bootId(storage.bootId());
        SegmentScan.Result result = SegmentScan.ofNewest(
                storage, segment.file(), segment.header(), checkpointed, boot, handler(segment), window);
        onScanned(segment, result, false);
        if (result.sealed()
                || names.contains(SegmentNames.index(segment.header().name()))) {
            checkIndex(segment, result);
        }
        return result;
    }

    private RecordHandler handler(FoundSegment segment) {
        return (sequence, type, buffer, offset, length, position) -> {
            known.requireKnown(type, buffer, offset, length);
            visitor.onRecord(segment.file(), sequence, type, buffer, offset, length);
        };
    }

    private void onScanned(FoundSegment segment, SegmentScan.Result result, boolean checkpointed) throws IOException {
        SegmentHeader header = segment.header();
        long last = header.isCompacted() ? header.compactedLast() : result.last();
        segments.add(new LogReport.SegmentSummary(
                segment.file(),
                header.epoch().number(),
                header.first(),
                last,
                result.records(),
                storage.size(segment.file()),
                header.isCompacted(),
                checkpointed));
        result.holes().forEach(hole -> damage(hole.in(segment.file())));
        if (segment.restored() || !result.holes().isEmpty()) {
            plan.mends.add(new RepairPlan.Mend(header, result.holes()));
        }
    }

    /** The index of a segment that gets no more records; one that is renamed or mended is made again. */
    private void checkIndex(FoundSegment segment, SegmentScan.Result result) throws IOException {
        if (segment.restored() || !result.holes().isEmpty()) {
            return;
        }
        String index = SegmentNames.index(segment.header().name());
        if (!names.contains(index)) {
            indexesMissing++;
            return;
        }
        try (StorageFile file = storage.open(index)) {
            new IndexBlocks(1, limits).check(file, segment.header());
        } catch (WalCorruptionException e) {
            indexesMissing++;
            plan.badIndexes.add(index);
            damage(new LogDamage(
                    index, e.offset(), LogDamage.NONE, LogDamage.NONE, "the index is damaged, and is made again"));
        }
    }

    public LogReport report() throws IOException {
        return new LogReport(
                storage.describe(),
                journalId == null ? "" : journalId.toString(),
                segments,
                checkpoint == null
                        ? null
                        : new LogReport.CheckpointSummary(
                                checkpoint.sequence(),
                                checkpoint.segments().size(),
                                checkpoint.content().remaining(),
                                checkpoint.lost().size()),
                superseded,
                chain.isSealed(),
                chain.tornBytes(),
                indexesMissing,
                (int) names.stream().filter(SegmentNames::isPrepared).count(),
                names.contains(SegmentNames.BALLAST) ? storage.size(SegmentNames.BALLAST) : 0,
                names.stream()
                        .filter(name -> SegmentNames.isAside(name) || SegmentNames.isTorn(name))
                        .toList(),
                damages);
    }
}
