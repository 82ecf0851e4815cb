package io.blipmq.wal.background;

import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.ClosedSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Chooses which adjacent segments are rewritten into one. Immutable. */
final class MergePlan {
    private final Map<Integer, SegmentFacts> facts;
    private final int segmentBytes;
    private final WalLimits limits;

    MergePlan(Map<Integer, SegmentFacts> facts, int segmentBytes, WalLimits limits) {
        this.facts = facts;
        this.segmentBytes = segmentBytes;
        this.limits = limits;
    }

    List<List<ClosedSegment>> choose(List<ClosedSegment> segments) {
        List<List<ClosedSegment>> runs = new ArrayList<>();
        addSparse(segments, runs);
        addShort(segments, runs);
        List<List<ClosedSegment>> chosen = new ArrayList<>();
        int sources = 0;
        for (List<ClosedSegment> run : runs) {
            if (sources + run.size() <= limits.mergedMax()) {
                sources += run.size();
                chosen.add(run);
            }
        }
        return chosen;
    }

    private void addSparse(List<ClosedSegment> segments, List<List<ClosedSegment>> runs) {
        Run run = new Run();
        for (ClosedSegment segment : segments) {
            SegmentFacts fact = facts.get(segment.ordinal());
            if (!fact.isSparse() || !run.fits(fact)) {
                run.endInto(runs, 1);
            }
            if (fact.isSparse()) {
                run.add(segment, fact);
            }
        }
        run.endInto(runs, 1);
    }

    private void addShort(List<ClosedSegment> segments, List<List<ClosedSegment>> runs) {
        List<ClosedSegment> taken = new ArrayList<>();
        runs.forEach(taken::addAll);
        Run run = new Run();
        for (ClosedSegment segment : segments) {
            SegmentFacts fact = facts.get(segment.ordinal());
            boolean wanted = fact.isShort(segmentBytes) && !taken.contains(segment);
            if (!wanted || !run.fits(fact)) {
                run.endInto(runs, limits.shortRunMin());
            }
            if (wanted) {
                run.add(segment, fact);
            }
        }
        run.endInto(runs, limits.shortRunMin());
    }

    /** Neighbours in the making. */
    private final class Run {
        private List<ClosedSegment> segments = new ArrayList<>();
        private long bytes;

        boolean fits(SegmentFacts fact) {
            return bytes + fact.liveBytes() <= segmentBytes && segments.size() < limits.mergedMax();
        }

        void add(ClosedSegment segment, SegmentFacts fact) {
            segments.add(segment);
            bytes += fact.liveBytes();
        }

        void endInto(List<List<ClosedSegment>> runs, int sizeMin) {
            if (segments.size() >= sizeMin) {
                runs.add(segments);
            }
            segments = new ArrayList<>();
            bytes = 0;
        }
    }
}
