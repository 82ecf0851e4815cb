package io.blipmq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.blipmq.client.FakeBroker;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PubCommandTest {
    private FakeBroker broker;

    @BeforeEach
    void startBroker() throws IOException {
        broker = new FakeBroker();
        broker.collect("demo", "all");
    }

    @AfterEach
    void stopBroker() throws IOException {
        broker.close();
    }

    @Test
    void publishesItsArgument() {
        CommandRun run = CommandRun.at(broker).run("pub", "demo", "grüß dich");

        assertThat(run.err()).isEqualTo("published 1, confirmed 1\n");
        assertThat(run.status()).isZero();
        assertThat(broker.bodies("all")).containsExactly("grüß dich");
    }

    @Test
    void publishesItsArgumentAgainAndAgain() {
        CommandRun run = CommandRun.at(broker).run("pub", "demo", "@home", "--count", "3", "--rate", "1000", "--json");

        assertThat(run.out())
                .isEqualTo("{\"published\":3,\"confirmed\":3,\"withoutSubscription\":0,\"duplicates\":0}\n");
        assertThat(run.err()).isEmpty();
        assertThat(broker.bodies("all")).containsExactly("@home", "@home", "@home");
    }

    @Test
    void aTtlMayBeAWeek() {
        CommandRun run = CommandRun.at(broker).run("pub", "demo", "hi", "--ttl", "604800");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(broker.bodies("all")).containsExactly("hi");
    }

    @Test
    void saysWhenNobodyKeepsWhatItPublished() {
        CommandRun one = CommandRun.at(broker).run("pub", "elsewhere", "lost");
        CommandRun two = CommandRun.at(broker).input("a\nb\n").run("pub", "elsewhere");
        CommandRun json = CommandRun.at(broker).run("pub", "elsewhere", "lost", "--json");

        assertThat(one.err()).isEqualTo("published 1, confirmed 1; 1 reached no subscription and is not kept\n");
        assertThat(one.status()).isZero();
        assertThat(two.err()).isEqualTo("published 2, confirmed 2; 2 reached no subscription and are not kept\n");
        assertThat(json.out())
                .isEqualTo("{\"published\":1,\"confirmed\":1,\"withoutSubscription\":1,\"duplicates\":0}\n");
    }

    @Test
    void anIdIsStoredOnce() {
        CommandRun first = CommandRun.at(broker).run("pub", "demo", "hi", "--id", "order 7");
        CommandRun second = CommandRun.at(broker).run("pub", "demo", "hi", "--id", "order 7");

        assertThat(first.err()).isEqualTo("published 1, confirmed 1\n");
        assertThat(second.err()).isEqualTo("published 1, confirmed 1; 1 is a duplicate and not stored again\n");
        assertThat(second.status()).isZero();
        assertThat(broker.bodies("all")).containsExactly("hi");
    }

    @Test
    void anIdIsForOneMessage() {
        CommandRun lines = CommandRun.at(broker).input("a\nb\n").run("pub", "demo", "--id", "1");
        CommandRun twice = CommandRun.at(broker).run("pub", "demo", "hi", "--count", "2", "--id", "1");
        CommandRun unstored = CommandRun.at(broker).run("pub", "demo", "hi", "--qos", "0", "--id", "1");
        CommandRun tooLong = CommandRun.at(broker).run("pub", "demo", "hi", "--id", "i".repeat(65));

        assertThat(lines.err()).contains("--id is for one message: give MESSAGE or --file");
        assertThat(twice.err()).contains("--id is for one message");
        assertThat(unstored.err()).contains("--id has no effect at QoS 0: nothing is stored");
        assertThat(tooLong.err()).contains("an id must be 1 to 64 bytes, not 65");
        assertThat(List.of(lines.status(), twice.status(), unstored.status(), tooLong.status()))
                .containsOnly(2);
        assertThat(broker.bodies("all")).isEmpty();
    }

    @Test
    void publishesAFileAsOneMessage(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("message"), "one\ntwo\n");

        publishFile(file);

        assertThat(broker.bodies("all")).containsExactly("one\ntwo\n");
    }

    @Test
    void aFileThatNoMessageCanCarryIsNotRead(@TempDir Path directory) throws IOException {
        Path huge = directory.resolve("huge");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(3L << 30);
        }

        CommandRun run = publishFile(huge);

        assertThat(run.err())
                .matches(
                        "blipmq pub: a message on this topic must be at most \\d+ bytes, not 3221225472 \\(see .*\\)\n");
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void saysWhyAFileCannotBeRead(@TempDir Path directory) throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "x");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("-w-------"));

        assertThat(publishFile(directory.resolve("none")).err()).endsWith("none: no such file; confirmed 0 of 0\n");
        assertThat(publishFile(directory).err())
                .isEqualTo("blipmq pub: cannot read " + directory + ": is a directory; confirmed 0 of 0\n");
        assertThat(CommandRun.at(broker)
                        .run("ping", "--key-file", directory.toString())
                        .err())
                .startsWith("blipmq ping: --key-file: cannot read " + directory + ": is a directory");
        assumeFalse(Files.isReadable(secret), "whoever runs this may read everything");
        assertThat(publishFile(secret).err()).endsWith("secret: permission denied; confirmed 0 of 0\n");
    }

    private CommandRun publishFile(Path file) {
        return CommandRun.at(broker).run("pub", "demo", "--file", file.toString());
    }

    @Test
    void publishesEachLineOfItsInputAsItStands() {
        CommandRun run = CommandRun.at(broker).input("one\n\n two \r\nlast").run("pub", "demo");

        assertThat(run.err()).isEqualTo("published 4, confirmed 4\n");
        assertThat(broker.bodies("all")).containsExactly("one", "", " two \r", "last");
    }

    @Test
    void countLimitsTheLines() {
        CommandRun.at(broker).input("one\ntwo\nthree\n").run("pub", "demo", "--count", "2", "--quiet");

        assertThat(broker.bodies("all")).containsExactly("one", "two");
    }

    @Test
    void goesOnAfterTheConnectionWasLost() throws Exception {
        String text = lines(20_000);
        broker.holdConfirms(true);
        CompletableFuture<CommandRun> run = CompletableFuture.supplyAsync(
                () -> CommandRun.at(broker).input(text).run("pub", "demo"));
        broker.await("some are published", () -> broker.bodies("all").size() > 1000);
        broker.holdConfirms(false);
        broker.restart();

        assertThat(run.get(100, TimeUnit.SECONDS).err())
                .isEqualTo("connection to " + broker.address()
                        + " lost, reconnecting\nreconnected\npublished 20000, confirmed 20000\n");
        List<String> first = broker.bodies("all").stream().distinct().toList();
        assertThat(String.join("\n", first) + "\n").isEqualTo(text);
    }

    @Test
    void quietItSaysNothingOfALostConnection() throws Exception {
        broker.holdConfirms(true);
        CompletableFuture<CommandRun> run =
                CompletableFuture.supplyAsync(() -> CommandRun.at(broker).run("pub", "demo", "hi", "--quiet"));
        broker.await("it is published", () -> !broker.bodies("all").isEmpty());
        broker.holdConfirms(false);
        broker.restart();

        assertThat(run.get(60, TimeUnit.SECONDS).err()).isEmpty();
    }

    @Test
    void aRefusalSaysHowManyBeforeItAreConfirmed() {
        broker.refuse(V2Nack.DISK_FULL, body -> new String(body).equals("line 1201"));

        CommandRun run = CommandRun.at(broker).input(lines(1201)).run("pub", "demo");

        assertThat(run.err()).isEqualTo("blipmq pub: a publish was refused: 507 disk full; confirmed 1200 of 1201\n");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void aBrokerThatStaysAwayEndsIt() throws Exception {
        broker.holdConfirms(true);

        CommandRun run = CommandRun.at(broker).input("one\ntwo\n").run("pub", "demo", "--timeout", "0.1");

        assertThat(run.err()).startsWith("blipmq pub: a publish was not confirmed in time; confirmed 0 of 2");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void aLineThatNoMessageCanCarryIsNamedAndTheOnesBeforeAreConfirmed() {
        String tooLong = "x".repeat(16 * 1024 * 1024);

        CommandRun run =
                CommandRun.at(broker).input("first\n" + tooLong + "\nthird\n").run("pub", "demo");

        assertThat(run.err())
                .matches(
                        "blipmq pub: line 2 exceeds the maximum size of a message, which is \\d+ bytes; confirmed 1 of 1\n");
        assertThat(run.status()).isEqualTo(1);
        assertThat(broker.bodies("all")).containsExactly("first");
    }

    @Test
    void aTopicThatIsTooLongIsAUsageError() {
        CommandRun run = CommandRun.at(broker).run("pub", "t".repeat(1025), "hi");

        assertThat(run.err()).startsWith("blipmq pub: a topic must be at most 1024 bytes of UTF-8, not 1025");
        assertThat(run.status()).isEqualTo(2);
    }

    private static String lines(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
    }
}
