package io.blipmq.wal.background;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import io.blipmq.wal.storage.Zeros;
import java.io.IOException;

/**
 * A file of zeros whose only purpose is to be deleted when the disk is full: its room goes to the checkpoint that lets
 * segments be deleted. Owned by the background thread.
 */
public final class Ballast {
    private final Storage storage;
    private final Zeros zeros;
    private final long indexBytes;
    private long wanted;
    private long held;

    /** @param indexBytes room for the index of a segment, beside the checkpoint */
    public Ballast(Storage storage, long indexBytes, long held, WalLimits limits) {
        this.storage = storage;
        this.zeros = new Zeros(limits);
        this.indexBytes = indexBytes;
        this.wanted = indexBytes;
        this.held = held;
    }

    /** The last checkpoint was so long; the next one is about as long. */
    public void want(long checkpointBytes) {
        wanted = indexBytes + checkpointBytes;
    }

    /** Whether there is less of it than there should be, or much more. */
    boolean isOff() {
        return held < wanted || held > 4 * wanted;
    }

    /** Lets go of the room. @return false when there was none */
    boolean release() throws IOException {
        if (held == 0) {
            return false;
        }
        storage.delete(SegmentNames.BALLAST);
        held = 0;
        return true;
    }

    /** Claims the room. @return false when the disk has none */
    boolean claim() throws IOException {
        String temporary = SegmentNames.temporary(SegmentNames.BALLAST);
        storage.delete(temporary);
        release();
        try (StorageFile file = storage.create(temporary)) {
            zeros.fill(file, 0, wanted);
            file.force();
        } catch (DiskFullException e) {
            storage.delete(temporary);
            return false;
        }
        storage.rename(temporary, SegmentNames.BALLAST);
        held = wanted;
        return true;
    }
}
