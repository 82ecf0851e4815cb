package io.blipmq.wal.engine;

import io.blipmq.wal.LogContent;
import io.blipmq.wal.LogReport;
import io.blipmq.wal.RecordVisitor;
import io.blipmq.wal.RepairReport;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.WalLockedException;
import io.blipmq.wal.WalPathException;
import io.blipmq.wal.repair.LogSurvey;
import io.blipmq.wal.repair.Repair;
import io.blipmq.wal.storage.FileStorage;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The log of a daemon that does not run, to be looked at or repaired. Owned by one thread; holds the log's lock. */
public final class OfflineLog implements Closeable {
    private final Storage storage;
    private final WalLimits limits = WalLimits.defaults();

    private OfflineLog(Storage storage) throws IOException {
        this.storage = storage;
        OptionalLong holder = storage.tryLock();
        if (holder.isPresent()) {
            storage.close();
            throw new WalLockedException(storage.describe(), holder.getAsLong());
        }
        if (storage.list().stream().noneMatch(OfflineLog::isOfLog)) {
            storage.close();
            throw new WalPathException("the directory " + storage.describe() + " holds no log");
        }
    }

    private static boolean isOfLog(String name) {
        return SegmentNames.isSegment(name)
                || SegmentNames.isCompacted(name)
                || name.equals(SegmentNames.CHECKPOINT)
                || SegmentNames.isAside(name);
    }

    /**
     * Opens a log that is not going to be changed: not a byte in its directory is.
     *
     * @throws WalLockedException when a daemon holds it
     * @throws WalPathException when there is none
     */
    public static OfflineLog toRead(Path directory) throws IOException {
        return new OfflineLog(FileStorage.openReadOnly(directory));
    }

    /** As {@link #toRead}, to repair it. */
    public static OfflineLog toRepair(Path directory) throws IOException {
        FileStorage.openReadOnly(directory).close();
        return new OfflineLog(FileStorage.open(directory));
    }

    public static OfflineLog of(Storage storage) throws IOException {
        return new OfflineLog(storage);
    }

    /**
     * Reads the whole log.
     *
     * @throws WalCorruptionException when a newer release wrote it, or what is not {@code known} in it
     */
    public LogReport verify(LogContent known) throws IOException {
        return LogSurvey.of(storage, limits, known).report();
    }

    /** Reads the whole log and shows every whole record, also behind damage. */
    public LogReport visit(RecordVisitor visitor) throws IOException {
        return LogSurvey.of(storage, limits, LogContent.ANY, visitor).report();
    }

    /** Repairs what is damaged, giving up the records that {@link #verify} says are lost; refuses what that refuses. */
    public RepairReport repair(LogContent known) throws IOException {
        return Repair.run(storage, limits, known);
    }

    @Override
    public void close() throws IOException {
        storage.close();
    }
}
