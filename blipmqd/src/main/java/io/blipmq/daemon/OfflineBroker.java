package io.blipmq.daemon;

import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerClock;
import io.blipmq.broker.SubscriptionInfo;
import io.blipmq.broker.journal.LocalJournal;
import io.blipmq.config.Settings;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.OfflineLog;
import io.blipmq.wal.engine.WalEngine;
import io.blipmq.wal.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * The broker of a daemon that does not run, with its log and without any thread or socket. Owned by the main thread.
 *
 * <p>It opens the log as a start does, and ends it cleanly.
 */
final class OfflineBroker implements AutoCloseable {
    private static final int TURNS_MAX = 1000;

    private Wal wal;
    private final Broker broker;

    private OfflineBroker(Settings settings, Path directory) throws IOException {
        OfflineLog.toRead(directory).close();
        MemoryBudgets memory = memory(settings);
        WalOptions options =
                Mapping.walOptions(settings, memory).withSalvage(false).withLockWaitNanos(0);
        broker = Broker.open(Mapping.brokerOptions(settings, memory), BrokerClock.SYSTEM, replay -> {
            wal = WalEngine.open(
                    FileStorage.open(directory),
                    options,
                    LocalJournal.restoreTo(replay),
                    LocalJournal.replayTo(replay));
            return LocalJournal.over(wal);
        });
        turn();
    }

    private static MemoryBudgets memory(Settings settings) throws IOException {
        try {
            return MemoryBudgets.ofProcess(settings.limits().maxConnections());
        } catch (StartException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** @throws IOException when there is no log, a daemon holds it, or it is damaged */
    static OfflineBroker open(Settings settings, Path directory) throws IOException {
        return new OfflineBroker(settings, directory);
    }

    private void turn() {
        long now = System.nanoTime();
        broker.doWork(now);
        broker.endTurn();
        wal.agent().doWork(now);
        wal.background().doWork(now);
    }

    /** By id. */
    List<SubscriptionInfo> subscriptions() {
        return broker.subscriptions(Integer.MAX_VALUE).stream()
                .sorted(Comparator.comparingLong(SubscriptionInfo::id))
                .toList();
    }

    /**
     * Ends a subscription; it is stored when this returns.
     *
     * @return false when the log has no room for it
     */
    boolean drop(long id) {
        boolean asked = false;
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            asked = asked || broker.drop(id);
            turn();
            if (asked && subscriptions().stream().noneMatch(subscription -> subscription.id() == id)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        while (broker.isCheckpointing()) {
            turn();
        }
        broker.seal();
        while (!wal.agent().isSealed()) {
            wal.agent().doWork(System.nanoTime());
        }
        wal.close();
    }
}
