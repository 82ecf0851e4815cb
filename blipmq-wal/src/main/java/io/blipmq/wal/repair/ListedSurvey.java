package io.blipmq.wal.repair;

import io.blipmq.wal.LogDamage;
import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.SequenceRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The part of a {@link LogSurvey} that looks at what the checkpoint lists. Owned by its thread. */
final class ListedSurvey {
    private final LogSurvey survey;
    private final List<FoundSegment> found;
    private final List<Checkpoint.Listed> left = new ArrayList<>();
    private final List<SequenceRange> lost = new ArrayList<>();

    /** @param found what is listed is taken out of it */
    ListedSurvey(LogSurvey survey, List<FoundSegment> found) {
        this.survey = survey;
        this.found = found;
    }

    void read() throws IOException {
        for (Checkpoint.Listed listed : survey.checkpoint().segments()) {
            FoundSegment segment = take(listed);
            if (segment == null) {
                lost.add(new SequenceRange(listed.first(), listed.last()));
                survey.damage(new LogDamage(
                        listed.name(),
                        0,
                        listed.first(),
                        listed.last(),
                        "the segment, which the checkpoint lists, is missing or cannot be read"));
            } else {
                left.add(listed);
                scan(segment, listed);
            }
        }
    }

    private FoundSegment take(Checkpoint.Listed listed) {
        for (FoundSegment segment : found) {
            if (listed.matches(segment.header())) {
                found.remove(segment);
                return segment;
            }
        }
        return null;
    }

    private void scan(FoundSegment segment, Checkpoint.Listed listed) throws IOException {
        for (Hole hole : survey.scan(segment, listed.last(), true).holes()) {
            if (hole.losesRecords()) {
                lost.add(new SequenceRange(hole.firstLost(), Math.min(hole.lastLost(), listed.last())));
            }
        }
    }

    /** @param behind ranges lost behind the listed segments, some of which the checkpoint's content may speak of, too */
    void planCheckpoint(List<SequenceRange> behind) {
        Checkpoint old = survey.checkpoint();
        for (SequenceRange range : behind) {
            if (range.first() <= old.sequence()) {
                lost.add(new SequenceRange(range.first(), Math.min(range.last(), old.sequence())));
            }
        }
        lost.removeAll(old.lost());
        if (lost.isEmpty() && left.size() == old.segments().size()) {
            return;
        }
        List<SequenceRange> all = new ArrayList<>(old.lost());
        all.addAll(lost);
        survey.plan().checkpoint = new Checkpoint(
                old.journalId(),
                old.sequence(),
                old.replayEpoch(),
                old.replayFirst(),
                old.replayAfter(),
                old.nextCompacted(),
                left,
                all,
                old.content());
    }
}
