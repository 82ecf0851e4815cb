package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.v1.BlipClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The operations guide, section by section: what it says to type works. Only the ports are free ones. */
@Timeout(120)
class GuideTest {
    /** The configuration files that are shipped. */
    private static final Path CONFIG = Path.of("..", "config").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    private static DaemonSetup onFreePorts(DaemonSetup setup) {
        return setup.variable("BLIPMQ_PORT", "0").variable("BLIPMQ_METRICS_PORT", "0");
    }

    private DaemonSetup bare(String... arguments) {
        return onFreePorts(DaemonSetup.bare(directory, arguments));
    }

    private static String dev(String type) {
        return CONFIG.resolve("blipmq-dev." + type).toString();
    }

    private static void assertKeyWorks(DaemonProcess daemon, String key) throws Exception {
        try (BlipClient client = daemon.connect(key)) {
            client.ping();
        }
    }

    @Test
    void theDevelopmentConfigWorksAsItIs() throws Exception {
        for (String type : List.of("toml", "yaml")) {
            try (DaemonProcess daemon = DaemonProcess.startReady(bare("--config", dev(type)))) {
                assertKeyWorks(daemon, "dev-key-1");
                assertThat(daemon.brokerAddress().host()).isEqualTo("127.0.0.1");
                assertThat(daemon.output()).contains("fsync_policy every_n:64").doesNotContain("WARN");
                assertThat(directory.resolve("data/blipmq-dev.wal")).isDirectory();
                assertThat(daemon.get("/debug/runtime").statusCode()).isEqualTo(404);
                daemon.stop();
            }
        }
    }

    @Test
    void theDevelopmentConfigNamesTheGuidesPorts() throws Exception {
        DaemonProcess check = DaemonProcess.run(DaemonSetup.bare(directory, "check-config", "--config", dev("toml")));

        assertThat(check.output().lines().map(line -> line.replaceFirst("  \\(.*", "")))
                .contains(
                        "bind_addr = \"127.0.0.1\"",
                        "port = 5555",
                        "metrics_addr = \"127.0.0.1\"",
                        "metrics_port = 9100",
                        "fsync_policy = \"every_n:64\"",
                        "max_retries = 3",
                        "retry_backoff_ms = 100",
                        "enable_tokio_console = false");
    }

    @Test
    void theEnvironmentExampleWorks() throws Exception {
        Path log = directory.resolve("var/lib/blipmq/blipmq.wal");
        DaemonSetup setup = bare().variable("BLIPMQ_CONFIG", dev("toml"))
                .variable("BLIPMQ_BIND_ADDR", "0.0.0.0")
                .variable("BLIPMQ_METRICS_ADDR", "0.0.0.0")
                .variable("BLIPMQ_WAL_PATH", log.toString())
                .variable("BLIPMQ_FSYNC_POLICY", "interval_ms:50")
                .variable("BLIPMQ_ALLOWED_API_KEYS", "dev-key-1,dev-key-2");
        try (DaemonProcess daemon = DaemonProcess.startReady(setup)) {
            assertKeyWorks(daemon, "dev-key-1");
            assertKeyWorks(daemon, "dev-key-2");
            assertThat(daemon.brokerAddress().host()).isEqualTo("0.0.0.0");
            assertThat(daemon.get("/metrics").statusCode()).isEqualTo(200);
            assertThat(daemon.output()).contains("fsync_policy interval_ms:50").containsPattern("WARN .*in the clear");
            assertThat(log).isDirectory();
            assertThat(directory.resolve("data")).doesNotExist();
        }
    }

    @Test
    void theEnvironmentTurnsTheRuntimeConsoleOn() throws Exception {
        for (String on : List.of("1", "true", "yes", "on")) {
            DaemonSetup setup = bare("--config", dev("toml")).variable("BLIPMQ_ENABLE_TOKIO_CONSOLE", on);
            try (DaemonProcess daemon = DaemonProcess.startReady(setup)) {
                assertThat(daemon.get("/debug/runtime").statusCode()).as(on).isEqualTo(200);
            }
        }
    }

    @Test
    void theCommandLinesFileComesBeforeTheEnvironments() throws Exception {
        Files.writeString(directory.resolve("a.toml"), "allowed_api_keys = [\"from-a\"]");
        Files.writeString(directory.resolve("b.yml"), "allowed_api_keys: [\"from-b\"]");

        try (DaemonProcess daemon = DaemonProcess.startReady(bare().variable("BLIPMQ_CONFIG", "b.yml"))) {
            assertKeyWorks(daemon, "from-b");
            assertThat(directory.resolve("blipmq.wal")).isDirectory();
            daemon.stop();
        }
        try (DaemonProcess daemon =
                DaemonProcess.startReady(bare("--config", "a.toml").variable("BLIPMQ_CONFIG", "b.yml"))) {
            assertKeyWorks(daemon, "from-a");
        }
    }

    @Test
    void withoutAnyConfigurationItStartsWarnsAndLetsNobodyIn() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(bare());
                WireClient client = daemon.connectWire()) {
            assertThat(daemon.output())
                    .containsPattern("WARN .*allowed_api_keys")
                    .contains("fsync_policy always");
            client.hello(1).receive();
            client.auth(2, "anything").expectNack(2, 401, "invalid API key");
            assertThat(directory.resolve("blipmq.wal")).isDirectory();
        }
    }

    @Test
    void rustLogWithAPlainLevelIsTaken() throws Exception {
        try (DaemonProcess daemon =
                DaemonProcess.startReady(bare("--config", dev("toml")).variable("RUST_LOG", "info"))) {
            assertThat(daemon.output()).contains("INFO ").doesNotContain("WARN", "DEBUG");
            daemon.stop();
        }
        try (DaemonProcess daemon =
                DaemonProcess.startReady(bare("--config", dev("toml")).variable("RUST_LOG", "blipmq=debug"))) {
            assertThat(daemon.output())
                    .contains("RUST_LOG is not a plain level")
                    .doesNotContain("DEBUG");
        }
    }

    @Test
    void theContainersConfigTakesItsKeyFromTheEnvironment() throws Exception {
        DaemonSetup setup = bare("--config", CONFIG.resolve("blipmq-prod.toml").toString())
                .variable("BLIPMQ_WAL_PATH", directory.resolve("log").toString())
                .variable("RUST_LOG", "info")
                .variable("BLIPMQ_ALLOWED_API_KEYS", "prod-key-1")
                .variable("BLIPMQ_ENABLE_TOKIO_CONSOLE", "false");
        try (DaemonProcess daemon = DaemonProcess.startReady(setup)) {
            assertKeyWorks(daemon, "prod-key-1");
            assertThat(daemon.output()).contains("fsync_policy always");
        }
    }

    @Test
    void aStartWritesNothingButItsLog() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(bare("--config", dev("toml")))) {
            daemon.stop();
        }
        try (Stream<Path> files = Files.walk(directory, 2)) {
            assertThat(files.map(file -> directory.relativize(file).toString()))
                    .containsExactlyInAnyOrder("", "data", "data/blipmq-dev.wal");
        }
    }
}
