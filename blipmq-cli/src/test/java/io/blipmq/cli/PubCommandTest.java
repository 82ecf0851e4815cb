package io.blipmq.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.ScriptedServer;
import io.blipmq.client.ScriptedServer.Published;
import io.blipmq.protocol.Nack;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PubCommandTest {
    private ScriptedServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = ScriptedServer.start(CommandRun.KEY);
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void publishesItsArgumentAtQos1() {
        CommandRun run = CommandRun.at(server).run("pub", "demo", "grüß dich");

        assertThat(run.err()).isEqualTo("published 1, confirmed 1\n");
        assertThat(run.status()).isZero();
        Published message = server.published().get(0);
        assertThat(message.topic()).isEqualTo("demo");
        assertThat(message.qos()).isEqualTo(1);
        assertThat(message.text()).isEqualTo("grüß dich");
    }

    @Test
    void aMessageMayBeginWithAnAtSign() {
        CommandRun.at(server).run("pub", "demo", "@home");

        assertThat(server.published()).extracting(Published::text).containsExactly("@home");
    }

    @Test
    void quietAndQos0SaveTheSummary() {
        assertThat(CommandRun.at(server).run("pub", "demo", "hi", "--quiet").err())
                .isEmpty();
        assertThat(CommandRun.at(server).run("pub", "demo", "hi", "--qos", "0").err())
                .isEmpty();
        assertThat(server.published()).extracting(Published::qos).containsExactly(1, 0);
    }

    @Test
    void publishesEachLineOfItsInputAsItStands() {
        CommandRun run = CommandRun.at(server).input("one\n\n two \r\nlast").run("pub", "demo");

        assertThat(run.err()).isEqualTo("published 4, confirmed 4\n");
        assertThat(server.published()).extracting(Published::text).containsExactly("one", "", " two \r", "last");
    }

    @Test
    void emptyInputIsNothingToPublish() {
        CommandRun run = CommandRun.at(server).run("pub", "demo");

        assertThat(run.err()).isEqualTo("published 0, confirmed 0\n");
        assertThat(run.status()).isZero();
    }

    @Test
    void publishesAHundredThousandLinesToASlowReader() throws IOException {
        server.close();
        server = ScriptedServer.startWithSmallBuffers(CommandRun.KEY);
        String text = lines(100_000);

        CommandRun run = CommandRun.at(server).input(text).run("pub", "demo");

        assertThat(run.err()).isEqualTo("published 100000, confirmed 100000\n");
        assertThat(server.published().stream().map(m -> m.text() + "\n").collect(Collectors.joining()))
                .isEqualTo(text);
    }

    @Test
    void confirmsWhatThereIsBeforeItWaitsForMore() throws Exception {
        PipedOutputStream writer = new PipedOutputStream();
        InputStream input = new PipedInputStream(writer);
        CompletableFuture<CommandRun> run = CompletableFuture.supplyAsync(
                () -> CommandRun.at(server).input(input).run("pub", "demo"));
        writer.write("first\n".getBytes(UTF_8));
        writer.flush();
        server.awaitPublished(1);
        writer.write("second\n".getBytes(UTF_8));
        writer.close();

        assertThat(run.get(60, TimeUnit.SECONDS).err()).isEqualTo("published 2, confirmed 2\n");
    }

    @Test
    void aRefusalSaysHowManyBeforeItAreConfirmed() {
        server.refusePublishes(ordinal -> ordinal > 1200 ? Nack.PUBLISH_DISK_FULL : null);

        CommandRun run = CommandRun.at(server).input(lines(1300)).run("pub", "demo");

        assertThat(run.err())
                .isEqualTo("blipmq pub: 100 publishes were refused, the first with: "
                        + "500 durable publish failed: disk full; confirmed 1200 of 1300\n");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void aRefusalInALaterWindowCountsTheWindowsBefore() {
        server.refusePublishes(ordinal -> ordinal == 9_000 ? Nack.PUBLISH_DISK_FULL : null);

        CommandRun run = CommandRun.at(server).input(lines(10_000)).run("pub", "demo");

        assertThat(run.err())
                .isEqualTo("blipmq pub: a publish was refused: 500 durable publish failed: disk full;"
                        + " confirmed 8999 of 10000\n");
    }

    @Test
    void aLostServerSaysHowManyAreConfirmed() {
        server.hangUpAfterPublishes(5_000);

        CommandRun run = CommandRun.at(server).input(lines(6_000)).run("pub", "demo");

        assertThat(run.err())
                .startsWith("blipmq pub: connection to " + server.address() + " lost: ")
                .endsWith("; confirmed 4096 of 6000\n")
                .hasLineCount(1);
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void qos0NeverClaimsAConfirmation() {
        server.refusePublishes(ordinal -> Nack.PUBLISH_SHUTTING_DOWN);

        CommandRun run = CommandRun.at(server).run("pub", "demo", "hi", "--qos", "0");

        assertThat(run.err())
                .isEqualTo("blipmq pub: a publish was refused: 500 durable publish failed: shutting down;"
                        + " accepted 0 of 1\n");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void aLineThatNoMessageCanCarryIsNamedAndTheOnesBeforeAreConfirmed() {
        String tooLong = "x".repeat(16 * 1024 * 1024);

        CommandRun run =
                CommandRun.at(server).input("first\n" + tooLong + "\nthird\n").run("pub", "demo");

        assertThat(run.err())
                .isEqualTo("blipmq pub: line 2 is longer than a message may be: 16777200 bytes; confirmed 1 of 1\n");
        assertThat(run.status()).isEqualTo(1);
        assertThat(server.published()).extracting(Published::text).containsExactly("first");
    }

    @Test
    void aTopicThatIsTooLongIsAUsageError() {
        CommandRun run = CommandRun.at(server).run("pub", "t".repeat(1025), "hi");

        assertThat(run.err()).startsWith("blipmq pub: a topic is 1 to 1024 bytes of UTF-8, not 1025");
        assertThat(run.status()).isEqualTo(2);
    }

    private static String lines(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
    }
}
