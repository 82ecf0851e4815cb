package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipAddress;
import io.blipmq.protocol.FrameType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon whose standard output is a pipe that is full, because its reader stands still. */
@Timeout(120)
class UnreadLogTest {
    private static final Pattern READY =
            Pattern.compile("is ready after \\d+ ms: clients on (\\S+), metrics on (http://\\S+)/metrics, ");
    /** Three wrong keys each, which is three lines and one about the connection's end. */
    private static final int GUESSERS = 40;

    private static final long EXIT_SECONDS_MAX = 60;

    @TempDir
    Path directory;

    /** Keeps its connection; the endpoint would refuse one more for each question. */
    private final HttpClient http = HttpClient.newHttpClient();

    private RandomAccessFile reader;
    private Process daemon;
    private BlipAddress address;
    private String httpUrl;

    @BeforeEach
    void startAndReadNothingAnyMore() throws Exception {
        Path pipe = directory.resolve("pipe");
        run("mkfifo", pipe.toString());
        // Both ends, or opening would wait for the other one.
        reader = new RandomAccessFile(pipe.toFile(), "rw");
        daemon = DaemonSetup.in(directory)
                .processBuilder()
                .redirectOutput(pipe.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Matcher ready = awaitLine(READY);
        address = BlipAddress.parse(ready.group(1));
        httpUrl = ready.group(2);
        // A write of up to a page is atomic, so the first fill may leave part of one.
        fill(pipe, 4096);
        fill(pipe, 1);
    }

    /** The next line in which this is found; what filled the pipe stands before it. */
    private Matcher awaitLine(Pattern part) throws IOException {
        Matcher matcher;
        do {
            matcher = part.matcher(reader.readLine());
        } while (!matcher.find());
        return matcher;
    }

    /** Writes until the pipe would block. */
    private static void fill(Path pipe, int blockBytes) throws Exception {
        int status = run("dd", "if=/dev/zero", "of=" + pipe, "bs=" + blockBytes, "oflag=nonblock");
        assertThat(status).as("status of a dd that found the pipe full").isEqualTo(1);
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @AfterEach
    void end() throws IOException {
        daemon.destroyForcibly();
        reader.close();
    }

    @Test
    void clientsAreServedReadinessTellsAndSigtermEndsIt() throws Exception {
        guessKeys();

        try (WireClient client = WireClient.connect(address).shakeHands(DaemonSetup.KEY)) {
            client.ping(3).expectPong(3);
        }
        assertThat(readinessOnceItTells()).startsWith("ok, but ").contains("standard output");
        assertThat(get("/metrics").body()).contains("\nblipmq_log_lines_dropped_total ");

        daemon.toHandle().destroy();
        assertThat(daemon.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS))
                .as("the daemon has ended")
                .isTrue();
        assertThat(daemon.exitValue()).isZero();
    }

    @Test
    void whoReadsAgainGetsTheLinesAndTheLastWords() throws Exception {
        guessKeys();

        awaitLine(Pattern.compile("Wrong API key from "));
        daemon.toHandle().destroy();
        awaitLine(Pattern.compile("shutting down"));
        awaitLine(Pattern.compile("log sealed"));

        assertThat(daemon.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(daemon.exitValue()).isZero();
    }

    private void guessKeys() throws IOException {
        for (int i = 0; i < GUESSERS; i++) {
            try (WireClient guesser = WireClient.connect(address).hello(1)) {
                guesser.receive(FrameType.ACK, 1);
                for (int id = 2; id <= 4; id++) {
                    guesser.auth(id, "guess").expectNack(id, 401, "invalid API key");
                }
                guesser.expectClosed();
            }
        }
    }

    private String readinessOnceItTells() throws Exception {
        HttpResponse<String> readiness;
        do {
            readiness = get("/readyz");
            assertThat(readiness.statusCode()).isEqualTo(200);
        } while (readiness.body().equals("ok\n"));
        return readiness.body();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(httpUrl + path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
