package io.blipmq.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/**
 * A storage that makes the log behave as if it had a bug, so that it can be shown that the random runs notice. Owned by the
 * test's one thread.
 */
final class BuggyStorage implements Storage {
    private final Storage disk;
    private final PlantedBug bug;
    /** A rename of the checkpoint that is held back while files are deleted. */
    private boolean renameHeld;

    /** What is wrong. */
    enum PlantedBug {
        CHECKPOINT_NOT_FORCED,
        COMPACTED_SEGMENT_NOT_FORCED,
        LOG_NOT_FORCED_BEFORE_THE_CHECKPOINT,
        SEGMENT_DELETED_BEFORE_THE_CHECKPOINT_IS_RENAMED,
        LISTED_SEGMENT_LEFT_OUT;

        boolean skipsForceOf(String name) {
            return switch (this) {
                case CHECKPOINT_NOT_FORCED -> name.startsWith("checkpoint");
                case COMPACTED_SEGMENT_NOT_FORCED -> name.endsWith(".compacted.tmp");
                case LOG_NOT_FORCED_BEFORE_THE_CHECKPOINT -> name.endsWith(".segment") || name.endsWith(".prepared");
                default -> false;
            };
        }
    }

    BuggyStorage(Storage disk, PlantedBug bug) {
        this.disk = disk;
        this.bug = bug;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        letGo();
        boolean checkpoint = to.equals(SegmentNames.CHECKPOINT);
        if (checkpoint && bug == PlantedBug.SEGMENT_DELETED_BEFORE_THE_CHECKPOINT_IS_RENAMED) {
            renameHeld = true;
            return;
        }
        if (checkpoint && bug == PlantedBug.LISTED_SEGMENT_LEFT_OUT) {
            leaveOneOut(from);
        }
        disk.rename(from, to);
    }

    private void leaveOneOut(String name) throws IOException {
        try (StorageFile file = disk.open(name)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            Checkpoint whole = CheckpointLayout.decode(bytes.flip());
            if (whole.segments().isEmpty()) {
                return;
            }
            Checkpoint less = new Checkpoint(
                    whole.journalId(),
                    whole.sequence(),
                    whole.replayEpoch(),
                    whole.replayFirst(),
                    whole.replayAfter(),
                    whole.nextCompacted(),
                    whole.segments().subList(1, whole.segments().size()),
                    whole.content());
            ByteBuffer head = CheckpointLayout.encodeHead(less);
            int headBytes = head.remaining();
            file.truncate(0);
            file.write(head, 0);
            file.write(less.content().duplicate(), headBytes);
            file.force();
        }
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
        if (renameHeld) {
            disk.syncDirectory();
        }
    }

    /** So that nothing but the order is wrong. */
    private void letGo() throws IOException {
        if (!renameHeld) {
            return;
        }
        renameHeld = false;
        disk.rename(CheckpointFile.TEMPORARY, SegmentNames.CHECKPOINT);
        disk.syncDirectory();
    }

    @Override
    public StorageFile create(String name) throws IOException {
        letGo();
        return wrap(name, disk.create(name));
    }

    @Override
    public StorageFile open(String name) throws IOException {
        letGo();
        return wrap(name, disk.open(name));
    }

    private StorageFile wrap(String name, StorageFile file) {
        return bug.skipsForceOf(name) ? new Unforced(file) : file;
    }

    @Override
    public List<String> list() throws IOException {
        letGo();
        return disk.list();
    }

    @Override
    public void syncDirectory() throws IOException {
        disk.syncDirectory();
    }

    @Override
    public OptionalLong tryLock() throws IOException {
        renameHeld = false;
        return disk.tryLock();
    }

    @Override
    public String bootId() {
        return disk.bootId();
    }

    @Override
    public String describe() {
        return disk.describe();
    }

    @Override
    public void close() throws IOException {
        letGo();
        disk.close();
    }

    /** A file whose forces do nothing. */
    private record Unforced(StorageFile file) implements StorageFile {
        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void force() {
            // that is the bug
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
