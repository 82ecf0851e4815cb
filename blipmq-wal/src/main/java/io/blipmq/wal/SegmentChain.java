package io.blipmq.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The segments that a start finds, in the order of the log. Immutable. */
final class SegmentChain {
    private static final Comparator<SegmentHeader> LOG_ORDER = Comparator.comparingInt(
                    (SegmentHeader header) -> header.epoch().number())
            .thenComparingLong(SegmentHeader::first);

    private final List<SegmentHeader> segments;

    private SegmentChain(List<SegmentHeader> segments) {
        this.segments = segments;
    }

    static SegmentChain load(Storage storage, List<String> names) throws IOException {
        List<SegmentHeader> segments = new ArrayList<>();
        for (String name : names) {
            if (SegmentNames.isSegment(name)) {
                segments.add(readHeader(storage, name));
            }
        }
        segments.sort(LOG_ORDER);
        requireOneJournal(segments);
        return new SegmentChain(List.copyOf(segments));
    }

    private static SegmentHeader readHeader(Storage storage, String name) throws IOException {
        try (StorageFile file = storage.open(name)) {
            ByteBuffer page = ByteBuffer.allocate(SegmentLayout.HEADER_BYTES);
            file.read(page, 0);
            return SegmentLayout.decode(name, page.flip());
        }
    }

    private static void requireOneJournal(List<SegmentHeader> segments) throws WalCorruptionException {
        for (SegmentHeader segment : segments) {
            if (!segment.journalId().equals(segments.get(0).journalId())) {
                throw new WalCorruptionException(
                        segment.name(),
                        0,
                        WalCorruptionException.UNKNOWN,
                        WalCorruptionException.UNKNOWN,
                        "the file belongs to another log than "
                                + segments.get(0).name());
            }
        }
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

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
