package io.blipmq.wal.segment;

import io.blipmq.wal.LogContent;
import io.blipmq.wal.NewerContentException;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A checkpoint on its way to the disk, in small steps, so that the log's own forces do not wait behind it: written under a
 * temporary name, forced, read back and compared, renamed over the previous one. Owned by the thread that made it.
 */
public final class CheckpointFile implements Closeable {
    static final String TEMPORARY = SegmentNames.temporary(SegmentNames.CHECKPOINT);

    private final Storage storage;
    private final ByteBuffer head;
    private final ByteBuffer content;
    private final long bytes;
    private final StorageFile file;
    private final WalLimits limits;
    private long forced;
    private long written;
    private long verified;
    private ByteBuffer readBack;

    private CheckpointFile(Storage storage, Checkpoint checkpoint, WalLimits limits) throws IOException {
        this.storage = storage;
        this.limits = limits;
        this.head = CheckpointLayout.encodeHead(checkpoint);
        this.content = checkpoint.content().slice();
        this.bytes = (long) head.limit() + content.limit();
        storage.delete(TEMPORARY);
        this.file = storage.create(TEMPORARY);
    }

    public static CheckpointFile begin(Storage storage, Checkpoint checkpoint, WalLimits limits) throws IOException {
        return new CheckpointFile(storage, checkpoint, limits);
    }

    /**
     * The checkpoint that a start finds.
     *
     * @throws WalCorruptionException when it is damaged, or a newer release wrote it or the state in it
     */
    public static Checkpoint load(Storage storage, LogContent known) throws IOException {
        try (StorageFile file = storage.open(SegmentNames.CHECKPOINT)) {
            if (file.size() > Integer.MAX_VALUE - 8) {
                throw damaged(0, "the checkpoint is longer than any that is written");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            Checkpoint checkpoint = CheckpointLayout.decode(bytes.flip());
            requireKnown(checkpoint.content(), bytes.limit(), known);
            return checkpoint;
        }
    }

    private static void requireKnown(ByteBuffer state, int fileBytes, LogContent known) throws WalCorruptionException {
        try {
            known.requireKnown(state);
        } catch (NewerContentException e) {
            throw WalCorruptionException.newerContent(SegmentNames.CHECKPOINT, fileBytes - state.remaining(), e);
        }
    }

    /**
     * Writes, forces or compares a piece.
     *
     * @return whether everything is on disk under the temporary name
     */
    public boolean step() throws IOException {
        if (written < bytes) {
            written += write(written);
            if (written - forced >= limits.forceBytes() || written == bytes) {
                file.force();
                forced = written;
            }
            return false;
        }
        verified += verify(verified);
        return verified == bytes;
    }

    private int write(long at) throws IOException {
        ByteBuffer piece = piece(at);
        int length = piece.remaining();
        file.write(piece, at);
        return length;
    }

    private int verify(long at) throws IOException {
        ByteBuffer piece = piece(at);
        int length = piece.remaining();
        if (readBack == null) {
            readBack = ByteBuffer.allocate(limits.stepBytes());
        }
        readBack.clear().limit(length);
        file.read(readBack, at);
        if (!readBack.flip().equals(piece)) {
            throw new IOException(TEMPORARY + " reads back other bytes than were written, offset " + at);
        }
        return length;
    }

    private ByteBuffer piece(long at) {
        if (at < head.limit()) {
            return head.duplicate().position((int) at).limit((int) Math.min(head.limit(), at + limits.stepBytes()));
        }
        int from = (int) (at - head.limit());
        int to = (int) Math.min(content.limit(), (long) from + limits.stepBytes());
        return content.duplicate().limit(to).position(from);
    }

    /** Makes it the log's checkpoint. */
    public void publish() throws IOException {
        storage.rename(TEMPORARY, SegmentNames.CHECKPOINT);
        storage.syncDirectory();
        file.close();
    }

    /** Gives it up. */
    public void discard() throws IOException {
        file.close();
        storage.delete(TEMPORARY);
    }

    public long bytes() {
        return bytes;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static WalCorruptionException damaged(long offset, String what) {
        return new WalCorruptionException(SegmentNames.CHECKPOINT, offset, what);
    }
}
