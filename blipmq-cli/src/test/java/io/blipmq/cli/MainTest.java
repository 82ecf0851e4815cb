package io.blipmq.cli;

import static io.blipmq.cli.CommandRun.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.FakeBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MainTest {
    private FakeBroker server;

    @BeforeEach
    void startServer() throws IOException {
        server = new FakeBroker();
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pub ",
                "sub ",
                "subscribe ",
                "unsubscribe ",
                "ping ",
                "info ",
                "topics ",
                "subs ",
                "show ",
                "top ",
                "dlq list ",
                "dlq redrive ",
                "completion "
            })
    void helpNamesOptionsAndExitStatuses(String subcommand) {
        CommandRun run = command().run((subcommand + "--help").split(" "));

        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("--url=URL", "--key=KEY", "--key-file=FILE", "--connect-timeout=SECONDS")
                .contains("BLIPMQ_URL", "BLIPMQ_KEY", "blip://127.0.0.1:5555")
                .contains("Exit status:", "0     done", "1     failed", "2     the command line");
    }

    @Test
    void helpSaysWhatTheNumbersOfASubscriptionMean() {
        for (String subcommand : List.of("subs", "show", "top")) {
            String help = command().run(subcommand, "--help").out().replaceAll("\\s+", " ");
            assertThat(help).contains("In flight is what a client holds now");
        }
    }

    @Test
    void versionIsOneLine() {
        CommandRun run = command().run("--version");

        assertThat(run.status()).isZero();
        assertThat(run.out()).matches("blipmq \\S+\\R");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--url 127.0.0.1:1|give a command: pub, sub, subscribe, unsubscribe, request, reply, ping, info, topics, subs, show, top, dlq, bench",
                "dlq|give a command: list, show, redrive or purge",
                "dlq purge demo|give --count N, --tag TAG or --all",
                "pub demo hi --header x|--header takes NAME=VALUE",
                "pub demo hi --file x|give MESSAGE or --file, not both",
                "sub demo --qos 0 --name x|--qos 0 cannot be combined with --name, which makes a subscription durable; --group shares one",
                "pup demo|Unmatched arguments",
                "pub|Missing required parameter: 'TOPIC'",
                "pub demo hi --qos 2|--qos takes 0 or 1, not 2",
                "pub demo hi --qos x|Invalid value for option '--qos'",
                "pub demo hi --frob|Unknown option: '--frob'",
                "sub demo --peek --take-over|--peek changes nothing: without --take-over, --from-new and --ack manual",
                "top --interval 0|--interval takes 0.001 to 86400 seconds",
                "top --max 0|--max takes 1 or more, not 0",
                "top --sort size|Invalid value for option '--sort'",
                "top --metrics ftp://x|--metrics takes http://HOST:PORT/metrics, not ftp://x",
                "sub demo --count 0|--count takes 1 or more, not 0; blipmq subscribe only creates a subscription",
                "subscribe demo|Missing required option: '--name=NAME'",
                "subscribe demo --name=|--name must not be empty",
                "pub demo hi --ttl 7d|Invalid value for option '--ttl': '7d' is not a number without a unit",
                "sub demo --timeout 1f|Invalid value for option '--timeout': '1f' is not a number without a unit",
                "pub demo hi --ttl NaN|Invalid value for option '--ttl': 'NaN' is not a number without a unit",
                "pub demo hi --ttl 3155760001|--ttl takes 0.001 to 3155760000 seconds",
                "sub demo --timeout 0|--timeout takes 0.001 to 86400 seconds",
                "ping --count 0|--count takes 1 or more",
                "ping --connect-timeout 0|--connect-timeout takes 0.001 to 86400 seconds",
                "ping --url http://x|--url: 'http' is not a supported scheme",
                "pub de\ufffdmo hi|the topic is not text in this locale",
                "ping --key a --key-file b|give --key or --key-file, not both",
                "ping --key-file /nonexistent/key|--key-file: cannot read /nonexistent/key",
            })
    void aWrongCommandLineIsOneLineAndStatus2(String arguments, String message) {
        CommandRun run = CommandRun.at(server).run(arguments.split(" "));

        assertThat(run.err()).startsWith("blipmq").contains(message).hasLineCount(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void aMissingKeySaysHowToGiveOne() {
        CommandRun run = command().run("ping");

        assertThat(run.err())
                .isEqualTo("blipmq ping: no API key: give --key KEY or --key-file FILE, or set BLIPMQ_KEY"
                        + " (see blipmq ping --help)\n");
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void aWrongKeyIsStatus1AndIsNotRepeated() {
        CommandRun run = CommandRun.at(server).run("ping", "--key", "wrong-key");

        assertThat(run.err())
                .isEqualTo("blipmq ping: the key for " + server.address() + " was refused: 401 invalid API key\n");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void optionsStandBeforeOrAfterTheSubcommandAndWinOverTheEnvironment() {
        Map<String, String> wrong = Map.of("BLIPMQ_URL", "blip://127.0.0.1:1", "BLIPMQ_KEY", "wrong");
        String url = server.address().toString();

        CommandRun before = command().environment(wrong).run("--url", url, "--key", CommandRun.KEY, "ping");
        CommandRun after = command().environment(wrong).run("ping", "--url", url, "--key", CommandRun.KEY);

        assertThat(before.status()).as(before.err()).isZero();
        assertThat(after.status()).as(after.err()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"KEY", "KEY\n", "\ufeffKEY\r\n", "\n# of the shop\n  KEY \nanother\n"})
    void readsTheKeyFromAFileAsTheDaemonDoes(String content, @TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("key"), content.replace("KEY", CommandRun.KEY));

        CommandRun run = CommandRun.at(server).run("ping", "--key-file", file.toString());

        assertThat(run.status()).as(run.err()).isZero();
    }

    @Test
    void aKeyFileWithoutAKeySaysSo(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("key"), "# none\n");

        CommandRun run = CommandRun.at(server).run("ping", "--key-file", file.toString());

        assertThat(run.err())
                .contains("--key-file: " + file + " contains no key")
                .hasLineCount(1);
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void blanksAroundTheKeyOfTheEnvironmentAreDropped() {
        Map<String, String> environment =
                Map.of("BLIPMQ_URL", server.address().toString(), "BLIPMQ_KEY", " " + CommandRun.KEY + "\r\n");

        CommandRun run = command().environment(environment).run("ping");

        assertThat(run.status()).as(run.err()).isZero();
    }

    @Test
    void pingPrintsItsRoundTrips() {
        CommandRun run = CommandRun.at(server).run("ping", "--count", "3");

        assertThat(run.out())
                .matches("3 round trips to " + server.address()
                        + ": min \\d+ µs, avg \\d+ µs, p99 \\d+ µs, max \\d+ µs\\R");
        assertThat(run.status()).isZero();
    }

    @Test
    void nobodyListeningIsStatus1() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        CommandRun run = command().run("ping", "--key", "k", "--url", "127.0.0.1:" + port);

        assertThat(run.err()).isEqualTo("blipmq ping: no connection to 127.0.0.1:" + port + ": Connection refused\n");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void infoSaysWhatTheBrokerSaidOfItself() {
        CommandRun run = CommandRun.at(server).run("info");

        assertThat(run.out()).contains("server         fake/1\n", "fsync policy   always\n");
        assertThat(CommandRun.at(server).run("info", "--json").out())
                .startsWith("{\"server\":\"fake/1\",")
                .hasLineCount(1);
    }

    @Test
    void completionIsAScriptThatKnowsTheCommands() {
        CommandRun run = command().run("completion");

        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("#!/usr/bin/env bash").contains("_complete_blipmq", "redrive");
    }
}
