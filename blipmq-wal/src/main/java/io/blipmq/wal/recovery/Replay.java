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
        SegmentReader reader = null;
        boolean read = false;
        try {
            for (SegmentHeader segment : chain.segments()) {
                boolean newest = segment == chain.newest();
                if (!newest && chain.isSuperseded(segment, durable)) {
                    continue;
                }
                requireNoneMissing(reader, segment);
                if (reader != null) {
                    reader.close();
                }
                reader = SegmentReader.open(storage, segment, window);
                if (newest) {
                    reader.replayDurable(durable, this::onRecord);
                } else {
                    reader.replay(chain.limitOf(segment, durable), this::onRecord);
                }
                if (!chain.isSuperseded(segment, durable)) {
                    closed.add(new ClosedSegment(segment, reader.last()));
                }
            }
            read = true;
            return reader;
        } finally {
            if (!read && reader != null) {
                reader.close();
            }
        }
    }

    private void onRecord(long sequence, int type, ByteBuffer buffer, int offset, int length, long position) {
        if (checkpoint == null || sequence > checkpoint.sequence()) {
            records++;
            bytes += FrameLayout.recordBytes(length);
            handler.onRecord(sequence, type, buffer, offset, length, position);
        }
    }

    private void requireNoneMissing(SegmentReader previous, SegmentHeader segment) throws IOException {
        if (previous == null) {
            requireBeginning(segment);
            return;
        }
        Epoch epoch = segment.epoch();
        boolean sameEpoch = previous.header().epoch().equals(epoch);
        long through = sameEpoch ? epoch.previous(segment.first()) : epoch.cut();
        if (previous.last() != through) {
            boolean moreBehind = previous.word(previous.offset()) != 0;
            throw previous.damage(
                    through,
                    moreBehind
                            ? "records that were on disk are damaged"
                            : "records that were on disk, or segments, are missing");
        }
        if (!sameEpoch) {
            requireBegin(segment);
        }
    }

    /**
     * The segment at which replay begins: the one that the checkpoint names, or the first of all. When nothing in that one
     * counted, the next epoch has begun in its place.
     */
    private void requireBeginning(SegmentHeader segment) throws WalCorruptionException {
        int replayEpoch = checkpoint == null ? 1 : checkpoint.replayEpoch();
        long replayFirst = checkpoint == null ? 1 : checkpoint.replayFirst();
        long replayAfter = checkpoint == null ? 0 : checkpoint.replayAfter();
        Epoch epoch = segment.epoch();
        if (epoch.number() == replayEpoch) {
            requireFirst(segment, replayFirst, epoch.previous(segment.first()), segment.first() == replayFirst);
        } else {
            requireFirst(segment, replayFirst, epoch.cut(), epoch.cut() == replayAfter);
            requireBegin(segment);
        }
    }

    private static void requireBegin(SegmentHeader segment) throws WalCorruptionException {
        Epoch epoch = segment.epoch();
        requireFirst(segment, epoch.begin(), epoch.previous(segment.first()), segment.first() == epoch.begin());
    }

    private static void requireFirst(SegmentHeader segment, long firstMissing, long lastMissing, boolean follows)
            throws WalCorruptionException {
        if (!follows) {
            throw new WalCorruptionException(
                    segment.name(), 0, firstMissing, lastMissing, "segments before this one are missing");
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
