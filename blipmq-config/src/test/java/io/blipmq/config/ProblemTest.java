package io.blipmq.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator reads when the configuration is wrong. */
class ProblemTest {
    private static final String SECRET = "s3cret";

    @TempDir
    Path directory;

    private ConfigTester config() {
        return new ConfigTester(directory);
    }

    @Test
    void everyProblemOfFileAndEnvironmentIsReportedAtOnce() {
        ConfigTester config = config().toml(
                        "port = 70000",
                        "bind_adr = \"127.0.0.1\"",
                        "fsync_policy = \"sometimes\"",
                        "max_retries = -1",
                        "wal_path = \"\"",
                        "[broker]",
                        "port = 1")
                .variable("BLIPMQ_METRICS_PORT", "http")
                .variable("BLIPMQ_RETRY_BACKOFF_MS", "0");
        assertThat(config.problems())
                .containsExactly(
                        "b.toml, line 1: port: 70000 is not accepted; give a whole number from 0 to 65535",
                        "b.toml, line 2: bind_adr: there is no such key; the nearest is bind_addr",
                        "b.toml, line 3: fsync_policy: \"sometimes\" is not accepted; give \"always\", \"none\", "
                                + "\"every_n:N\" (N from 1 to 1000000) or \"interval_ms:M\" (M from 1 to 60000)",
                        "b.toml, line 4: max_retries: -1 is not accepted; give a whole number from 0 to 1000",
                        "b.toml, line 5: wal_path: \"\" is not accepted; give a path",
                        "b.toml, line 6: broker: there is no table of this name; all keys stand at the top level, "
                                + "outside any table",
                        "BLIPMQ_METRICS_PORT: metrics_port: \"http\" is not accepted; "
                                + "give a whole number from 0 to 65535",
                        "BLIPMQ_RETRY_BACKOFF_MS: retry_backoff_ms: \"0\" is not accepted; "
                                + "give a whole number from 1 to 30000");
        assertThat(config.refusal()).hasMessageStartingWith("the configuration has 8 problems\n  b.toml, line 1: ");
    }

    @Test
    void yamlProblemsHaveTheirLines() {
        assertThat(config().yaml("# x", "port: 07", "wal_path: 5", "max_retries:", "unrelated: 1", "port: 1")
                        .problems())
                .containsExactly(
                        "b.yaml, line 6: port: this key stands a second time, after the one in line 2; "
                                + "keep one of them",
                        "b.yaml, line 2: port: 07 is not accepted; give a whole number from 0 to 65535",
                        "b.yaml, line 3: wal_path: 5 is not text; put it in quotes and give a path",
                        "b.yaml, line 4: max_retries: no value is not accepted; give a whole number from 0 to 1000",
                        "b.yaml, line 5: unrelated: there is no such key; docs/configuration.md lists all of them");
    }

    @ParameterizedTest
    @CsvSource({
        "prot,port",
        "bind-addr,bind_addr",
        "walPath,wal_path",
        "FSYNC_POLICY,fsync_policy",
        "max_retry,max_retries"
    })
    void theNearestKeyIsNamed(String given, String nearest) {
        assertThat(config().toml(given + " = 1").problems())
                .singleElement()
                .asString()
                .endsWith("the nearest is " + nearest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "port = 1.5",
                "port = true",
                "port = [1]",
                "port = \"\"",
                "port = {a = 1}",
                "port.a = 1",
                "port = 99999999999999999999",
                "port = \"1 2\"",
                "bind_addr = \"\"",
                "bind_addr = \"127.0.0.1:5555\"",
                "bind_addr = \"127.0.0.300\"",
                "bind_addr = \"a b\"",
                "bind_addr = 1",
                "wal_path = true",
                "wal_path = \" \"",
                "wal_path = \"a\\u0000b\"",
                "fsync_policy = \"every_n:0\"",
                "fsync_policy = \"every_n:1000001\"",
                "fsync_policy = \"interval_ms:60001\"",
                "fsync_policy = \"every_n:\"",
                "max_retries = 1001",
                "retry_backoff_ms = 30001",
                "ack_timeout_ms = 0",
                "wal_segment_bytes = 33554433",
                "wal_segment_bytes = 33550336",
                "enable_tokio_console = 2",
                "enable_tokio_console = \"maybe\"",
                "allowed_api_keys = \"a\"",
                "allowed_api_keys = [1]",
                "allowed_api_keys = [\"\"]",
                "allowed_api_keys_file = 1"
            })
    void wrongValuesAreRefusedByKeyAndLine(String line) {
        String key = line.split("[ .]")[0];
        assertThat(config().toml("", line).problems())
                .singleElement()
                .asString()
                .startsWith("b.toml, line 2: " + key + ": ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port = | b.toml, line 1, column 7: port: this is not valid TOML: the file ends within a value",
                "port = 1\\nport = 2 | b.toml, line 2, column 9: port: this is not valid TOML: "
                        + "this key stands a second time",
                "wal_path = \"a\\nport = 2 | b.toml, line 1, column 14: wal_path: this is not valid TOML: "
                        + "the line ends within a value",
                "allowed_api_keys = [s3cret] | b.toml, line 1, column 21: allowed_api_keys: this is not valid TOML: "
                        + "this is neither a key, a value nor a sign that can stand here"
            })
    void malformedTomlIsRefusedByLineAndColumn(String content, String problem) {
        assertThat(config().toml(content.replace("\\n", "\n")).problems()).containsExactly(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: 1\\n  metrics_port: 2 | b.yaml, line 2, column 15: this is not valid YAML: "
                        + "a second ':' or a wrong indentation",
                "port: [1\\nwal_path: a | b.yaml, line 2, column 9: this is not valid YAML: a ',' or ']' is missing",
                "allowed_api_keys: [\"s3cret] | b.yaml, line 1, column 28: this is not valid YAML: "
                        + "the file ends within a quoted text",
                "allowed_api_keys:\\n- @s3cret | b.yaml, line 2, column 3: this is not valid YAML: "
                        + "this character cannot begin a value; put the value in quotes",
                "port: 1\\n---\\nport: 2 | b.yaml: this holds a second YAML document; only one is read",
                "- s3cret | b.yaml: this holds no settings; write each as \"key: value\"",
                "s3cret | b.yaml: this holds no settings; write each as \"key: value\""
            })
    void malformedYamlIsRefusedByLineAndColumn(String content, String problem) {
        assertThat(config().yaml(content.replace("\\n", "\n")).problems()).containsExactly(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[broker]\nport = 1", "[[broker]]\nport = 1", "broker.port = 1", "broker = {port = 1}"})
    void tablesAreRefusedWithWhereKeysStand(String content) {
        assertThat(config().toml(content).problems())
                .containsExactly("b.toml, line 1: broker: there is no table of this name; "
                        + "all keys stand at the top level, outside any table");
    }

    @Test
    void aliasesAreRefusedRatherThanTakenAsTheirName() {
        assertThat(config().yaml("bind_addr: &a localhost", "metrics_addr: *a").problems())
                .singleElement()
                .asString()
                .startsWith("b.yaml, line 2: metrics_addr: a YAML alias is not accepted; give ");
    }

    @Test
    void deepNestingIsRefusedWithoutNamesOfClasses() {
        String deep = "[".repeat(5_000);
        for (List<String> problems : List.of(
                config().toml("port = " + deep).problems(),
                config().yaml("port: " + deep).problems())) {
            assertThat(problems)
                    .singleElement()
                    .asString()
                    .contains("this is not valid")
                    .doesNotContain("com.", "()");
        }
    }

    @Test
    void textThatIsNotUtf8IsRefusedByLine() throws IOException {
        Files.write(directory.resolve("b.toml"), new byte[] {'#', '\n', '#', (byte) 0xE4, '\n'});
        assertThat(config().option("b.toml").problems())
                .containsExactly("--config: \"b.toml\": line 2 is not valid UTF-8");
    }

    @Test
    void filesThatCannotBeReadAreNamedWithWhoNamedThem() throws IOException {
        Files.createDirectory(directory.resolve("d.toml"));
        assertThat(config().option("no.toml").problems())
                .containsExactly("--config: \"no.toml\": there is no such file");
        assertThat(config().variable("BLIPMQ_CONFIG", "d.toml").problems())
                .containsExactly("BLIPMQ_CONFIG: \"d.toml\": cannot be read: it is a directory");
        assertThat(config().option("blipmq.json").variable("BLIPMQ_PORT", "x").problems())
                .hasSize(2)
                .startsWith("--config: \"blipmq.json\" is not a config file; "
                        + "its name must end in .toml, .yaml or .yml");
        assertThat(config().variable("BLIPMQ_CONFIG", "").problems()).hasSize(1);
    }

    @Test
    void thePortsMustDiffer() {
        assertThat(config().toml("port = 9100").problems())
                .containsExactly("b.toml, line 1: port: 127.0.0.1:9100 is already taken by bind_addr and port "
                        + "(127.0.0.1:9100); give the metrics a port of their own");
        assertThat(config().toml("port = 7", "metrics_port = 7", "metrics_addr = \"0.0.0.0\"")
                        .problems())
                .hasSize(1);
    }

    @Test
    void thePortsMayBeTheSameWhenTheAddressesDifferOrAnyWillDo() throws ConfigException {
        config().toml("port = 0", "metrics_port = 0").load();
        config().toml("port = 7", "metrics_port = 7", "metrics_addr = \"127.0.0.2\"")
                .load();
    }

    @Test
    void apiKeysAreNeverShown() {
        String long0 = SECRET.repeat(200);
        ConfigTester config = config().file("keys", "fine\n" + long0 + "\n")
                .toml(
                        "allowed_api_keys = [\"" + SECRET + "\", \"\", \"" + long0 + "\", 5]",
                        "allowed_api_keys_file = \"keys\"",
                        "allowed_api_key = \"" + SECRET + "\"")
                .variable("BLIPMQ_ALLOWED_API_KEYS", SECRET + ",," + long0 + ",bad\uFFFD");
        assertThat(config.problems())
                .containsExactly(
                        "b.toml, line 1: allowed_api_keys: item 2 is empty; a key has 1 to 1024 bytes",
                        "b.toml, line 1: allowed_api_keys: item 3 is a key of 1200 bytes; a key has 1 to 1024",
                        "b.toml, line 1: allowed_api_keys: item 4 is a number; give a list of keys in quotes, "
                                + "each of 1 to 1024 bytes of UTF-8",
                        "b.toml, line 3: allowed_api_key: there is no such key; the nearest is allowed_api_keys",
                        "BLIPMQ_ALLOWED_API_KEYS: allowed_api_keys: item 2 is empty; a key has 1 to 1024 bytes",
                        "BLIPMQ_ALLOWED_API_KEYS: allowed_api_keys: item 3 is a key of 1200 bytes; "
                                + "a key has 1 to 1024",
                        "BLIPMQ_ALLOWED_API_KEYS: allowed_api_keys: item 4 is a key of 6 bytes that is not valid UTF-8",
                        "b.toml, line 2: allowed_api_keys_file: \"keys\": line 2 is a key of 1200 bytes; "
                                + "a key has 1 to 1024");
        assertThat(config.refusal().getMessage()).doesNotContain(SECRET);
    }

    @Test
    void emptyVariablesAreRefused() {
        for (String key : List.of("PORT", "BIND_ADDR", "WAL_PATH", "FSYNC_POLICY", "ALLOWED_API_KEYS")) {
            assertThat(config().variable("BLIPMQ_" + key, "").problems()).hasSize(1);
        }
    }

    @Test
    void aMissingKeyFileIsNamed() {
        assertThat(config().variable("BLIPMQ_ALLOWED_API_KEYS_FILE", "gone").problems())
                .containsExactly(
                        "BLIPMQ_ALLOWED_API_KEYS_FILE: allowed_api_keys_file: \"gone\": there is no such file");
    }

    @Test
    void whatCouldDisturbATerminalIsNotShown() {
        assertThat(config().variable("BLIPMQ_PORT", "1\u001B[2J\n2").problems())
                .singleElement()
                .asString()
                .contains("\"1?[2J?2\"");
    }

    @Test
    void whatAnEnvFileLeavesInAValueIsNamed() {
        ConfigTester config = config().variable("BLIPMQ_WAL_PATH", "/data/log\r")
                .variable("BLIPMQ_ALLOWED_API_KEYS_FILE", "keys\n")
                .variable("BLIPMQ_PORT", "\"5555\"")
                .variable("BLIPMQ_BIND_ADDR", "'127.0.0.1'")
                .variable("BLIPMQ_FSYNC_POLICY", "none\"");
        assertThat(config.problems())
                .containsExactlyInAnyOrder(
                        "BLIPMQ_WAL_PATH: wal_path: \"/data/log?\" has a control character in it, such as the line end of a"
                                + " file that was written on Windows; give a path",
                        "BLIPMQ_ALLOWED_API_KEYS_FILE: allowed_api_keys_file: \"keys?\" has a control character in it, such"
                                + " as the line end of a file that was written on Windows; give a path, or \"\" for none",
                        "BLIPMQ_PORT: port: \"\"5555\"\" has quotes around it, which are part of the value here;"
                                + " leave them out",
                        "BLIPMQ_BIND_ADDR: bind_addr: \"'127.0.0.1'\" has quotes around it, which are part of the value"
                                + " here; leave them out",
                        "BLIPMQ_FSYNC_POLICY: fsync_policy: \"none\"\" has quotes around it, which are part of the value"
                                + " here; leave them out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"/data/log\"", "'/data/log'", "/data/log\"", " \"/data/log\" "})
    void aPathInQuotesIsRefused(String path) {
        assertThat(config().variable("BLIPMQ_WAL_PATH", path).problems())
                .singleElement()
                .asString()
                .endsWith(" has quotes around it, which are part of the value here; leave them out");
    }

    @Test
    void aTildeIsRefusedWhereverItStands() {
        String reason = " begins with ~, which only a shell expands; give the whole path";
        assertThat(config().toml("wal_path = \"~/log\"", "allowed_api_keys_file = \"~keys\"")
                        .problems())
                .containsExactly(
                        "b.toml, line 1: wal_path: \"~/log\"" + reason,
                        "b.toml, line 2: allowed_api_keys_file: \"~keys\"" + reason);
        assertThat(config().variable("BLIPMQ_WAL_PATH", "~").problems())
                .containsExactly("BLIPMQ_WAL_PATH: wal_path: \"~\"" + reason);
    }
}
