package io.blipmq.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.config.ConfigException.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where settings come from, which source wins, and what is only warned about. */
class SettingsLoaderTest {
    @TempDir
    Path directory;

    private ConfigTester config() {
        return new ConfigTester(directory);
    }

    @Test
    void theOptionGoesBeforeTheVariable() throws Exception {
        ConfigTester config = config().file("a.toml", "port = 1").file("c.yml", "port: 2");
        config.variable("BLIPMQ_CONFIG", "a.toml");
        assertThat(config.settings().broker().port()).isEqualTo(1);
        LoadedSettings loaded = config.option("c.yml").load();
        assertThat(loaded.settings().broker().port()).isEqualTo(2);
        assertThat(loaded.file()).contains(directory.resolve("c.yml"));
    }

    @Test
    void theEnvironmentGoesBeforeTheFile() throws Exception {
        Settings settings = config().toml("port = 1", "metrics_port = 2", "allowed_api_keys = [\"a\"]")
                .variable("BLIPMQ_PORT", "3")
                .variable("BLIPMQ_ALLOWED_API_KEYS", "b")
                .settings();
        assertThat(settings.broker().port()).isEqualTo(3);
        assertThat(settings.metrics().port()).isEqualTo(2);
        assertThat(settings.apiKeys()).isEqualTo(ApiKeys.of(List.of("b")));
    }

    @Test
    void ackTimeoutFollowsRetryBackoff() throws Exception {
        Settings settings = config().toml("retry_backoff_ms = 250").settings();
        assertThat(settings.delivery().ackTimeoutMillis()).isEqualTo(250);
    }

    @Test
    void anAbsoluteWalPathStays() throws Exception {
        String path = directory.resolve("x").toString();
        assertThat(config().variable("BLIPMQ_WAL_PATH", path).settings().log().path())
                .isEqualTo(Path.of(path));
    }

    @Test
    void keysOfBothSettingsAreAllowedOnce() throws Exception {
        Settings settings = config().file("keys", "# team a\n\n b \r\na\n  # c\nd")
                .toml("allowed_api_keys = [\"a\"]", "allowed_api_keys_file = \"keys\"")
                .settings();
        assertThat(settings.apiKeys()).isEqualTo(ApiKeys.of(List.of("a", "b", "d")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# only a comment\n", "\uFEFFport = 5555\r\n"})
    void tomlFilesMayBeEmptyOrComeFromWindows(String content) throws Exception {
        assertThat(config().toml(content).settings().broker().port()).isEqualTo(5555);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# only a comment\n", "---\n", "~", "\uFEFFport: 5555\r\n", "---\nport: 5555\n...\n"})
    void yamlFilesMayBeEmptyOrComeFromWindows(String content) throws Exception {
        assertThat(config().yaml(content).settings().broker().port()).isEqualTo(5555);
    }

    @Test
    void numbersAndFlagsMayBeText() throws Exception {
        Settings settings = config().toml("port = \"5_556\"", "enable_tokio_console = \"On\"")
                .settings();
        assertThat(settings.broker().port()).isEqualTo(5556);
        assertThat(settings.runtimeConsole()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "yes", "on", "ON", "True"})
    void flagsThatAreOn(String text) throws Exception {
        assertThat(config().variable("BLIPMQ_ENABLE_TOKIO_CONSOLE", text)
                        .settings()
                        .runtimeConsole())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "false", "no", "off", "OFF", "False"})
    void flagsThatAreOff(String text) throws Exception {
        Settings settings = config().toml("enable_tokio_console = true")
                .variable("BLIPMQ_ENABLE_TOKIO_CONSOLE", text)
                .settings();
        assertThat(settings.runtimeConsole()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev.toml", "dev.yaml"})
    void theDevelopmentExamplesLoad(String file) throws Exception {
        LoadedSettings loaded = example("blipmq-" + file);
        Settings settings = loaded.settings();
        assertThat(settings.broker()).hasToString("127.0.0.1:5555");
        assertThat(settings.metrics()).hasToString("127.0.0.1:9100");
        assertThat(settings.log().path()).isEqualTo(directory.resolve("data/blipmq-dev.wal"));
        assertThat(settings.log().fsyncPolicy()).isEqualTo(new FsyncPolicy.EveryN(64));
        assertThat(settings.apiKeys()).isEqualTo(ApiKeys.of(List.of("dev-key-1")));
        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void theContainerExampleLoads() throws Exception {
        LoadedSettings loaded = example("blipmq-prod.toml");
        Settings settings = loaded.settings();
        assertThat(settings.broker()).hasToString("0.0.0.0:5555");
        assertThat(settings.metrics()).hasToString("0.0.0.0:9100");
        assertThat(settings.log().path()).isEqualTo(Path.of("/var/lib/blipmq/blipmq.wal"));
        assertThat(settings.log().fsyncPolicy()).isEqualTo(new FsyncPolicy.Always());
        assertThat(loaded.warnings())
                .anySatisfy(warning -> assertThat(warning).contains("no API keys"))
                .anySatisfy(warning -> assertThat(warning).contains("0.0.0.0", "in the clear"));
    }

    private LoadedSettings example(String file) throws ConfigException {
        String path = Path.of("..", "config", file).toAbsolutePath().toString();
        return config().option(path).load();
    }

    @Test
    void unknownVariablesAreWarnedAbout() throws Exception {
        ConfigTester config = config().variable("BLIPMQ_ALLOWED_API_KEYS", "k");
        for (String known : List.of("LOG", "JAVA_OPTS", "URL", "KEY", "JAVA_HOME")) {
            config.variable("BLIPMQ_" + known, "x");
        }
        config.variable("BLIPMQ_PROT", "1").variable("BLIPMQ_SERVICE_HOST", "s3cret");
        assertThat(config.load().warnings())
                .containsExactly(
                        "the environment variable BLIPMQ_PROT has no effect; the nearest is BLIPMQ_PORT",
                        "the environment variable BLIPMQ_SERVICE_HOST has no effect; "
                                + "docs/configuration.md lists all settings");
    }

    @Test
    void aListeningAddressIsWarnedAboutUnlessLoopback() throws Exception {
        for (String loopback : List.of("127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost")) {
            assertThat(warningsFor(loopback)).isEmpty();
        }
        for (String open : List.of("0.0.0.0", "::", "192.168.1.2", "broker.example")) {
            assertThat(warningsFor(open)).hasSize(1);
        }
    }

    @Test
    void aKeyInTheVariableThatLooksLikeAMistakeIsWarnedOfAndNotShown() throws ConfigException {
        ConfigTester config = new ConfigTester(directory)
                .variable("BLIPMQ_ALLOWED_API_KEYS", "plain-1,\"s3cret-2\", [s3cret-3],s3cret-4;s3cret-5,plain-6\n");

        List<String> warnings = config.load().warnings();

        assertThat(warnings)
                .hasSize(3)
                .allMatch(
                        warning -> warning.endsWith(" has a quote, a bracket, a semicolon or a line end in it, which is"
                                + " part of the key: keys stand as they are, with commas between them"))
                .noneMatch(warning -> warning.contains("s3cret"));
        assertThat(warnings)
                .extracting(warning -> warning.substring(0, 31))
                .containsExactly(
                        "BLIPMQ_ALLOWED_API_KEYS: item 2",
                        "BLIPMQ_ALLOWED_API_KEYS: item 3",
                        "BLIPMQ_ALLOWED_API_KEYS: item 4");
    }

    private List<String> warningsFor(String host) throws ConfigException {
        return config().variable("BLIPMQ_ALLOWED_API_KEYS", "k")
                .variable("BLIPMQ_BIND_ADDR", host)
                .load()
                .warnings();
    }

    @Test
    void theEffectiveValuesNameTheirSource() throws Exception {
        List<String> lines = config()
                .toml("# a", "port = 1", "allowed_api_keys = [\"s3cret\"]")
                .variable("BLIPMQ_FSYNC_POLICY", "none")
                .load()
                .effective()
                .stream()
                .map(LoadedSettings.Effective::toString)
                .toList();
        assertThat(lines)
                .hasSize(Key.values().length)
                .contains(
                        "bind_addr = \"127.0.0.1\"  (default)",
                        "port = 1  (b.toml, line 2)",
                        "fsync_policy = \"none\"  (BLIPMQ_FSYNC_POLICY)",
                        "ack_timeout_ms = 100  (default)",
                        "allowed_api_keys = [1 key]  (b.toml, line 3)");
    }

    @Test
    void settingsNeverShowKeys() throws Exception {
        LoadedSettings loaded =
                config().variable("BLIPMQ_ALLOWED_API_KEYS", "s3cret").load();
        assertThat(loaded.toString()).doesNotContain("s3cret");
    }

    @Test
    void problemsFoundElsewhereAreReportedWithTheOthers() {
        SettingsLoader loader = new SettingsLoader(Map.of("BLIPMQ_PORT", "x"), directory);
        Problem other = new Problem("", "BLIPMQ_LOG", "no");
        ConfigException refusal = Assertions.catchThrowableOfType(
                ConfigException.class, () -> loader.load(Optional.empty(), List.of(other)));
        assertThat(refusal.problems()).hasSize(2).endsWith(other);
    }
}
