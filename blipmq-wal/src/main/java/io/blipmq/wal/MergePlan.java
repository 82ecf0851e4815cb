package io.blipmq.wal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Chooses which adjacent segments are rewritten into one. Stateless. */
final class MergePlan {
    /** Short segments are rewritten although all of them may be needed, but only so many at once. */
    private static final int SHORT_RUN = 8;
    /** Of one checkpoint, so that it does not take long. */
    private static final int SOURCES_MAX = 16;

    static List<List<ClosedSegment>> choose(
            List<ClosedSegment> segments, Map<Integer, SegmentFacts> facts, int segmentBytes) {
        List<List<ClosedSegment>> runs = new ArrayList<>();
        addSparse(segments, facts, segmentBytes, runs);
        addShort(segments, facts, segmentBytes, runs);
        List<List<ClosedSegment>> chosen = new ArrayList<>();
        int sources = 0;
        for (List<ClosedSegment> run : runs) {
            if (sources + run.size() <= SOURCES_MAX) {
                sources += run.size();
                chosen.add(run);
            }
        }
        return chosen;
    }

    private static void addSparse(
            List<ClosedSegment> segments,
            Map<Integer, SegmentFacts> facts,
            int segmentBytes,
            List<List<ClosedSegment>> runs) {
        Run run = new Run(segmentBytes);
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

    private static void addShort(
            List<ClosedSegment> segments,
            Map<Integer, SegmentFacts> facts,
            int segmentBytes,
            List<List<ClosedSegment>> runs) {
        List<ClosedSegment> taken = new ArrayList<>();
        runs.forEach(taken::addAll);
        Run run = new Run(segmentBytes);
        for (ClosedSegment segment : segments) {
            SegmentFacts fact = facts.get(segment.ordinal());
            boolean wanted = fact.isShort(segmentBytes) && !taken.contains(segment);
            if (!wanted || !run.fits(fact)) {
                run.endInto(runs, SHORT_RUN);
            }
            if (wanted) {
                run.add(segment, fact);
            }
        }
        run.endInto(runs, SHORT_RUN);
    }

    /** Neighbours in the making. */
    private static final class Run {
        private final int bytesMax;
        private List<ClosedSegment> segments = new ArrayList<>();
        private long bytes;

        Run(int segmentBytes) {
            bytesMax = segmentBytes;
        }

        boolean fits(SegmentFacts fact) {
            return bytes + fact.liveBytes() <= bytesMax && segments.size() < SOURCES_MAX;
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

    private MergePlan() {}
}
