package io.blipmq.wal.recovery;

import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.Epoch;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.ReadWindow;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentReader;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands out the records that a start finds behind the checkpoint, and sees that none is missing (cases 7 to 10, 23 and 25 of
 * {@link Recovery}). Owned by the thread that opens the log; used once.
 */
final class Replay {
    private final Storage storage;
    private final SegmentChain chain;
    private final Checkpoint checkpoint;
    private final RecordHandler handler;
    private final ReadWindow window;
    private final List<ClosedSegment> closed;
    private long records;
    private long bytes;
    /** Whether the segment replayed last goes on with bytes that are no frame. */
    private boolean moreBehind;

    /** @param checkpoint or null */
    Replay(Storage storage, SegmentChain chain, Checkpoint checkpoint, RecordHandler handler, ReadWindow window) {
        this.storage = storage;
        this.chain = chain;
        this.checkpoint = checkpoint;
        this.handler = handler;
        this.window = window;
        this.closed = new ArrayList<>(chain.listed());
    }

    /**
     * Replays what is not going to be rewritten.
     *
     * @param durable the highest number that is known to be on disk
     * @return the newest segment's reader, behind the frame that holds that number
     */
    SegmentReader older(long durable) throws IOException {
        SegmentReader previous = null;
        for (SegmentHeader segment : chain.segments()) {
            boolean newest = segment == chain.newest();
            if (!newest && chain.isSuperseded(segment, durable)) {
                continue;
            }
            requireNoneMissing(previous, segment);
            SegmentReader reader = SegmentReader.open(storage, segment, window);
            boolean read = false;
            try {
                if (newest) {
                    reader.replayDurable(durable, this::onRecord);
                } else {
                    reader.replay(chain.limitOf(segment, durable), this::onRecord);
                }
                moreBehind = reader.word(reader.offset()) != 0;
                read = true;
            } finally {
                if (!read || !newest) {
                    reader.close();
                }
            }
            if (!chain.isSuperseded(segment, durable)) {
                closed.add(new ClosedSegment(segment, reader.last()));
            }
            previous = reader;
        }
        return previous;
    }

    private void onRecord(long sequence, int type, ByteBuffer buffer, int offset, int length, long position) {
        if (checkpoint == null || sequence > checkpoint.sequence()) {
            records++;
            bytes += FrameLayout.recordBytes(length);
            handler.onRecord(sequence, type, buffer, offset, length, position);
        }
    }

    private void requireNoneMissing(SegmentReader previous, SegmentHeader segment) throws WalCorruptionException {
        if (previous == null && checkpoint != null) {
            requireFollowsCheckpoint(segment);
            return;
        }
        Epoch epoch = segment.epoch();
        boolean sameEpoch = previous != null && previous.header().epoch().equals(epoch);
        long last = previous == null ? 0 : previous.last();
        long expected = previous == null ? 1 : previous.expected();
        boolean follows =
                sameEpoch ? segment.first() == expected : last == epoch.cut() && segment.first() == epoch.begin();
        if (follows) {
            return;
        }
        long lastMissing = sameEpoch ? segment.first() - 1 : epoch.cut();
        if (previous == null) {
            throw new WalCorruptionException(
                    segment.name(), 0, expected, lastMissing, "segments before this one are missing");
        }
        throw previous.damage(
                expected,
                lastMissing,
                moreBehind
                        ? "records that were on disk are damaged"
                        : "records that were on disk, or segments, are missing");
    }

    /** The segment at which replay begins, or, when nothing in that one counted, what the next epoch made of it. */
    private void requireFollowsCheckpoint(SegmentHeader segment) throws WalCorruptionException {
        Epoch epoch = segment.epoch();
        boolean named = epoch.number() == checkpoint.replayEpoch() && segment.first() == checkpoint.replayFirst();
        boolean follows = epoch.cut() == checkpoint.replayAfter() && segment.first() == epoch.begin();
        if (!named && !follows) {
            throw new WalCorruptionException(
                    segment.name(),
                    0,
                    checkpoint.replayFirst(),
                    segment.first() - 1,
                    "segments between the checkpoint and this one are missing");
        }
    }

    /** Replays the survivors from where they have been rewritten to. @return how many they are */
    long rewritten(SegmentHeader header) throws IOException {
        try (SegmentReader reader = SegmentReader.open(storage, header, window)) {
            reader.replay(header.epoch().survived(), this::onRecord);
            if (reader.last() < header.epoch().survived()) {
                throw reader.damage(reader.expected(), header.epoch().survived(), "records cannot be read back");
            }
            return reader.records();
        }
    }

    /** The segments that count now, in the order of the log, but for the one of the survivors. */
    List<ClosedSegment> closed() {
        return closed;
    }

    long records() {
        return records;
    }

    /** What the records take in the log. */
    long bytes() {
        return bytes;
    }
}
