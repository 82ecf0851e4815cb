package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipAddress;
import io.blipmq.daemon.v1.BlipClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real daemon in a process of its own. Owned by the test's thread; closing kills what still runs.
 *
 * <p>A daemon on port 0 says in its log where it listens, in the line that says it is ready.
 */
final class DaemonProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("is ready after \\d+ ms: clients on (\\S+), metrics on (http://\\S+)/metrics, ");
    private static final long EXIT_SECONDS_MAX = 60;
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(30))
            .build();

    private final Process process;
    private final ProcessOutput output;
    private final ProcessOutput errors;
    private BlipAddress brokerAddress;
    private String httpUrl;

    private DaemonProcess(Process process) {
        this.process = process;
        this.output = new ProcessOutput("daemon-stdout", process.getInputStream());
        this.errors = new ProcessOutput("daemon-stderr", process.getErrorStream());
    }

    /** Starts the process, which may still fail to become a daemon. */
    static DaemonProcess start(DaemonSetup setup) throws IOException {
        return new DaemonProcess(setup.processBuilder().start());
    }

    /** Starts a daemon that serves clients. */
    static DaemonProcess startReady(DaemonSetup setup) throws IOException, InterruptedException {
        return start(setup).awaitReady();
    }

    /** Runs a process to its end. */
    static DaemonProcess run(DaemonSetup setup) throws IOException, InterruptedException {
        try (DaemonProcess daemon = start(setup)) {
            daemon.awaitExit();
            return daemon;
        }
    }

    DaemonProcess awaitReady() throws InterruptedException {
        try {
            onReady(output.await("is ready", DaemonProcess::isReadyLine));
            return this;
        } catch (AssertionError e) {
            close();
            throw new AssertionError(e.getMessage() + "\nstandard error:\n" + errors(), e);
        }
    }

    /** @return whether it serves clients; it has ended when it does not */
    boolean awaitReadyOrEnd() throws InterruptedException {
        Optional<String> line = output.awaitOrEnd("is ready", DaemonProcess::isReadyLine);
        line.ifPresent(this::onReady);
        if (line.isEmpty()) {
            awaitExit();
        }
        return line.isPresent();
    }

    private static boolean isReadyLine(String line) {
        return READY.matcher(line).find();
    }

    private void onReady(String line) {
        Matcher ready = READY.matcher(line);
        assertThat(ready.find()).isTrue();
        brokerAddress = BlipAddress.parse(ready.group(1));
        httpUrl = ready.group(2);
    }

    BlipAddress brokerAddress() {
        return brokerAddress;
    }

    BlipClient connect() throws IOException {
        return connect(DaemonSetup.KEY);
    }

    BlipClient connect(String key) throws IOException {
        return BlipClient.connect(brokerAddress, key);
    }

    /** A client of version 2, with its defaults. */
    io.blipmq.client.BlipClient connectPushed() {
        return io.blipmq.client.BlipClient.builder()
                .address(brokerAddress)
                .key(DaemonSetup.KEY)
                .connect();
    }

    WireClient connectWire() throws IOException {
        return WireClient.connect(brokerAddress);
    }

    URI url(String path) {
        return URI.create(httpUrl + path);
    }

    /** Fetches a page of the HTTP server. */
    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url(path))
                .timeout(Duration.ofSeconds(30))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Scrapes /metrics. */
    Scrape scrape() throws IOException, InterruptedException {
        return Scrape.of(get("/metrics").body());
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process as a crash would, and waits until it is gone. */
    void kill9() throws InterruptedException {
        process.toHandle().destroyForcibly();
        awaitExit();
    }

    /** Asks the process to end: SIGTERM. By its handle, because {@link Process#destroy} closes the streams that are read here. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Sends SIGINT, as a terminal does. */
    void pressCtrlC() throws IOException, InterruptedException {
        signal("INT");
    }

    /** Sends SIGHUP, as a terminal does that is closed. */
    void hangUp() throws IOException, InterruptedException {
        signal("HUP");
    }

    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** @return the exit status */
    int awaitExit() throws InterruptedException {
        boolean ended = process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(ended).as("the daemon has ended; its output:\n%s", output()).isTrue();
        output.awaitEnd();
        errors.awaitEnd();
        return process.exitValue();
    }

    int exitStatus() {
        return process.exitValue();
    }

    /** Ends the daemon gracefully. */
    void stop() throws InterruptedException {
        terminate();
        assertThat(awaitExit()).as(output()).isZero();
    }

    String awaitLine(String part) throws InterruptedException {
        return output.await(part, line -> line.contains(part));
    }

    /** What it has written to standard output: its log. */
    String output() {
        return output.text();
    }

    /** What it has written to standard error. */
    String errors() {
        return errors.text();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
