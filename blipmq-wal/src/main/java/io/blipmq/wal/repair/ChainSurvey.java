package io.blipmq.wal.repair;

import io.blipmq.wal.LogDamage;
import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.Epoch;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.segment.SequenceRange;
import io.blipmq.wal.storage.SegmentNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The part of a {@link LogSurvey} that follows the log from where replay begins to its end. Owned by its thread. */
final class ChainSurvey {
    private final LogSurvey survey;
    private final Checkpoint checkpoint;
    private final List<FoundSegment> segments;
    private final List<SequenceRange> lost = new ArrayList<>();
    private final Set<Integer> ordinals = new HashSet<>();
    private boolean sealed;
    private long tornBytes;

    // Where replay begins: at the checkpoint, or at the first record.
    private final int replayEpoch;
    private final long replayFirst;
    private final long replayAfter;

    /** @param segments in the order of the log */
    ChainSurvey(LogSurvey survey, List<FoundSegment> segments) {
        this.survey = survey;
        this.checkpoint = survey.checkpoint();
        this.segments = segments;
        this.replayEpoch = checkpoint == null ? 1 : checkpoint.replayEpoch();
        this.replayFirst = checkpoint == null ? 1 : checkpoint.replayFirst();
        this.replayAfter = checkpoint == null ? 0 : checkpoint.replayAfter();
        segments.forEach(segment -> ordinals.add(segment.header().ordinal()));
        if (checkpoint != null) {
            checkpoint.segments().forEach(segment -> ordinals.add(segment.ordinal()));
        }
    }

    void read() throws IOException {
        List<FoundSegment> counting = segments.stream().filter(this::counts).toList();
        if (counting.isEmpty()) {
            replaceAll();
            return;
        }
        for (int index = 0; index < counting.size(); index++) {
            FoundSegment segment = counting.get(index);
            lookBefore(index == 0 ? null : counting.get(index - 1).header(), segment.header());
            if (index + 1 < counting.size()) {
                add(survey.scan(
                        segment,
                        through(segment.header(), counting.get(index + 1).header()),
                        false));
            } else {
                SegmentScan.Result newest = survey.scanNewest(segment);
                add(newest);
                sealed = newest.sealed();
                tornBytes = newest.tornBytes();
            }
        }
    }

    /** Whether anything in the segment counts: the next epoch has not begun before it. */
    private boolean counts(FoundSegment segment) {
        SegmentHeader header = segment.header();
        for (FoundSegment other : segments) {
            if (other.header().epoch().number() > header.epoch().number()) {
                return header.first() <= other.header().epoch().cut();
            }
        }
        return true;
    }

    private static long through(SegmentHeader segment, SegmentHeader next) {
        return segment.epoch().number() == next.epoch().number()
                ? next.epoch().previous(next.first())
                : next.epoch().cut();
    }

    private void add(SegmentScan.Result result) {
        for (Hole hole : result.holes()) {
            if (hole.losesRecords()) {
                lost.add(new SequenceRange(hole.firstLost(), hole.lastLost()));
            }
        }
    }

    /** What is missing at the end of a segment is filled there; here, what is missing before one that begins anew. */
    private void lookBefore(SegmentHeader previous, SegmentHeader segment) {
        Epoch epoch = segment.epoch();
        if (previous != null && previous.epoch().number() == epoch.number()) {
            return;
        }
        if (previous == null) {
            boolean sameEpoch = checkpoint != null && epoch.number() == replayEpoch;
            if (sameEpoch && segment.first() == replayFirst) {
                return;
            }
            if (sameEpoch || epoch.cut() > replayAfter) {
                Epoch missing = sameEpoch ? epoch : Epoch.withoutSurvivors(replayEpoch, replayAfter, replayFirst);
                long through = sameEpoch ? epoch.previous(segment.first()) : epoch.cut();
                int distance = !sameEpoch && segment.first() != epoch.begin() ? 2 : 1;
                placeholder(segment, missing, replayFirst, through, segment.ordinal() - distance);
                if (sameEpoch) {
                    return;
                }
            }
        }
        if (segment.first() != epoch.begin()) {
            placeholder(segment, epoch, epoch.begin(), epoch.previous(segment.first()), segment.ordinal() - 1);
        }
    }

    private void placeholder(SegmentHeader like, Epoch epoch, long first, long last, int ordinal) {
        lost.add(new SequenceRange(first, last));
        SegmentHeader header =
                new SegmentHeader(like.journalId(), like.bootId(), epoch, free(ordinal), first, capacity());
        survey.plan().placeholders.add(new RepairPlan.Placeholder(header, last));
        survey.damage(new LogDamage(like.name(), 0, first, last, "segments before this one are missing"));
    }

    private static long capacity() {
        return SegmentLayout.FIRST_FRAME + FrameLayout.HEADER_BYTES;
    }

    /** At or below the wanted one; where segments are missing, so are their ordinals. */
    private int free(int wanted) {
        int ordinal = wanted;
        while (!ordinals.add(ordinal)) {
            ordinal--;
        }
        return ordinal;
    }

    /** Nothing is there to go on from. */
    private void replaceAll() {
        if (checkpoint == null) {
            return;
        }
        int highest = checkpoint.segments().stream()
                .filter(segment -> !segment.compacted())
                .mapToInt(Checkpoint.Listed::ordinal)
                .max()
                .orElse(0);
        long through = checkpoint.sequence() < replayFirst ? replayAfter : checkpoint.sequence();
        Epoch epoch = Epoch.withoutSurvivors(replayEpoch, replayAfter, replayFirst);
        SegmentHeader header =
                new SegmentHeader(checkpoint.journalId(), new UUID(0, 0), epoch, highest + 1, replayFirst, capacity());
        survey.plan().placeholders.add(new RepairPlan.Placeholder(header, through));
        if (through >= replayFirst) {
            lost.add(new SequenceRange(replayFirst, through));
        }
        survey.damage(new LogDamage(
                SegmentNames.CHECKPOINT,
                0,
                replayFirst,
                LogDamage.UNKNOWN,
                "the segments that follow the checkpoint are missing"));
    }

    /** The segment that was written last, or null. */
    SegmentHeader newest() {
        return segments.isEmpty() ? null : segments.get(segments.size() - 1).header();
    }

    /** Ranges of records that are gone. */
    List<SequenceRange> lost() {
        return lost;
    }

    /** Whether every record is there from where replay begins. */
    boolean isComplete() {
        return lost.isEmpty() && (checkpoint != null || !segments.isEmpty());
    }

    boolean isSealed() {
        return sealed;
    }

    long tornBytes() {
        return tornBytes;
    }
}
