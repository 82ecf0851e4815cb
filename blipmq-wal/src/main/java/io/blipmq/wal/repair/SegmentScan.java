package io.blipmq.wal.repair;

import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.recovery.TailSurvey;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.ReadWindow;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentReader;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads a segment to its end, past whatever is damaged in it. Owned by the thread that made it; used once. */
final class SegmentScan {
    private final SegmentReader reader;
    private final RecordHandler handler;
    private final List<Hole> holes = new ArrayList<>();
    private long sealOffset;

    /**
     * What was found.
     *
     * @param last the last record, a lost one too
     * @param tornBytes behind the last frame that counts; of the newest segment only
     */
    record Result(List<Hole> holes, long records, long last, boolean sealed, long tornBytes) {

        /** Of a segment that nobody wanted to see. */
        static Result unread(long last) {
            return new Result(List.of(), 0, last, false, 0);
        }
    }

    private SegmentScan(SegmentReader reader, RecordHandler handler) {
        this.reader = reader;
        this.handler = handler;
    }

    /** @param through the last record that has to be there */
    static Result ofClosed(
            Storage storage, String file, ClosedSegment segment, RecordHandler handler, ReadWindow window)
            throws IOException {
        try (SegmentReader reader = SegmentReader.open(storage, file, segment.header(), window)) {
            SegmentScan scan = new SegmentScan(reader, handler);
            scan.readClosed(segment.last());
            return scan.result(0);
        }
    }

    /** The segment that was written last: behind what is known durable, a torn tail is no damage. */
    static Result ofNewest(
            Storage storage,
            String file,
            SegmentHeader header,
            long checkpointed,
            UUID boot,
            RecordHandler handler,
            ReadWindow window)
            throws IOException {
        TailSurvey survey;
        try (SegmentReader reader = SegmentReader.open(storage, file, header, window)) {
            survey = TailSurvey.of(reader, checkpointed, SegmentReader.IGNORE);
        }
        try (SegmentReader reader = SegmentReader.open(storage, file, header, window)) {
            SegmentScan scan = new SegmentScan(reader, handler);
            scan.readNewest(survey.durable(), header.writtenInBoot(boot));
            return scan.result(Math.max(0, survey.tornEnd() - reader.offset()));
        }
    }

    private Result result(long tornBytes) {
        return new Result(
                List.copyOf(holes),
                reader.records(),
                holes.isEmpty()
                        ? reader.last()
                        : Math.max(reader.last(), lastHole().lastLost()),
                reader.isSealed(),
                tornBytes);
    }

    private Hole lastHole() {
        return holes.get(holes.size() - 1);
    }

    private void readClosed(long through) throws IOException {
        boolean compacted = reader.header().isCompacted();
        while (true) {
            readOn(through);
            boolean whole = compacted ? reader.isSealed() : reader.last() >= through;
            if (whole || !passHole(through)) {
                return;
            }
        }
    }

    private void readNewest(long durable, boolean writtenInBoot) throws IOException {
        while (true) {
            readOn(Long.MAX_VALUE);
            if (reader.isSealed()) {
                return;
            }
            boolean damaged = reader.last() < durable || writtenInBoot && reader.nextFrame() >= 0;
            if (!damaged || !passHole(durable)) {
                return;
            }
        }
    }

    private void readOn(long through) throws IOException {
        long before = reader.offset();
        while (reader.replayFrame(through, handler)) {
            sealOffset = before;
            before = reader.offset();
        }
    }

    /** @return whether anything follows */
    private boolean passHole(long through) throws IOException {
        long next = reader.isSealed() ? -1 : reader.nextFrame();
        boolean bytesLeft = reader.word(reader.offset()) != 0;
        long expected = reader.expected();
        if (next < 0) {
            long offset = reader.isSealed() ? sealOffset : reader.offset();
            String what = bytesLeft ? "records are damaged" : "records, or segments, are missing";
            holes.add(new Hole(offset, Hole.OPEN, expected, through, what));
            return false;
        }
        long offset = reader.offset();
        reader.resumeAtFrame();
        holes.add(new Hole(offset, next, expected, reader.last(), "records are damaged"));
        return true;
    }
}
