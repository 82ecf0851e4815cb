package io.blipmq.wal.recovery;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.segment.FrameChecksum;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentCapacity;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.segment.SegmentReader;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import io.blipmq.wal.storage.Zeros;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes the first segment of an epoch, with the survivors of the one before. Owned by the thread that opens the log.
 *
 * <p>Why survivors are rewritten instead of forced where they are: after a failed force or a crash nobody knows which of
 * their bytes are on disk and which only in the system's memory. The segment is made under a temporary name, forced,
 * renamed, and the directory forced; only then does the epoch exist. A start that dies before leaves what it found.
 */
public final class EpochStart {
    /** With less, only the seal has room, and the rest waits for the first prepared segment. */
    private static final int ROOM_MIN = SegmentLayout.FIRST_FRAME + FrameLayout.HEADER_BYTES;

    private final Storage storage;
    private final WalOptions options;
    private final Zeros zeros;
    private ByteBuffer output;

    /** Everything of the header but the capacity, which depends on the file. */
    private final SegmentHeader wanted;

    /** A segment ready to be appended to. */
    public record Started(SegmentHeader header, StorageFile file, int usedBytes) {}

    EpochStart(Storage storage, WalOptions options, SegmentHeader wanted) {
        this.storage = storage;
        this.options = options;
        this.zeros = new Zeros(options.limits());
        this.output = ByteBuffer.allocateDirect(options.limits().blockBytes());
        this.wanted = wanted;
    }

    /**
     * @param survivors positioned behind the last record that is not rewritten; null when there is nothing to rewrite
     * @param validEnd where they end
     * @param prepared left-over prepared files; one that is used is removed from the list
     */
    Started create(SegmentReader survivors, long validEnd, List<String> prepared) throws IOException {
        long bytes = survivors == null ? 0 : validEnd - survivors.offset();
        String temporary = SegmentNames.temporary(wanted.name());
        StorageFile file = reuse(prepared, bytes, temporary);
        if (file == null) {
            file = claim(temporary, bytes);
        }
        SegmentHeader header = wanted.following(wanted.ordinal(), wanted.first(), file.size());
        file.write(SegmentLayout.encode(header), 0);
        int used = survivors == null ? SegmentLayout.FIRST_FRAME : copy(survivors, validEnd, header, file);
        file.force();
        storage.rename(temporary, header.name());
        storage.syncDirectory();
        return new Started(header, file, used);
    }

    /**
     * Takes a left-over prepared file, whose room is claimed and whose bytes are zeros. It gets its temporary name for
     * good before anything is written, so that a start that dies leaves no prepared file with something in it.
     */
    private StorageFile reuse(List<String> prepared, long survivorBytes, String temporary) throws IOException {
        if (prepared.isEmpty() || SegmentCapacity.usableBytes(options.segmentBytes()) < survivorBytes) {
            return null;
        }
        storage.rename(prepared.remove(0), temporary);
        storage.syncDirectory();
        return storage.open(temporary);
    }

    /**
     * Claims room for the survivors and for what comes; less and less of the latter when the disk is nearly full, and the
     * ballast's when there is no other.
     */
    private StorageFile claim(String temporary, long survivorBytes) throws IOException {
        boolean ballastGiven = false;
        for (long room = options.startSegmentBytes(); ; room = room / 2 & -FrameLayout.ALIGNMENT) {
            StorageFile file = storage.create(temporary);
            try {
                zeros.fill(file, 0, survivorBytes + Math.max(room, ROOM_MIN));
                return file;
            } catch (DiskFullException e) {
                file.close();
                storage.delete(temporary);
                if (room < ROOM_MIN && !ballastGiven && storage.list().contains(SegmentNames.BALLAST)) {
                    storage.delete(SegmentNames.BALLAST);
                    ballastGiven = true;
                    room = 2L * options.startSegmentBytes();
                } else if (room < ROOM_MIN) {
                    throw new DiskFullException(noRoom(survivorBytes + ROOM_MIN), e);
                }
            }
        }
    }

    /** What is in the log stays as it is until the segment exists, so nothing of it can be given up for that. */
    private String noRoom(long bytesMin) {
        boolean first = wanted.epoch().number() == 1;
        return "the disk has no room for the log's " + (first ? "first" : "next") + " segment in " + storage.describe()
                + ", which takes " + bytesMin + " bytes at least: make room and start again";
    }

    private int copy(SegmentReader survivors, long validEnd, SegmentHeader header, StorageFile file)
            throws IOException {
        FrameChecksum checksum = new FrameChecksum(header);
        long written = SegmentLayout.FIRST_FRAME;
        output.clear();
        for (long at = survivors.offset(); at < validEnd; at += survivors.length()) {
            if (!survivors.isFrame(at)) {
                throw survivors.damage(
                        WalCorruptionException.UNKNOWN,
                        WalCorruptionException.UNKNOWN,
                        "a frame that was valid a moment ago is not any more");
            }
            if (survivors.count() > 0) {
                written += makeRoom(survivors.length(), written, file);
                add(survivors.frameBytes(), checksum, written, header);
            }
        }
        return (int) (written + flush(written, file));
    }

    /** @return how many bytes were flushed to make room */
    private int makeRoom(int frameBytes, long written, StorageFile file) throws IOException {
        int flushed = 0;
        if (output.remaining() < frameBytes) {
            flushed = flush(written, file);
        }
        if (output.capacity() < frameBytes) {
            output = ByteBuffer.allocateDirect(frameBytes);
        }
        return flushed;
    }

    private void add(ByteBuffer frame, FrameChecksum checksum, long written, SegmentHeader header) {
        int start = output.position();
        int length = frame.remaining();
        output.put(frame);
        output.putInt(start + FrameLayout.EPOCH_OFFSET, header.epoch().number());
        checksum.complete(output, start, written + start, header.epoch().survived());
        output.clear().position(start + length);
    }

    private int flush(long written, StorageFile file) throws IOException {
        int bytes = output.position();
        file.write(output.flip(), written);
        output.clear();
        return bytes;
    }
}
