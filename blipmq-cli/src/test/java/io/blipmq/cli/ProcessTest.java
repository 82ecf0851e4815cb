package io.blipmq.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.blipmq.client.FakeBroker;
import io.blipmq.client.IgnoredSignals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own shows: real pipes, signals and exit statuses. */
@Timeout(120)
class ProcessTest {
    private static final int SIGINT = 2;

    @TempDir
    private Path directory;

    private FakeBroker server;
    private Process process;

    @BeforeEach
    void startServer() throws IOException {
        server = new FakeBroker();
        server.collect("demo", "all");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void pubReadsLinesAndSaysThatAllIsConfirmed() throws Exception {
        Path file = Files.writeString(directory.resolve("lines"), "one\ntwo\n");

        process = blipmq("pub", "demo").redirectInput(file.toFile()).start();

        assertThat(status()).isZero();
        assertThat(errors()).isEqualTo("published 2, confirmed 2\n");
        assertThat(server.bodies("all")).containsExactly("one", "two");
    }

    @Test
    void subEndsQuietlyWhenItsReaderGoesAway() throws Exception {
        CommandRun.at(server).run("pub", "demo", "one");
        process = blipmq("sub", "demo", "--name", "all").start();
        BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        assertThat(reader.readLine()).isEqualTo("one");

        reader.close();
        CommandRun.at(server).run("pub", "demo", "two");

        assertThat(status()).isZero();
        assertThat(errors()).isEqualTo("subscribed to demo as all (QoS 1), subscription 1, 1 waiting\n");
    }

    @Test
    void subEndsWhenItsReaderGoesAwayAndNothingMoreArrives() throws Exception {
        CommandRun.at(server).run("pub", "demo", "one");
        process = blipmq("sub", "demo", "--name", "all").start();
        BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        assertThat(reader.readLine()).isEqualTo("one");

        reader.close();

        assertThat(status()).isZero();
        assertThat(errors()).hasLineCount(1);
    }

    @Test
    void ctrlCIsStatus130() throws Exception {
        assumeThatCtrlCWorks();
        process = blipmq("sub", "demo", "--name", "all").start();
        server.await("it is subscribed", () -> server.isHeld("all"));

        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();

        assertThat(kill.waitFor()).isZero();
        assertThat(status()).isEqualTo(130);
    }

    @Test
    void whatCtrlCKeepsFromBeingPrintedIsReleased() throws Exception {
        assumeThatCtrlCWorks();
        CommandRun.at(server).input("one\ntwo\nthree\n").run("pub", "demo");
        process = blipmq("sub", "demo", "--name", "all", "--ack", "manual").start();
        BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        assertThat(reader.readLine()).isEqualTo("one");

        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(status()).isEqualTo(130);
        assertThat(errors()).hasLineCount(1);
        server.await("it is left", () -> !server.isHeld("all"));
        CommandRun next = CommandRun.at(server).run("sub", "demo", "--name", "all", "--count", "3", "--json");
        assertThat(next.out().lines().map(line -> line.replaceAll(".*\"attempt\":(\\d+).*", "$1")))
                .containsExactly("2", "1", "1");
    }

    @Test
    void aWrongKeyIsStatus1() throws Exception {
        process = blipmq("ping", "--key", "wrong").start();

        assertThat(status()).isEqualTo(1);
        assertThat(errors()).endsWith(" was refused: 401 invalid API key\n").hasLineCount(1);
    }

    private static void assumeThatCtrlCWorks() throws IOException {
        assumeThat(IgnoredSignals.contain(SIGINT))
                .as("SIGINT is ignored here, so children ignore it")
                .isFalse();
    }

    private ProcessBuilder blipmq(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("BLIPMQ_URL", server.address().toString());
        builder.environment().put("BLIPMQ_KEY", CommandRun.KEY);
        return builder;
    }

    private int status() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String errors() throws IOException {
        return new String(process.getErrorStream().readAllBytes(), UTF_8);
    }
}
