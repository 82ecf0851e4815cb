package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A configuration or a command line that is wrong gets a clear answer, and nothing is started or made. */
@Timeout(120)
class BadInputTest {
    @TempDir
    Path directory;

    /** Runs a daemon with this file; the directory stays as it was. */
    private DaemonProcess runWith(String file, String... lines) throws Exception {
        Files.write(directory.resolve(file), List.of(lines));
        DaemonProcess daemon = DaemonProcess.run(DaemonSetup.bare(directory, "--config", file));
        assertThat(names(directory)).containsExactly(file);
        return daemon;
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertRefused(DaemonProcess daemon, String... errorLines) {
        assertThat(daemon.errors().lines()).containsExactly(errorLines);
        assertThat(daemon.output()).isEmpty();
        assertThat(daemon.exitStatus()).isEqualTo(2);
    }

    @Test
    void malformedTomlIsRefusedByLineAndColumn() throws Exception {
        assertRefused(
                runWith("b.toml", "port = 5555", "metrics_port = = 1"),
                "the configuration has a problem",
                "  b.toml, line 2, column 16: metrics_port: this is not valid TOML: "
                        + "this is neither a key, a value nor a sign that can stand here");
    }

    @Test
    void malformedYamlIsRefusedByLineAndColumn() throws Exception {
        assertRefused(
                runWith("b.yaml", "port: [1", "wal_path: a"),
                "the configuration has a problem",
                "  b.yaml, line 2, column 9: this is not valid YAML: a ',' or ']' is missing");
    }

    @Test
    void allProblemsComeAtOnceAndAnUnknownKeyWithTheNearest() throws Exception {
        Files.write(
                directory.resolve("b.toml"), List.of("port = 70000", "wal_pth = \"log\"", "fsync_policy = \"now\""));
        DaemonProcess daemon = DaemonProcess.run(DaemonSetup.bare(directory, "--config", "b.toml")
                .variable("BLIPMQ_MAX_RETRIES", "many")
                .variable("BLIPMQ_LOG", "loud"));

        assertRefused(
                daemon,
                "the configuration has 5 problems",
                "  b.toml, line 1: port: 70000 is not accepted; give a whole number from 0 to 65535",
                "  b.toml, line 2: wal_pth: there is no such key; the nearest is wal_path",
                "  b.toml, line 3: fsync_policy: \"now\" is not accepted; give \"always\", \"none\", "
                        + "\"every_n:N\" (N from 1 to 1000000) or \"interval_ms:M\" (M from 1 to 60000)",
                "  BLIPMQ_MAX_RETRIES: max_retries: \"many\" is not accepted; give a whole number from 0 to 1000",
                "  BLIPMQ_LOG: \"loud\" is not accepted; give error, warn, info, debug, trace or off");
        assertThat(names(directory)).containsExactly("b.toml");
    }

    /** The system falls back to plain ASCII for a locale that is not installed. */
    @Test
    void aPathThatTheLocaleCannotNameIsNoWrongPath() throws Exception {
        Files.write(directory.resolve("b.toml"), List.of("wal_path = \"/tmp/b\u00fccher\""));

        assertRefused(
                DaemonProcess.run(
                        DaemonSetup.bare(directory, "--config", "b.toml").variable("LC_ALL", "xx_XX.UTF-8")),
                "the configuration has a problem",
                "  b.toml, line 1: wal_path: \"/tmp/b\u00fccher\" has characters that this process's locale does not have, whose encoding is US-ASCII; set LC_ALL to a"
                        + " locale that is installed and has them, such as C.UTF-8");
    }

    /** Its user may have meant to correct a problem with it. */
    @Test
    void aVariableThatIsNoSettingIsNamedBesideTheProblems() throws Exception {
        Files.write(directory.resolve("b.toml"), List.of("wal_path = \"\""));
        for (List<String> command : List.of(List.<String>of(), List.of("check-config"))) {
            List<String> arguments = new ArrayList<>(List.of("--config", "b.toml"));
            arguments.addAll(command);

            assertRefused(
                    DaemonProcess.run(DaemonSetup.bare(directory, arguments.toArray(String[]::new))
                            .variable("BLIPMQ_WAL_PTH", "log")),
                    "the configuration has a problem",
                    "  b.toml, line 1: wal_path: \"\" is not accepted; give a path",
                    "warning: the environment variable BLIPMQ_WAL_PTH has no effect; the nearest is BLIPMQ_WAL_PATH");
        }
    }

    @Test
    void aFileThatIsNotThereIsNamed() throws Exception {
        DaemonProcess daemon = DaemonProcess.run(DaemonSetup.bare(directory, "--config", "none.toml"));

        assertThat(daemon.exitStatus()).isEqualTo(2);
        assertThat(daemon.errors()).contains("none.toml").doesNotContain("\tat ");
        assertThat(names(directory)).isEmpty();
    }

    @Test
    void checkConfigPrintsWhatAStartWouldRead() throws Exception {
        Files.write(directory.resolve("b.toml"), List.of("port = 7000", "allowed_api_keys = [\"s3cret\"]"));
        DaemonProcess check = DaemonProcess.run(DaemonSetup.bare(directory, "check-config", "--config", "b.toml")
                .variable("BLIPMQ_FSYNC_POLICY", "none")
                .variable("BLIPMQ_FSYNC_POLCY", "none"));

        assertThat(check.exitStatus()).isZero();
        assertThat(check.output().lines())
                .contains(
                        "port = 7000  (b.toml, line 1)",
                        "fsync_policy = \"none\"  (BLIPMQ_FSYNC_POLICY)",
                        "metrics_port = 9100  (default)");
        assertThat(check.errors()).startsWith("warning: ").contains("BLIPMQ_FSYNC_POLCY", "BLIPMQ_FSYNC_POLICY");
        assertThat(check.output() + check.errors()).doesNotContain("s3cret");
        assertThat(names(directory)).containsExactly("b.toml");
    }

    @Test
    void checkConfigRefusesWhatAStartWould() throws Exception {
        Files.write(directory.resolve("b.toml"), List.of("port = -1"));

        assertRefused(
                DaemonProcess.run(DaemonSetup.bare(directory, "--config", "b.toml", "check-config")),
                "the configuration has a problem",
                "  b.toml, line 1: port: -1 is not accepted; give a whole number from 0 to 65535");
    }

    @Test
    void helpAndVersionAreGivenOnStandardOutput() throws Exception {
        DaemonProcess help = DaemonProcess.run(DaemonSetup.bare(directory, "--help"));
        assertThat(help.exitStatus()).isZero();
        assertThat(help.output())
                .startsWith("Usage: blipmqd ")
                .contains("--config=PATH", "BLIPMQ_CONFIG", "check-config", "Exit status: 0", "65 when 'blipmqd wal'");
        assertThat(help.errors()).isEmpty();

        DaemonProcess version = DaemonProcess.run(DaemonSetup.bare(directory, "--version"));
        assertThat(version.exitStatus()).isZero();
        assertThat(version.output()).startsWith("blipmqd ").contains("Java " + Runtime.version());
        assertThat(names(directory)).isEmpty();
    }

    @Test
    void wrongArgumentsGetTheUsage() throws Exception {
        for (String argument : List.of("--confg=x.toml", "start", "--config")) {
            DaemonProcess daemon = DaemonProcess.run(DaemonSetup.bare(directory, argument));
            assertThat(daemon.exitStatus()).as(argument).isEqualTo(2);
            assertThat(daemon.errors())
                    .contains(argument.split("=")[0], "Usage: blipmqd ")
                    .doesNotContain("\tat ");
            assertThat(daemon.output()).isEmpty();
        }
        assertThat(names(directory)).isEmpty();
    }

    @Test
    void aPortInUseIsNamedWithWhatItIsFor() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = other.getLocalPort();

            DaemonProcess clients = DaemonProcess.run(DaemonSetup.in(directory).with("port", port));
            assertFailed(clients, "the broker cannot listen on 127.0.0.1:" + port + ": Address already in use; stop");

            DaemonProcess metrics = DaemonProcess.run(DaemonSetup.in(directory).with("metrics_port", port));
            assertFailed(metrics, "metrics: cannot listen on 127.0.0.1:" + port + ": address already in use; another");
        }
        assertThat(names(DaemonSetup.in(directory).logDirectory())).containsExactly("lock");
        try (DaemonProcess daemon = DaemonProcess.startReady(DaemonSetup.in(directory))) {
            assertThat(daemon.output()).contains("a new log begins").doesNotContain("WARN");
        }
    }

    @Test
    void aPortInUseIsNoticedBeforeTheLogIsRecovered() throws Exception {
        DaemonSetup setup = DaemonSetup.in(directory);
        DaemonProcess.startReady(setup).kill9();
        List<String> before = names(setup.logDirectory());
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            for (String key : List.of("port", "metrics_port")) {
                DaemonProcess daemon =
                        DaemonProcess.run(DaemonSetup.in(directory).with(key, other.getLocalPort()));
                assertFailed(daemon, "cannot listen on 127.0.0.1:" + other.getLocalPort());
                assertThat(daemon.output()).doesNotContain("was recovered");
            }
        }
        assertThat(names(setup.logDirectory())).isEqualTo(before);
        try (DaemonProcess daemon = DaemonProcess.startReady(setup)) {
            assertThat(daemon.output()).contains("the log had no clean end and was recovered");
        }
    }

    @Test
    void anAddressOfAnotherMachineIsNamed() throws Exception {
        DaemonProcess clients = DaemonProcess.run(DaemonSetup.in(directory).with("bind_addr", "192.0.2.1"));
        assertFailed(
                clients, "the broker cannot listen on 192.0.2.1:0: Cannot assign requested address; set bind_addr");

        DaemonProcess metrics = DaemonProcess.run(DaemonSetup.in(directory).with("metrics_addr", "192.0.2.1"));
        assertFailed(
                metrics, "metrics: cannot listen on 192.0.2.1:0: cannot assign requested address; set metrics_addr");
    }

    @Test
    void aNewLogBesideAnOldOneIsSaidLoudly() throws Exception {
        LogDirectory.store(DaemonSetup.in(directory), 1);
        Path other = directory.resolve("lgo");

        try (DaemonProcess daemon =
                DaemonProcess.startReady(DaemonSetup.in(directory).with("wal_path", other.toString()))) {
            assertThat(daemon.output())
                    .contains(" WARN ")
                    .contains("A NEW, EMPTY LOG begins in \"" + other + "\", although there is a log in \""
                            + directory.resolve("log") + "\"");
            daemon.stop();
        }
        try (DaemonProcess daemon =
                DaemonProcess.startReady(DaemonSetup.in(directory).with("wal_path", other.toString()))) {
            assertThat(daemon.output()).doesNotContain(" WARN ");
        }
    }

    private static void assertFailed(DaemonProcess daemon, String why) {
        assertThat(daemon.output().lines().toList())
                .last()
                .asString()
                .contains(" ERROR [main] ")
                .contains(why);
        assertThat(daemon.errors()).isEmpty();
        assertThat(daemon.exitStatus()).isEqualTo(1);
    }
}
