package io.blipmq.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.FakeBroker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SubCommandTest {
    private FakeBroker broker;

    @BeforeEach
    void startBroker() throws IOException {
        broker = new FakeBroker();
        broker.collect("demo", "mine");
    }

    @AfterEach
    void stopBroker() throws IOException {
        broker.close();
    }

    @Test
    void printsAndAcknowledgesAsManyAsAskedFor() {
        publish("one\n\ndrei ä\nfour\n");

        CommandRun run = CommandRun.at(broker).run("sub", "demo", "--name", "mine", "--count", "3");

        assertThat(run.out()).isEqualTo("one\n\ndrei ä\n");
        assertThat(run.err()).isEqualTo("subscribed to demo as mine (QoS 1), subscription 1, 4 waiting\n");
        assertThat(run.status()).isZero();
        assertThat(broker.bodies("mine")).containsExactly("four");
    }

    @Test
    void aGroupIsNamedAndNothingElse() {
        publish("one\n");

        CommandRun run = CommandRun.at(broker).run("sub", "demo", "--group", "mine", "--count", "1");
        CommandRun both = CommandRun.at(broker).run("sub", "demo", "--group", "mine", "--name", "mine");

        assertThat(run.out()).isEqualTo("one\n");
        assertThat(run.err()).isEqualTo("subscribed to demo in group mine (QoS 1), subscription 1, 1 waiting\n");
        assertThat(broker.groupAttaches()).isEqualTo(1);
        assertThat(both.err()).startsWith("blipmq sub: give --name or --group, not both");
    }

    @Test
    void subscribeOnlyMakesTheSubscription() {
        CommandRun run = CommandRun.at(broker).run("subscribe", "demo", "--name", "new");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("subscribed to demo as new, subscription 2\n");
        publish("one\n");
        assertThat(broker.bodies("new")).containsExactly("one");
    }

    @Test
    void printsJsonAndRaw() {
        publish("one\ntwo\n");

        CommandRun json = CommandRun.at(broker).run("sub", "demo", "--name", "mine", "--count", "1", "--json");
        CommandRun raw = CommandRun.at(broker).run("sub", "demo", "--name", "mine", "--count", "1", "-o", "raw");

        assertThat(json.out())
                .startsWith("{\"topic\":\"demo\",\"qos\":1,\"tag\":1,\"attempt\":1,\"published\":")
                .endsWith("\"headers\":[],\"body\":\"one\"}\n");
        assertThat(raw.out()).isEqualTo("two");
    }

    @Test
    void printsPayloadsAsTheyAre() throws Exception {
        byte[] payload = {(byte) 0xff, 0, '\r'};
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        CommandRun.at(broker).input(new ByteArrayInputStream(payload)).run("pub", "demo");

        CommandRun.at(broker).output(output).run("sub", "demo", "--name", "mine", "--count", "1");

        assertThat(output.toByteArray()).containsExactly(0xff, 0, '\r', '\n');
    }

    @Test
    void manualDecisionsComeFromItsInput() {
        publish("one\ntwo\nthree\nfour\n");

        CommandRun run = CommandRun.at(broker)
                .input("ack\nreject no such order\n")
                .run("sub", "demo", "--name", "mine", "--ack", "manual");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("one\ntwo\nthree\n");
        assertThat(broker.bodies("mine")).containsExactly("three", "four");
    }

    @Test
    void aMessageDoesNotTimeOutWhileItsDecisionIsWaitedFor() throws Exception {
        publish("one\n");
        PipedOutputStream decision = new PipedOutputStream();
        CompletableFuture<CommandRun> sub = start(
                CommandRun.at(broker).input(new PipedInputStream(decision)),
                "sub",
                "demo",
                "--name",
                "mine",
                "--ack",
                "manual",
                "--ack-timeout",
                "0.03",
                "--count",
                "1");
        broker.await("it is given more time again and again", () -> broker.extensions("mine") >= 6);

        decision.write("ack\n".getBytes(UTF_8));
        decision.flush();

        assertThat(sub.get(60, TimeUnit.SECONDS).status()).isZero();
        assertThat(broker.bodies("mine")).isEmpty();
    }

    @Test
    void goesOnAfterTheConnectionWasLost() throws Exception {
        CompletableFuture<CommandRun> sub =
                start(CommandRun.at(broker), "sub", "demo", "--name", "mine", "--count", "2");
        publish("one\n");
        broker.await("the first is acknowledged", () -> broker.bodies("mine").isEmpty());
        broker.goAway();
        broker.restart();
        publish("two\n");

        CommandRun run = sub.get(60, TimeUnit.SECONDS);

        assertThat(run.out()).isEqualTo("one\ntwo\n");
        assertThat(run.err())
                .contains("\nthe broker is closing the connection: 503 shutting down\n")
                .endsWith("\nconnection to " + broker.address() + " lost, reconnecting\nreconnected\n");
        assertThat(run.status()).isZero();
    }

    @Test
    void withoutANameItSaysThatItHasMissedSomething() throws Exception {
        CompletableFuture<CommandRun> sub = start(CommandRun.at(broker), "sub", "demo", "--count", "2");
        broker.await("it is there", () -> broker.isHeld(""));
        publish("one\n");
        broker.await("the first is acknowledged", () -> broker.bodies("").isEmpty());
        broker.restart();
        broker.await("it is there again", () -> broker.isHeld(""));
        publish("two\n");

        CommandRun run = sub.get(60, TimeUnit.SECONDS);

        assertThat(run.out()).isEqualTo("one\ntwo\n");
        assertThat(run.err()).endsWith("\nattached again: it has no name, so it missed what was published meanwhile\n");
    }

    @Test
    void saysThatItsNameIsHeldByAnother() throws Exception {
        CompletableFuture<CommandRun> sub =
                start(CommandRun.at(broker), "sub", "demo", "--name", "mine", "--count", "1");
        broker.await("it is there", () -> broker.isHeld("mine"));
        broker.stop();
        broker.refuseToAttach("mine", true);
        broker.start();
        broker.await("it asks again and again", () -> broker.attachesRefused() >= 2);
        broker.refuseToAttach("mine", false);
        publish("one\n");

        CommandRun run = sub.get(60, TimeUnit.SECONDS);

        assertThat(run.err())
                .containsOnlyOnce("waiting: a subscription to demo was refused: 409 another connection holds this");
        assertThat(run.out()).isEqualTo("one\n");
    }

    @Test
    void endsWithStatus1WhenNothingArrives() {
        CommandRun run = CommandRun.at(broker).run("sub", "demo", "--timeout", "0.05");

        assertThat(run.err()).endsWith("\nblipmq sub: nothing arrived for 0.05 s\n");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void aReaderThatWentAwayIsAQuietEndAndItsMessageIsNotAcknowledged() {
        publish("one\n");

        CommandRun run = CommandRun.at(broker).output(failing("Broken pipe")).run("sub", "demo", "--name", "mine");

        assertThat(run.err()).hasLineCount(1);
        assertThat(run.status()).isZero();
        assertThat(broker.bodies("mine")).containsExactly("one");
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() {
        publish("one\n");

        CommandRun run =
                CommandRun.at(broker).output(failing("No space left on device")).run("sub", "demo", "--name", "mine");

        assertThat(run.err()).endsWith("\nblipmq sub: cannot write standard output: No space left on device\n");
        assertThat(run.status()).isEqualTo(1);
        assertThat(broker.bodies("mine")).containsExactly("one");
    }

    @Test
    void aNameThatIsHeldIsStatus1() throws Exception {
        CompletableFuture<CommandRun> holder = start(CommandRun.at(broker), "sub", "demo", "--name", "mine");
        broker.await("it is held", () -> broker.isHeld("mine"));

        CommandRun run = CommandRun.at(broker).run("sub", "demo", "--name", "mine");

        assertThat(run.err())
                .isEqualTo("blipmq sub: a subscription to demo was refused:"
                        + " 409 another connection holds this subscription\n");
        assertThat(run.status()).isEqualTo(1);
        broker.detach("mine");
        assertThat(holder.get(60, TimeUnit.SECONDS).err()).contains("has ended: 409 taken over");
    }

    private void publish(String lines) {
        assertThat(CommandRun.at(broker).input(lines).run("pub", "demo").status())
                .isZero();
    }

    private static CompletableFuture<CommandRun> start(CommandRun run, String... arguments) {
        return CompletableFuture.supplyAsync(() -> run.run(arguments));
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
