package io.blipmq.config;

import io.blipmq.config.Settings.Deduplication;
import io.blipmq.config.Settings.Delivery;
import io.blipmq.config.Settings.Endpoint;
import io.blipmq.config.Settings.Limits;
import io.blipmq.config.Settings.Log;
import io.blipmq.config.Settings.Retention;
import java.nio.file.Path;

/** Puts the values of all keys where {@link Settings} has them. Used by one thread. */
final class SettingsAssembly {
    /** A pushed message waits in its client's hands for those before it, which a polled one does not. */
    private static final long PUSH_ACK_TIMEOUT_MILLIS = 30_000;

    private final GivenValues values;
    private final Path workingDirectory;

    SettingsAssembly(GivenValues values, Path workingDirectory) {
        this.values = values;
        this.workingDirectory = workingDirectory;
    }

    Settings assemble(ApiKeys apiKeys) {
        return new Settings(
                new Endpoint(values.text(Key.BIND_ADDR), values.count(Key.PORT)),
                new Endpoint(values.text(Key.METRICS_ADDR), values.count(Key.METRICS_PORT)),
                log(),
                delivery(),
                retention(),
                new Deduplication(
                        values.number(Key.DEDUPLICATION_WINDOW_MS), values.count(Key.DEDUPLICATION_ENTRIES_MAX)),
                limits(),
                apiKeys,
                values.flag(Key.ENABLE_TOKIO_CONSOLE));
    }

    private Log log() {
        return new Log(
                workingDirectory.resolve(values.text(Key.WAL_PATH)),
                (FsyncPolicy) values.value(Key.FSYNC_POLICY),
                values.count(Key.WAL_SEGMENT_BYTES),
                (WalRecovery) values.value(Key.WAL_RECOVERY));
    }

    private Delivery delivery() {
        return new Delivery(
                values.count(Key.MAX_RETRIES),
                values.number(Key.RETRY_BACKOFF_MS),
                values.number(Key.ACK_TIMEOUT_MS),
                values.isGiven(Key.ACK_TIMEOUT_MS) ? values.number(Key.ACK_TIMEOUT_MS) : PUSH_ACK_TIMEOUT_MILLIS,
                values.number(Key.MESSAGE_TTL_MS),
                values.count(Key.MAX_IN_FLIGHT),
                values.count(Key.QOS0_QUEUE_MESSAGES));
    }

    private Limits limits() {
        return new Limits(
                values.count(Key.MAX_CONNECTIONS),
                values.count(Key.MAX_SUBSCRIPTIONS_PER_CONNECTION),
                values.number(Key.SHUTDOWN_DRAIN_MS));
    }

    private Retention retention() {
        return new Retention(
                values.number(Key.SUBSCRIPTION_EXPIRY_MS),
                values.number(Key.DETACHED_BACKLOG_BYTES),
                values.number(Key.DEAD_LETTER_RETENTION_MS));
    }
}
