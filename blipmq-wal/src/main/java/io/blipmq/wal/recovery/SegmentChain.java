package io.blipmq.wal.recovery;

import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The segments that a start finds, in the order of the log. Immutable.
 *
 * <p>With a checkpoint there are three kinds: those that it lists, which are complete and not replayed; those from where it
 * says that replay begins; and what comes before that and is not listed, which has been dropped. A compacted segment that is
 * not listed never counted.
 */
public final class SegmentChain {
    public static final Comparator<SegmentHeader> LOG_ORDER = Comparator.comparingInt(
                    (SegmentHeader header) -> header.epoch().number())
            .thenComparingLong(SegmentHeader::first);

    private final List<ClosedSegment> listed;
    private final List<SegmentHeader> segments;
    private final List<String> dropped;

    private SegmentChain(List<ClosedSegment> listed, List<SegmentHeader> segments, List<String> dropped) {
        this.listed = listed;
        this.segments = segments;
        this.dropped = dropped;
    }

    /** @param checkpoint or null */
    static SegmentChain load(Storage storage, List<String> names, Checkpoint checkpoint) throws IOException {
        List<ClosedSegment> listed = checkpoint == null ? List.of() : listed(storage, names, checkpoint);
        List<String> known = listed.stream().map(ClosedSegment::name).toList();
        List<SegmentHeader> segments = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        for (String name : names) {
            if (known.contains(name)) {
                continue;
            }
            if (SegmentNames.isCompacted(name)) {
                dropped.add(name);
            } else if (SegmentNames.isSegment(name)) {
                SegmentHeader header = readHeader(storage, name);
                if (checkpoint != null && isBefore(header, checkpoint)) {
                    dropped.add(name);
                } else {
                    segments.add(header);
                }
            }
        }
        segments.sort(LOG_ORDER);
        requireOneJournal(listed, segments, checkpoint);
        return new SegmentChain(listed, List.copyOf(segments), List.copyOf(dropped));
    }

    private static List<ClosedSegment> listed(Storage storage, List<String> names, Checkpoint checkpoint)
            throws IOException {
        Set<String> present = Set.copyOf(names);
        List<ClosedSegment> listed = new ArrayList<>();
        for (Checkpoint.Listed segment : checkpoint.segments()) {
            if (!present.contains(segment.name())) {
                throw new WalCorruptionException(
                        segment.name(),
                        0,
                        segment.first(),
                        segment.last(),
                        "the segment, which the checkpoint lists, is missing");
            }
            SegmentHeader header = readHeader(storage, segment.name());
            if (!segment.matches(header)) {
                throw new WalCorruptionException(
                        segment.name(),
                        0,
                        segment.first(),
                        segment.last(),
                        "the file is not the segment that the checkpoint lists under this name");
            }
            listed.add(new ClosedSegment(header, segment.last()));
        }
        return List.copyOf(listed);
    }

    public static boolean isBefore(SegmentHeader header, Checkpoint checkpoint) {
        int epoch = header.epoch().number();
        return epoch < checkpoint.replayEpoch()
                || epoch == checkpoint.replayEpoch() && header.first() < checkpoint.replayFirst();
    }

    private static SegmentHeader readHeader(Storage storage, String name) throws IOException {
        try (StorageFile file = storage.open(name)) {
            return SegmentLayout.read(name, file);
        }
    }

    private static void requireOneJournal(
            List<ClosedSegment> listed, List<SegmentHeader> segments, Checkpoint checkpoint)
            throws WalCorruptionException {
        List<SegmentHeader> all = new ArrayList<>(segments);
        listed.forEach(segment -> all.add(segment.header()));
        if (all.isEmpty()) {
            return;
        }
        UUID journal = checkpoint == null ? all.get(0).journalId() : checkpoint.journalId();
        String reference = checkpoint == null ? all.get(0).name() : SegmentNames.CHECKPOINT;
        for (SegmentHeader segment : all) {
            if (!segment.journalId().equals(journal)) {
                throw new WalCorruptionException(
                        segment.name(), 0, "the file belongs to another log than " + reference);
            }
        }
    }

    /** Segments that hold nothing but what the checkpoint covers. */
    List<ClosedSegment> listed() {
        return listed;
    }

    /** The names of segments that do not count any more. */
    List<String> dropped() {
        return dropped;
    }

    /** Whether there is no segment to go on from. */
    boolean isEmpty() {
        return segments.isEmpty();
    }

    /** Segments to replay. */
    List<SegmentHeader> segments() {
        return segments;
    }

    /** The segment that was written last. */
    SegmentHeader newest() {
        return segments.get(segments.size() - 1);
    }

    int highestOrdinal() {
        return segments.stream().mapToInt(SegmentHeader::ordinal).max().orElse(0);
    }

    /** The last record of a segment that counts: what the next epoch took over, {@code cut} in the newest epoch. */
    long limitOf(SegmentHeader segment, long cut) {
        for (SegmentHeader other : segments) {
            if (other.epoch().number() > segment.epoch().number()) {
                return other.epoch().cut();
            }
        }
        return cut;
    }

    /** Whether nothing in the segment counts, because the next epoch began before it. */
    boolean isSuperseded(SegmentHeader segment, long cut) {
        return segment.first() > limitOf(segment, cut);
    }
}
