package io.blipmq.wal.repair;

import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.SegmentHeader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What has to be done to a damaged log so that a strict start takes it. Owned by the thread that makes it. */
final class RepairPlan {
    /** Whether every segment is kept as it is: what is left does not tell who wanted what is in them. */
    boolean keepAll;

    /** Files that cannot be used, to be renamed. */
    final List<String> setAside = new ArrayList<>();
    /** From the wrong name to the right one. */
    final Map<String, String> renames = new LinkedHashMap<>();
    /** To take the old one's place, or null. */
    Checkpoint checkpoint;

    final List<Mend> mends = new ArrayList<>();
    final List<Placeholder> placeholders = new ArrayList<>();
    /** Made again by the next start. */
    final List<String> badIndexes = new ArrayList<>();

    /** A segment to be written anew with its holes filled. */
    record Mend(SegmentHeader header, List<Hole> holes) {}

    /** A segment that stands for lost records and holds nothing else. */
    record Placeholder(SegmentHeader header, long lastLost) {}

    boolean isEmpty() {
        return setAside.isEmpty()
                && renames.isEmpty()
                && checkpoint == null
                && mends.isEmpty()
                && placeholders.isEmpty()
                && badIndexes.isEmpty();
    }
}
