package io.blipmq.daemon;

import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerClock;
import io.blipmq.broker.journal.LocalJournal;
import io.blipmq.config.Settings;
import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLockedException;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.WalPathException;
import io.blipmq.wal.engine.WalEngine;
import io.blipmq.wal.storage.FileStorage;
import java.io.IOException;
import java.nio.file.FileSystemException;

/**
 * The log of a daemon that starts: claimed first, then recovered and replayed. Owned by the main thread.
 *
 * <p>A daemon that ends lets go of its ports before its log. So who has claimed the log finds them free.
 */
final class LogStart implements AutoCloseable {
    private final Settings settings;
    private final WalOptions options;
    private FileStorage storage;
    private Wal wal;

    /** Something that the log's storage may fail at. */
    private interface LogCall<T> {
        T run() throws IOException;
    }

    private LogStart(Settings settings, WalOptions options) {
        this.settings = settings;
        this.options = options;
    }

    /** Makes the log's directory ready and locks it. What is in it stays as it is. */
    static LogStart claim(Settings settings, WalOptions options) throws IOException, StartException {
        LogStart start = new LogStart(settings, options);
        try {
            start.onStorage(start::lock);
            return start;
        } catch (IOException | StartException e) {
            start.close();
            throw e;
        }
    }

    /** Recovers and replays the log. */
    Broker open(MemoryBudgets memory, StartProgress progress) throws IOException, StartException {
        return onStorage(() -> Broker.open(Mapping.brokerOptions(settings, memory), BrokerClock.SYSTEM, replay -> {
            wal = WalEngine.open(
                    storage, options, LocalJournal.restoreTo(replay), progress.counting(LocalJournal.replayTo(replay)));
            return LocalJournal.over(wal);
        }));
    }

    /** Null unless it has been opened. */
    Wal wal() {
        return wal;
    }

    /** Lets go of a log that has not been opened. */
    @Override
    public void close() throws IOException {
        if (wal == null && storage != null) {
            storage.close();
        }
    }

    private Void lock() throws IOException {
        storage = FileStorage.open(settings.log().path());
        WalEngine.claim(storage, options);
        return null;
    }

    /** Whatever the log has no words of its own for is the disk's failure, and says so. */
    private <T> T onStorage(LogCall<T> call) throws IOException, StartException {
        try {
            return call.run();
        } catch (WalCorruptionException | WalLockedException | WalPathException | DiskFullException e) {
            throw e;
        } catch (IOException | StorageFailedException e) {
            throw new StartException(
                    "the log's storage failed, so " + settings.log().path() + " cannot be opened: " + reason(e)
                            + ". Nothing was confirmed; check the disk and the rights, then start again",
                    e,
                    ExitStatus.STORAGE_FAILED);
        }
    }

    /** A message without an exception's name in it, unless the message says nothing without it. */
    private static String reason(Exception failure) {
        boolean nameTells = failure instanceof FileSystemException named && named.getReason() == null;
        return nameTells || failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
