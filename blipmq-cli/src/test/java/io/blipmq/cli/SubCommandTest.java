package io.blipmq.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.ScriptedServer;
import io.blipmq.client.ScriptedServer.Ack;
import io.blipmq.protocol.Nack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SubCommandTest {
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
    void printsAsManyMessagesAsAskedFor() throws Exception {
        CompletableFuture<CommandRun> sub = start(CommandRun.at(server), "sub", "demo", "--count", "3");
        server.awaitSubscription("demo");
        deliver(1, "one", "", "drei ä");

        CommandRun run = result(sub);

        assertThat(run.out()).isEqualTo("one\n\ndrei ä\n");
        assertThat(run.err()).isEqualTo("subscribed to demo (QoS 0), subscription 7\n");
        assertThat(run.status()).isZero();
    }

    @Test
    void printsPayloadsAsTheyAre() throws Exception {
        byte[] payload = {(byte) 0xff, 0, '\r'};
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        CompletableFuture<CommandRun> sub = start(CommandRun.at(server).output(output), "sub", "demo", "--count", "1");
        server.awaitSubscription("demo");
        server.deliver("demo", 0, payload);

        result(sub);

        assertThat(output.toByteArray()).containsExactly(0xff, 0, '\r', '\n');
    }

    @Test
    void acknowledgesAtQos1() throws Exception {
        CompletableFuture<CommandRun> sub = start(CommandRun.at(server), "sub", "demo", "--qos", "1", "--count", "2");
        server.awaitSubscription("demo");
        deliver(1, "one", "two", "three");

        CommandRun run = result(sub);

        assertThat(run.out()).isEqualTo("one\ntwo\n");
        assertThat(run.err()).isEqualTo("subscribed to demo (QoS 1), subscription 7\n");
        assertThat(server.awaitAcks(2)).containsExactly(new Ack(7, 101), new Ack(7, 102));
    }

    @Test
    void followsUntilTheServerGoesAway() throws Exception {
        CompletableFuture<CommandRun> sub = start(CommandRun.at(server), "sub", "demo", "--qos", "1");
        server.awaitSubscription("demo");
        for (int i = 0; i < 1000; i++) {
            deliver(1, "m" + i);
        }
        server.awaitAcks(1000);
        server.hangUp();

        CommandRun run = result(sub);

        assertThat(run.out()).hasLineCount(1000).endsWith("\nm999\n");
        assertThat(run.err()).contains("\nblipmq sub: connection to " + server.address() + " lost: ");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void endsWithStatus1WhenNothingArrives() {
        CommandRun run = CommandRun.at(server).run("sub", "demo", "--timeout", "0.05");

        assertThat(run.err()).endsWith("\nblipmq sub: nothing arrived for 0.05 s\n");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void aReaderThatWentAwayIsAQuietEndAndItsMessageIsNotAcknowledged() throws Exception {
        CompletableFuture<CommandRun> sub =
                start(CommandRun.at(server).output(failing("Broken pipe")), "sub", "demo", "--qos", "1");
        server.awaitSubscription("demo");
        deliver(1, "one");

        CommandRun run = result(sub);

        assertThat(run.err()).isEqualTo("subscribed to demo (QoS 1), subscription 7\n");
        assertThat(run.status()).isZero();
        assertThat(server.awaitAcks(0)).isEmpty();
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        CompletableFuture<CommandRun> sub =
                start(CommandRun.at(server).output(failing("No space left on device")), "sub", "demo", "--qos", "1");
        server.awaitSubscription("demo");
        deliver(1, "one");

        CommandRun run = result(sub);

        assertThat(run.err()).endsWith("\nblipmq sub: cannot write standard output: No space left on device\n");
        assertThat(run.status()).isEqualTo(1);
        assertThat(server.awaitAcks(0)).isEmpty();
    }

    @Test
    void aRefusedSubscribeIsStatus1() {
        server.refuseSubscribes(Nack.SUBSCRIBE_DISK_FULL);

        CommandRun run = CommandRun.at(server).run("sub", "demo", "--qos", "1");

        assertThat(run.err()).isEqualTo("blipmq sub: SUBSCRIBE was refused: 500 subscribe failed: disk full\n");
        assertThat(run.status()).isEqualTo(1);
    }

    private void deliver(int qos, String... messages) {
        for (String message : List.of(messages)) {
            server.deliver("demo", qos, message.getBytes(UTF_8));
        }
    }

    private static CompletableFuture<CommandRun> start(CommandRun run, String... arguments) {
        return CompletableFuture.supplyAsync(() -> run.run(arguments));
    }

    private static CommandRun result(CompletableFuture<CommandRun> run) throws Exception {
        return run.get(60, TimeUnit.SECONDS);
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }
}
