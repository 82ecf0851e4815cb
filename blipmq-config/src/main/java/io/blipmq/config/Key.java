package io.blipmq.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Immutable. Every setting: its type, its default and its sentence in {@code docs/configuration.md}. Names, environment
 * variables, loading and the search for the nearest known key all come from this table.
 *
 * <p>A new setting needs its line here, its field in {@link Settings}, its row in the documentation (the test prints
 * the row that is missing) and its case in the test of all mappings.
 */
public enum Key {
    BIND_ADDR(ValueTypes.HOST, "127.0.0.1", "Address that clients connect to. `0.0.0.0` is every IPv4 address."),
    PORT(ValueTypes.wholeNumber(0, 65_535), 5555L, "Port that clients connect to. 0 takes any free port."),
    METRICS_ADDR(ValueTypes.HOST, "127.0.0.1", "Address of the HTTP server with `/metrics`, health and debug pages."),
    METRICS_PORT(ValueTypes.wholeNumber(0, 65_535), 9100L, "Port of the HTTP server. 0 takes any free port."),
    WAL_PATH(
            ValueTypes.PATH,
            "blipmq.wal",
            "Directory of the log; made with its parents when missing. A relative path starts at the directory the "
                    + "daemon is started in."),
    FSYNC_POLICY(
            ValueTypes.FSYNC_POLICY,
            new FsyncPolicy.Always(),
            "When a QoS 1 message counts as stored, and what a power loss may cost; see below."),
    MAX_RETRIES(
            ValueTypes.wholeNumber(0, 1000),
            3L,
            "Deliveries of a message in all, before it becomes a dead letter. 0 is without limit."),
    RETRY_BACKOFF_MS(
            ValueTypes.wholeNumber(1, 30_000),
            100L,
            "For version 1: the time until redelivery, unless `ack_timeout_ms` gives another one. Clients of version 2 choose theirs when they attach."),
    ACK_TIMEOUT_MS(
            ValueTypes.wholeNumber(1, 3_600_000),
            null,
            "Time to acknowledge a delivery. For version 1 it doubles with each further delivery, up to 30 s. For version 2 it does not double; clients may choose another when they attach, and without the key it is 30 s."),
    MESSAGE_TTL_MS(
            ValueTypes.wholeNumber(0, Limit.TEN_YEARS_MILLIS),
            0L,
            "Time after which a message that was not acknowledged is dropped and counted. 0 is never."),
    SUBSCRIPTION_EXPIRY_MS(
            ValueTypes.wholeNumber(1, Limit.TEN_YEARS_MILLIS),
            86_400_000L,
            "Time after which a durable subscription without a connection is removed, with its backlog."),
    DETACHED_BACKLOG_BYTES(
            ValueTypes.wholeNumber(1, Limit.PEBIBYTE),
            1_073_741_824L,
            "Backlog at which a durable subscription without a connection is removed; a warning comes at half."),
    DEAD_LETTER_RETENTION_MS(
            ValueTypes.wholeNumber(1, Limit.TEN_YEARS_MILLIS), 604_800_000L, "Time that dead letters are kept."),
    DEDUPLICATION_WINDOW_MS(
            ValueTypes.wholeNumber(1, 86_400_000),
            120_000L,
            "Time within which a second QoS 1 message with the same publish id is confirmed and not stored again."),
    DEDUPLICATION_ENTRIES_MAX(
            ValueTypes.wholeNumber(1, 16_777_216),
            100_000L,
            "Publish ids that are remembered, of all keys and topics together; beyond it, or beyond the memory for them, the oldest is forgotten."),
    QOS0_QUEUE_MESSAGES(
            ValueTypes.wholeNumber(1, 16_777_216),
            65_536L,
            "QoS 0 messages that wait for one subscription; beyond it the oldest is dropped and counted."),
    MAX_IN_FLIGHT(
            ValueTypes.wholeNumber(1, 1_048_576),
            16_384L,
            "Unacknowledged deliveries of one subscription; at the limit it gets no new ones."),
    MAX_CONNECTIONS(ValueTypes.wholeNumber(1, 1_048_576), 16_384L, "Client connections at a time."),
    MAX_SUBSCRIPTIONS_PER_CONNECTION(
            ValueTypes.wholeNumber(1, 1_048_576),
            10_000L,
            "Subscriptions that one connection may have at a time; another one is refused."),
    SHUTDOWN_DRAIN_MS(
            ValueTypes.wholeNumber(0, 600_000),
            2_000L,
            "How long a shutdown waits for deliveries in flight to be acknowledged."),
    WAL_SEGMENT_BYTES(
            ValueTypes.wholeNumber(33_554_432, 1_073_741_824, 4096),
            67_108_864L,
            "Size of one file of the log. The largest frame has to fit, hence the lower limit."),
    WAL_RECOVERY(
            ValueTypes.WAL_RECOVERY,
            WalRecovery.STRICT,
            "What a start does about a damaged log: refuse it, or go on with what is whole; see below."),
    ALLOWED_API_KEYS(
            new ApiKeyList(),
            List.of(),
            "Keys that clients may present. Without any, nobody can connect. The variable takes them with commas "
                    + "between them; blanks around a key are dropped."),
    ALLOWED_API_KEYS_FILE(
            ValueTypes.PATH_OR_NONE,
            "",
            "File with more keys, one a line; blank lines and lines that begin with `#` are skipped. The keys of "
                    + "both settings are allowed."),
    ENABLE_TOKIO_CONSOLE(ValueTypes.FLAG, false, "Serves the runtime console as `GET /debug/runtime`.");

    private static final class Limit {
        static final long TEN_YEARS_MILLIS = 315_360_000_000L;
        static final long PEBIBYTE = 1L << 50;
    }

    static final String ENVIRONMENT_PREFIX = "BLIPMQ_";

    private final ValueType<?> type;
    private final Object defaultValue;
    private final String description;

    Key(ValueType<?> type, Object defaultValue, String description) {
        this.type = type;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    static Optional<Key> named(String name) {
        return Arrays.stream(values()).filter(key -> key.keyName().equals(name)).findFirst();
    }

    /** The key in a file. */
    public String keyName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String environmentVariable() {
        return ENVIRONMENT_PREFIX + name();
    }

    /** What the setting does, in one or a few sentences. */
    public String description() {
        return description;
    }

    public String accepted() {
        return type.accepted();
    }

    /** The default as a file would write it, or the key whose value it is. */
    public String defaultText() {
        return this == ACK_TIMEOUT_MS ? RETRY_BACKOFF_MS.keyName() : render(defaultValue);
    }

    ValueType<?> type() {
        return type;
    }

    Object defaultValue() {
        return defaultValue;
    }

    @SuppressWarnings("unchecked")
    String render(Object value) {
        return ((ValueType<Object>) type).render(value);
    }
}
