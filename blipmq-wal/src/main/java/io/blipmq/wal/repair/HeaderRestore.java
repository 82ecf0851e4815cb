package io.blipmq.wal.repair;

import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.Epoch;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.ReadWindow;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.segment.SegmentReader;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Works out the header of a segment whose own is damaged. Owned by the thread that made it.
 *
 * <p>The name tells the first number and the epoch. Journal id and ordinal are proved by the frames, whose checksums are
 * seeded with them. The rest comes from another segment of the same epoch, or from the numbers of the frames: those that
 * were rewritten at the epoch's start carry the last such number as their mark, and the first of the others the cut. Where
 * damage parts those that were rewritten from the others, it may have taken some of these, so that they are taken to have
 * begun as early as they can have.
 */
final class HeaderRestore {
    private final Storage storage;
    private final List<FoundSegment> intact;
    private final Checkpoint checkpoint;
    private final UUID journalId;
    private final ReadWindow window;

    /**
     * @param checkpoint or null
     * @param journalId or null when nothing tells it
     */
    HeaderRestore(
            Storage storage, List<FoundSegment> intact, Checkpoint checkpoint, UUID journalId, ReadWindow window) {
        this.storage = storage;
        this.intact = intact;
        this.checkpoint = checkpoint;
        this.journalId = journalId;
        this.window = window;
    }

    /** @return the header, or null when nothing proves one */
    SegmentHeader restore(String name) throws IOException {
        ByteBuffer page = page(name);
        UUID journal = journalId == null ? SegmentLayout.id(page, SegmentLayout.JOURNAL_ID_OFFSET) : journalId;
        if (SegmentNames.isCompacted(name)) {
            return compacted(name, journal);
        }
        for (int ordinal : ordinals(name, page)) {
            SegmentHeader header = ofLog(name, journal, ordinal);
            if (header != null) {
                return header;
            }
        }
        return null;
    }

    private ByteBuffer page(String name) throws IOException {
        try (StorageFile file = storage.open(name)) {
            return SegmentLayout.readPage(file).clear();
        }
    }

    private SegmentHeader compacted(String name, UUID journal) throws IOException {
        Checkpoint.Listed listed = listed(name);
        if (listed == null) {
            return null;
        }
        SegmentHeader header = SegmentHeader.compacted(
                journal, new UUID(0, 0), listed.epoch(), listed.ordinal(), listed.first(), listed.last());
        return hasFrame(name, header) ? header : null;
    }

    private Checkpoint.Listed listed(String name) {
        return checkpoint == null
                ? null
                : checkpoint.segments().stream()
                        .filter(segment -> segment.name().equals(name))
                        .findFirst()
                        .orElse(null);
    }

    /** What the ordinal may be, the likeliest first. */
    private Set<Integer> ordinals(String name, ByteBuffer page) {
        Set<Integer> ordinals = new LinkedHashSet<>();
        Checkpoint.Listed listed = listed(name);
        if (listed != null) {
            ordinals.add(listed.ordinal());
        }
        ordinals.add(page.getInt(SegmentLayout.ORDINAL_OFFSET));
        for (FoundSegment segment : intact) {
            if (!segment.header().isCompacted()) {
                ordinals.add(segment.header().ordinal() + 1);
                ordinals.add(segment.header().ordinal() - 1);
            }
        }
        return ordinals;
    }

    private SegmentHeader ofLog(String name, UUID journal, int ordinal) throws IOException {
        long first = SegmentNames.first(name);
        int number = SegmentNames.epochOrOrdinal(name);
        if (first < 1 || number < 1) {
            return null;
        }
        for (FoundSegment segment : intact) {
            SegmentHeader sibling = segment.header();
            if (!sibling.isCompacted() && sibling.epoch().number() == number) {
                SegmentHeader header = sibling.following(ordinal, first, sibling.capacity());
                return hasFrame(name, header) ? header : null;
            }
        }
        Epoch provisional = Epoch.withoutSurvivors(number, first - 1, first);
        return fromFrames(name, new SegmentHeader(journal, new UUID(0, 0), provisional, ordinal, first, 0));
    }

    private boolean hasFrame(String name, SegmentHeader header) throws IOException {
        try (SegmentReader reader = SegmentReader.open(storage, name, header, window)) {
            return nextFrame(reader, SegmentLayout.FIRST_FRAME) >= 0;
        }
    }

    private static long nextFrame(SegmentReader reader, long from) throws IOException {
        for (long at = from; at < reader.fileBytes(); at += FrameLayout.ALIGNMENT) {
            if (reader.word(at) != 0 && reader.isFrame(at)) {
                return at;
            }
        }
        return -1;
    }

    /** The only segment of its epoch. */
    private SegmentHeader fromFrames(String name, SegmentHeader provisional) throws IOException {
        long first = provisional.first();
        long survived = 0;
        long resume = 0;
        long cut = WalCorruptionException.UNKNOWN;
        long end = SegmentLayout.FIRST_FRAME;
        boolean any = false;
        try (SegmentReader reader = SegmentReader.open(storage, name, provisional, window)) {
            long at = nextFrame(reader, SegmentLayout.FIRST_FRAME);
            while (at >= 0) {
                any = true;
                if (at == SegmentLayout.FIRST_FRAME && reader.mark() < first) {
                    cut = reader.mark();
                }
                if (reader.count() > 0 && reader.mark() >= reader.first()) {
                    survived = reader.mark();
                } else if (resume == 0 && reader.first() > survived) {
                    resume = at == end ? reader.first() : Math.min(reader.first(), survived + Epoch.UNCLEAN_GAP);
                }
                end = at + reader.length();
                at = nextFrame(reader, end);
            }
        }
        if (!any) {
            return null;
        }
        int number = provisional.epoch().number();
        cut = cut == WalCorruptionException.UNKNOWN ? lastBefore(number, first) : cut;
        Epoch epoch = epoch(number, cut, first, survived, resume);
        return new SegmentHeader(provisional.journalId(), provisional.bootId(), epoch, provisional.ordinal(), first, 0);
    }

    private static Epoch epoch(int number, long cut, long first, long survived, long resume) {
        return survived < first
                ? Epoch.withoutSurvivors(number, cut, first)
                : new Epoch(number, cut, first, survived, resume == 0 ? survived + Epoch.UNCLEAN_GAP : resume);
    }

    /** The last record below {@code first} in the epochs before. */
    private long lastBefore(int number, long first) throws IOException {
        FoundSegment before = null;
        for (FoundSegment segment : intact) {
            SegmentHeader header = segment.header();
            boolean earlier = !header.isCompacted() && header.epoch().number() < number && header.first() < first;
            if (earlier && (before == null || FoundSegment.LOG_ORDER.compare(segment, before) > 0)) {
                before = segment;
            }
        }
        if (before == null) {
            return checkpoint == null ? first - 1 : Math.min(first - 1, checkpoint.replayAfter());
        }
        try (SegmentReader reader = SegmentReader.open(storage, before.file(), before.header(), window)) {
            while (reader.expected() < first && reader.replayFrame(Long.MAX_VALUE, SegmentReader.IGNORE)) {
                // on to the next one
            }
            return Math.min(reader.last(), first - 1);
        }
    }
}
