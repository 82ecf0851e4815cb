package io.blipmq.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pins every default and every mapping from TOML, YAML and the environment. */
class KeyMappingTest {
    @TempDir
    Path directory;

    /** Key, its default, another value as TOML, YAML and variable, and that value; relative paths unresolved. */
    private static Stream<Arguments> keys() {
        return Stream.of(
                key(
                        "bind_addr",
                        "127.0.0.1",
                        "\"::1\"",
                        "\"::1\"",
                        "::1",
                        "::1",
                        s -> s.broker().host()),
                number("port", 5555, 0, s -> s.broker().port()),
                key(
                        "metrics_addr",
                        "127.0.0.1",
                        "\"0.0.0.0\"",
                        "0.0.0.0",
                        "0.0.0.0",
                        "0.0.0.0",
                        s -> s.metrics().host()),
                number("metrics_port", 9100, 65535, s -> s.metrics().port()),
                key(
                        "wal_path",
                        "blipmq.wal",
                        "\"a/b\"",
                        "a/b",
                        "a/b",
                        "a/b",
                        s -> s.log().path()),
                policy("always", new FsyncPolicy.Always()),
                policy("none", new FsyncPolicy.None()),
                policy("every_n:64", new FsyncPolicy.EveryN(64)),
                policy("every_n:1000000", new FsyncPolicy.EveryN(1_000_000)),
                policy("interval_ms:20", new FsyncPolicy.IntervalMillis(20)),
                policy("interval_ms:60000", new FsyncPolicy.IntervalMillis(60_000)),
                number("max_retries", 3, 0, s -> s.delivery().maxRetries()),
                number("retry_backoff_ms", 100, 30_000, s -> s.delivery().retryBackoffMillis()),
                number("ack_timeout_ms", 100, 3_600_000, s -> s.delivery().ackTimeoutMillis()),
                number("message_ttl_ms", 0, 315_360_000_000L, s -> s.delivery().messageTtlMillis()),
                number(
                        "subscription_expiry_ms",
                        86_400_000,
                        1,
                        s -> s.retention().subscriptionExpiryMillis()),
                number(
                        "detached_backlog_bytes",
                        1L << 30,
                        1L << 50,
                        s -> s.retention().detachedBacklogBytes()),
                number(
                        "dead_letter_retention_ms",
                        604_800_000,
                        1,
                        s -> s.retention().deadLetterMillis()),
                number(
                        "deduplication_window_ms",
                        120_000,
                        1,
                        s -> s.deduplication().windowMillis()),
                number(
                        "deduplication_entries_max",
                        100_000,
                        16_777_216,
                        s -> s.deduplication().entriesMax()),
                number("qos0_queue_messages", 65_536, 1, s -> s.delivery().qos0QueueMessages()),
                number("max_in_flight", 16_384, 1, s -> s.delivery().maxInFlight()),
                number("max_connections", 16_384, 1, s -> s.limits().maxConnections()),
                number(
                        "max_subscriptions_per_connection",
                        10_000,
                        1,
                        s -> s.limits().maxSubscriptionsPerConnection()),
                number("shutdown_drain_ms", 2_000, 0, s -> s.limits().shutdownDrainMillis()),
                number("wal_segment_bytes", 67_108_864, 33_554_432, s -> s.log().segmentBytes()),
                key(
                        "wal_recovery",
                        WalRecovery.STRICT,
                        "\"salvage\"",
                        "salvage",
                        "salvage",
                        WalRecovery.SALVAGE,
                        s -> s.log().recovery()),
                key(
                        "allowed_api_keys",
                        List.of(),
                        "[\"k1\", \"k2\", \"k1\"]",
                        "[k1, k2, k1]",
                        " k1, k2 ,k1",
                        List.of("k1", "k2"),
                        KeyMappingTest::apiKeys),
                key("allowed_api_keys_file", List.of(), "\"keys\"", "keys", "keys", List.of("f"), s -> apiKeys(s)),
                key("enable_tokio_console", false, "true", "true", "YES", true, s -> s.runtimeConsole()));
    }

    private static List<String> apiKeys(Settings settings) {
        return settings.apiKeys().encoded().stream().map(String::new).toList();
    }

    private static Arguments number(String key, long byDefault, long other, Function<Settings, Object> field) {
        String text = Long.toString(other);
        return key(key, byDefault, text, text, text, other, s -> ((Number) field.apply(s)).longValue());
    }

    private static Arguments policy(String text, FsyncPolicy policy) {
        String quoted = '"' + text + '"';
        return key(
                "fsync_policy",
                new FsyncPolicy.Always(),
                quoted,
                text,
                text,
                policy,
                s -> s.log().fsyncPolicy());
    }

    private static Arguments key(
            String key,
            Object byDefault,
            String toml,
            String yaml,
            String variable,
            Object other,
            Function<Settings, Object> field) {
        return arguments(key, byDefault, toml, yaml, variable, other, field);
    }

    @ParameterizedTest(name = "{0} = {2}")
    @MethodSource("keys")
    void everyKeyHasItsDefaultAndItsThreeMappings(
            String key,
            Object byDefault,
            String toml,
            String yaml,
            String variable,
            Object other,
            Function<Settings, Object> field)
            throws Exception {
        Files.writeString(directory.resolve("keys"), "f\n");
        String name = "BLIPMQ_" + key.toUpperCase();
        Settings none = new ConfigTester(directory).settings();
        Settings fromToml = new ConfigTester(directory).toml(key + " = " + toml).settings();
        Settings fromYaml = new ConfigTester(directory).yaml(key + ": " + yaml).settings();
        Settings fromVariable =
                new ConfigTester(directory).variable(name, variable).settings();

        assertThat(field.apply(none)).isEqualTo(resolved(byDefault, field, none));
        assertThat(field.apply(fromToml)).isEqualTo(resolved(other, field, fromToml));
        assertThat(fromYaml).isEqualTo(fromToml);
        assertThat(fromVariable).isEqualTo(fromToml);
    }

    private Object resolved(Object value, Function<Settings, Object> field, Settings settings) {
        return field.apply(settings) instanceof Path ? directory.resolve((String) value) : value;
    }

    @Test
    void theListAboveHasEveryKey() {
        Map<Key, Boolean> listed = new EnumMap<>(Key.class);
        keys().forEach(a -> listed.put(Key.named((String) a.get()[0]).orElseThrow(), true));
        assertThat(listed.keySet()).containsExactly(Key.values());
    }

    @Test
    void variablesAreTheKeysInCapitals() {
        assertThat(Arrays.stream(Key.values()).map(Key::environmentVariable))
                .contains("BLIPMQ_BIND_ADDR", "BLIPMQ_ALLOWED_API_KEYS_FILE", "BLIPMQ_ENABLE_TOKIO_CONSOLE");
    }
}
