package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import io.blipmq.protocol.FrameType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands on a stopped daemon's log: what they show, what they change, and that a daemon takes the log afterwards. */
@Timeout(120)
class OfflineToolsTest {
    private static final int MESSAGES = 20;

    @TempDir
    Path directory;

    private DaemonSetup setup;
    private LogDirectory log;
    private String path;

    @BeforeEach
    void name() {
        setup = DaemonSetup.in(directory).with("ack_timeout_ms", 3_600_000);
        log = new LogDirectory(setup.logDirectory());
        path = log.path().toString();
    }

    private List<String> receivedAfterStart() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                BlipClient client = daemon.connect()) {
            List<String> texts = client.poll(client.subscribe("demo", 1), 1000).stream()
                    .map(Delivery::text)
                    .toList();
            daemon.stop();
            return texts;
        }
    }

    // --- verify ---

    @Test
    void verifySaysWhatIsInAWholeLogAndChangesNothing() throws Exception {
        LogDirectory.store(setup, MESSAGES);
        Map<String, String> before = log.contents();

        OfflineRun text = OfflineRun.of("wal", "verify", "--wal-path", path).expect(0);
        OfflineRun json =
                OfflineRun.of("wal", "verify", "--wal-path", path, "--json").expect(0);

        assertThat(text.output()).contains("state       whole", "end         clean", "checkpoint  record 21");
        JsonNode report = json.json().get(0);
        assertThat(report.get("whole").asBoolean()).isTrue();
        assertThat(report.get("records").asInt()).isEqualTo(MESSAGES + 1);
        assertThat(report.get("first_sequence").asInt()).isEqualTo(1);
        assertThat(report.get("last_sequence").asInt()).isEqualTo(MESSAGES + 1);
        assertThat(report.get("checkpoint").get("sequence").asInt()).isEqualTo(MESSAGES + 1);
        assertThat(log.contents()).isEqualTo(before);
    }

    @Test
    void verifyLooksAtTheIndexOfTheNewestSegment() throws Exception {
        LogDirectory.store(setup, MESSAGES);
        Path index;
        try (Stream<Path> files = Files.list(log.path())) {
            index = files.filter(file -> file.toString().endsWith(".index"))
                    .findFirst()
                    .orElseThrow();
        }
        log.flip(index, 100);

        OfflineRun run = OfflineRun.of("wal", "verify", "--wal-path", path).expect(65);

        assertThat(run.output()).contains("damage: log file " + index.getFileName(), "no record is lost");
    }

    @Test
    void theConfigurationNamesTheLog() throws Exception {
        LogDirectory.store(setup, 1);
        String config = directory.resolve("blipmq.toml").toString();

        OfflineRun.of("wal", "verify", "--config", config).expect(0);
        OfflineRun.of("--config", config, "wal", "verify").expect(0);
    }

    @Test
    void verifyOfADamagedLogSaysWhereAndWhich() throws Exception {
        LogDirectory.store(setup, MESSAGES);
        log.damage("message 7");

        OfflineRun text = OfflineRun.of("wal", "verify", "--wal-path", path).expect(65);
        OfflineRun json =
                OfflineRun.of("wal", "verify", "--wal-path", path, "--json").expect(65);

        assertThat(text.output())
                .contains("state       DAMAGED", "records are damaged (records 9 to 9 are lost)", "wal repair");
        JsonNode damage = json.json().get(0).get("damages").get(0);
        assertThat(damage.get("file").asText())
                .isEqualTo(log.segment().getFileName().toString());
        assertThat(damage.get("offset").asLong()).isGreaterThan(LogDirectory.FIRST_FRAME_OFFSET);
        assertThat(damage.get("first_sequence").asInt()).isEqualTo(9);
        assertThat(damage.get("last_sequence").asInt()).isEqualTo(9);
    }

    @Test
    void aRunningDaemonIsNamed() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup)) {
            for (List<String> command : List.of(
                    List.of("wal", "verify"),
                    List.of("wal", "dump"),
                    List.of("wal", "repair"),
                    List.of("wal", "repair", "--accept-loss"),
                    List.of("subscriptions", "list"),
                    List.of("subscriptions", "drop", "1"))) {
                List<String> arguments = new ArrayList<>(command);
                arguments.addAll(List.of("--wal-path", path));
                OfflineRun run = OfflineRun.of(arguments.toArray(String[]::new)).expect(1);
                assertThat(run.errors()).contains("is in use by process " + daemon.pid());
            }
            daemon.stop();
        }
    }

    @Test
    void whatIsNoLogIsRefusedAndNothingIsMade() throws Exception {
        OfflineRun missing = OfflineRun.of("wal", "verify", "--wal-path", path).expect(1);
        OfflineRun repair = OfflineRun.of("wal", "repair", "--accept-loss", "--wal-path", path)
                .expect(1);
        assertThat(missing.errors()).contains("there is no log at " + path);
        assertThat(repair.errors()).contains("there is no log at " + path);
        assertThat(log.path()).doesNotExist();

        Files.createDirectory(log.path());
        Files.writeString(log.path().resolve("photo.jpg"), "x");
        OfflineRun foreign =
                OfflineRun.of("subscriptions", "list", "--wal-path", path).expect(1);
        assertThat(foreign.errors()).contains("holds no log");
        assertThat(log.contents()).hasSize(1);
    }

    // --- dump ---

    @Test
    void dumpPrintsRecordsAndChangesNothing() throws Exception {
        LogDirectory.store(setup, MESSAGES);
        Map<String, String> before = log.contents();

        OfflineRun text = OfflineRun.of("wal", "dump", "--wal-path", path).expect(0);
        OfflineRun json =
                OfflineRun.of("wal", "dump", "--wal-path", path, "--json").expect(0);

        assertThat(text.output().lines()).hasSize(MESSAGES + 1);
        assertThat(text.output()).contains("1 subscribe topic \"demo\" subscription 1", "9 bytes \"message 0\"");
        assertThat(json.json()).hasSize(MESSAGES + 1);
        assertThat(json.json().get(8).get("payload").asText()).isEqualTo("message 7");
        assertThat(json.json().get(8).get("topic").asText()).isEqualTo("demo");
        assertThat(json.output() + text.output()).doesNotContain(DaemonSetup.KEY);
        assertThat(log.contents()).isEqualTo(before);
    }

    @Test
    void dumpFilters() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                BlipClient client = daemon.connect()) {
            long demo = client.subscribe("demo", 1);
            client.subscribe("other", 1);
            client.publish("demo", WireClient.bytes("a"), 1);
            client.publish("other", new byte[] {0, (byte) 0xff, 1}, 1);
            client.publish("other", WireClient.bytes("b\u001b[31m"), 1);
            client.ping();
            client.ack(demo, client.poll(demo).orElseThrow().deliveryTag());
            client.ping();
            daemon.stop();
        }

        assertThat(dump("--topic", "other")).hasSize(3);
        assertThat(dump("--type", "subscribe")).hasSize(2);
        assertThat(dump("--type", "settle").get(0).get("reason").asText()).isEqualTo("acknowledged");
        assertThat(dump("--topic", "other", "--type", "publish")
                        .get(0)
                        .get("payload_base64")
                        .asText())
                .isEqualTo("AP8B");
        assertThat(dump("--from", "2", "--through", "4")).hasSize(3);
        assertThat(dump("--limit", "2")).hasSize(2);
        assertThat(OfflineRun.of("wal", "dump", "--wal-path", path).output())
                .contains("base64 AP8B")
                .doesNotContain("\u001b");
    }

    private List<JsonNode> dump(String... filter) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("wal", "dump", "--json", "--wal-path", path));
        arguments.addAll(List.of(filter));
        return OfflineRun.of(arguments.toArray(String[]::new)).expect(0).json();
    }

    @Test
    void dumpGoesOnBehindDamage() throws Exception {
        LogDirectory.store(setup, MESSAGES);
        log.damage("message 7");

        OfflineRun dump = OfflineRun.of("wal", "dump", "--wal-path", path).expect(65);

        assertThat(dump.output()).contains("message 6", "message 8").doesNotContain("message 7");
        assertThat(dump.errors()).contains("records 9 to 9 are lost");
    }

    // --- repair ---

    @Test
    void repairOfAWholeLogDoesNothing() throws Exception {
        LogDirectory.store(setup, 1);

        assertThat(OfflineRun.of("wal", "repair", "--wal-path", path).expect(0).output())
                .contains("the log is whole");
        assertThat(OfflineRun.of("wal", "repair", "--accept-loss", "--wal-path", path)
                        .expect(0)
                        .output())
                .contains("the log is whole");
    }

    @Test
    void repairShowsThenGivesUpOnlyWhatIsDamaged() throws Exception {
        LogDirectory.store(setup, MESSAGES);
        log.damage("message 7");
        byte[] damaged = Files.readAllBytes(log.segment());
        Map<String, String> before = log.contents();

        OfflineRun dry = OfflineRun.of("wal", "repair", "--wal-path", path).expect(65);
        assertThat(dry.output()).contains("records 9 to 9 are lost", "nothing was changed; --accept-loss");
        assertThat(log.contents()).isEqualTo(before);

        OfflineRun repair = OfflineRun.of("wal", "repair", "--accept-loss", "--wal-path", path, "--json")
                .expect(0);
        JsonNode report = repair.json().get(0);
        assertThat(report.get("repaired").asBoolean()).isTrue();
        assertThat(report.get("damages")).hasSize(1);
        Path kept = log.path().resolve(log.segment().getFileName() + ".aside");
        assertThat(kept).hasBinaryContent(damaged);
        assertThat(report.get("kept").toString()).contains(kept.getFileName().toString());

        OfflineRun.of("wal", "verify", "--wal-path", path).expect(0);
        assertThat(receivedAfterStart())
                .hasSize(MESSAGES - 1)
                .contains("message 6", "message 8")
                .doesNotContain("message 7");
        assertThat(receivedAfterStart()).hasSize(MESSAGES - 1);
        assertThat(kept).hasBinaryContent(damaged);
    }

    @Test
    void repairOfADamagedCheckpointLosesNothingWhileTheLogHoldsEverything() throws Exception {
        LogDirectory.store(setup, MESSAGES);
        log.flip(log.path().resolve("checkpoint"), 100);

        assertThat(DaemonProcess.run(setup).output()).contains("the checkpoint is damaged", "blipmqd wal repair");
        OfflineRun repair = OfflineRun.of("wal", "repair", "--accept-loss", "--wal-path", path)
                .expect(0);

        assertThat(repair.output()).contains("no record is lost", "kept: checkpoint.aside");
        assertThat(receivedAfterStart()).hasSize(MESSAGES);
    }

    @Test
    void repairOfADeletedCheckpointIsNotNeededWhileTheLogHoldsEverything() throws Exception {
        LogDirectory.store(setup, MESSAGES);
        Files.delete(log.path().resolve("checkpoint"));

        OfflineRun.of("wal", "verify", "--wal-path", path).expect(0);
        assertThat(receivedAfterStart()).hasSize(MESSAGES);
    }

    @Test
    void repairOfADeletedSegmentTellsWhatWentWithIt() throws Exception {
        LogDirectory.store(setup, MESSAGES);
        receivedAfterStart();
        Files.delete(log.segment());

        OfflineRun dry = OfflineRun.of("wal", "repair", "--wal-path", path).expect(65);
        assertThat(dry.output()).contains("is missing", "records 1 to 21 are lost");
        OfflineRun.of("wal", "repair", "--accept-loss", "--wal-path", path).expect(0);

        assertThat(receivedAfterStart()).isEmpty();
        LogDirectory.store(setup, 3);
        assertThat(receivedAfterStart()).containsExactly("message 0", "message 1", "message 2");
    }

    @Test
    void repairOfATruncatedSegmentAndABadHeader() throws Exception {
        LogDirectory.store(setup, MESSAGES);
        receivedAfterStart();
        byte[] content = Files.readAllBytes(log.segment());
        Files.write(log.segment(), Arrays.copyOf(content, content.length - 200));
        log.flip(log.segment(), 60);

        OfflineRun.of("wal", "repair", "--accept-loss", "--wal-path", path).expect(0);

        assertThat(receivedAfterStart()).contains("message 0").hasSizeLessThan(MESSAGES);
    }

    // --- subscriptions ---

    @Test
    void subscriptionsAreListedAndDropped() throws Exception {
        long id = LogDirectory.store(setup, MESSAGES);
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                BlipClient client = daemon.connect()) {
            client.subscribe("empty", 1);
            client.subscribe("passing", 0);
            daemon.stop();
        }

        OfflineRun text =
                OfflineRun.of("subscriptions", "list", "--wal-path", path).expect(0);
        List<JsonNode> list = OfflineRun.of("subscriptions", "list", "--wal-path", path, "--json")
                .expect(0)
                .json();
        assertThat(text.output()).contains("demo", "empty").doesNotContain("passing", DaemonSetup.KEY);
        assertThat(list).hasSize(2);
        assertThat(list.get(0).get("id").asLong()).isEqualTo(id);
        assertThat(list.get(0).get("topic").asText()).isEqualTo("demo");
        assertThat(list.get(0).get("qos").asInt()).isEqualTo(1);
        assertThat(list.get(0).get("backlog").asInt()).isEqualTo(MESSAGES);
        assertThat(list.get(0).get("oldest_age_ms").asLong()).isNotNegative();
        assertThat(list.get(1).has("oldest_age_ms")).isFalse();

        OfflineRun unknown = OfflineRun.of("subscriptions", "drop", "999", "--wal-path", path)
                .expect(1);
        assertThat(unknown.errors()).contains("there is no subscription 999");
        OfflineRun drop = OfflineRun.of("subscriptions", "drop", Long.toString(id), "--wal-path", path)
                .expect(0);
        assertThat(drop.output()).contains("dropped subscription " + id + " to demo with " + MESSAGES + " messages");

        assertThat(OfflineRun.of("subscriptions", "list", "--wal-path", path, "--json")
                        .json())
                .hasSize(1);
        assertThat(OfflineRun.of("wal", "dump", "--type", "remove", "--wal-path", path)
                        .output())
                .contains("remove subscription " + id + " reason dropped");
        assertThat(receivedAfterStart()).isEmpty();
    }

    @Test
    void aSubscriptionIsListedWithItsNameWhileTheDaemonRunsAndAfterwards() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                WireClient client = daemon.connectWire()) {
            client.shakeHandsForPush(DaemonSetup.KEY);
            client.attach(3, "orders", "billing").receive(FrameType.ATTACHED, 3);
            assertThat(daemon.get("/debug/subscriptions").body()).contains("\"name\":\"billing\",\"topic\":\"orders\"");
            daemon.stop();
        }

        OfflineRun text =
                OfflineRun.of("subscriptions", "list", "--wal-path", path).expect(0);
        assertThat(text.output().lines()).first().asString().endsWith("name                  topic");
        assertThat(text.output().lines()).last().asString().endsWith("billing               orders");
        OfflineRun json = OfflineRun.of("subscriptions", "list", "--wal-path", path, "--json")
                .expect(0);
        assertThat(json.json().get(0).get("name").asText()).isEqualTo("billing");
    }

    /** The list of commands has only the first line of what each says of itself. */
    @Test
    void whatEachCommandDoesIsAWholeSentenceInTheListOfCommands() {
        for (String group : List.of("wal", "subscriptions")) {
            CommandLine commands = Main.commandLine().getSubcommands().get(group);
            commands.getSubcommands().values().forEach(command -> {
                String[] description = command.getCommandSpec().usageMessage().description();
                assertThat(description[0]).as(command.getCommandName()).endsWith(".");
            });
        }
        assertThat(squeezed(OfflineRun.of("wal", "--help"))).contains("would give up; with --accept-loss, repairs it.");
        assertThat(squeezed(OfflineRun.of("subscriptions", "--help")))
                .contains("of a stopped daemon with their backlogs.");
    }

    @Test
    void theHelpSaysThatALogIsRecovered() {
        for (String command : List.of("list", "drop")) {
            assertThat(squeezed(OfflineRun.of("subscriptions", command, "--help")))
                    .contains("one without a clean end is recovered");
        }
    }

    /** Without the lines' ends, which depend on the terminal. */
    private static String squeezed(OfflineRun help) {
        return help.expect(0).output().replaceAll("\\s+", " ");
    }

    @Test
    void aCommandWithoutItsOwnIsExplained() {
        OfflineRun run = OfflineRun.of("wal").expect(2);

        assertThat(run.errors()).contains("Missing required subcommand", "verify", "dump", "repair");
    }
}
