package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon tells while it starts, which takes long here because its first force does, and how it ends meanwhile. */
@Timeout(120)
class StartTest {
    private static final Pattern HEALTH = Pattern.compile("readiness is reported on (http://\\S+)/readyz");
    private static final long FORCE_SECONDS = 3;

    @TempDir
    Path directory;

    @BeforeEach
    void aLogThatIsToBeRecovered() throws Exception {
        Strace.assumeAvailable();
        LogDirectory.store(DaemonSetup.in(directory), 20);
        try (DaemonProcess daemon = DaemonProcess.startReady(DaemonSetup.in(directory))) {
            daemon.kill9();
        }
    }

    private DaemonProcess startSlowly() throws Exception {
        Strace strace = new Strace(directory.resolve("trace"))
                .inject("fdatasync:delay_enter=" + TimeUnit.SECONDS.toMicros(FORCE_SECONDS) + ":when=1");
        return DaemonProcess.start(DaemonSetup.in(directory).under(strace.command()));
    }

    private static HttpResponse<String> get(DaemonProcess daemon, String path) throws Exception {
        Matcher health = HEALTH.matcher(daemon.awaitLine("readiness is reported on "));
        assertThat(health.find()).isTrue();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(health.group(1) + path)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void healthIsToldFromTheFirstMomentOn() throws Exception {
        try (DaemonProcess daemon = startSlowly()) {
            HttpResponse<String> healthy = get(daemon, "/healthz");
            HttpResponse<String> ready = get(daemon, "/readyz");
            HttpResponse<String> metrics = get(daemon, "/metrics");

            assertThat(healthy.statusCode()).isEqualTo(200);
            assertThat(healthy.body()).startsWith("starting: ");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).matches("starting: .*, \\d+ records replayed, \\d+ s\n");
            assertThat(metrics.statusCode()).isEqualTo(503);

            daemon.awaitReady();
            assertThat(daemon.get("/readyz").body()).isEqualTo("ok\n");
            assertThat(daemon.scrape().value("topics")).isEqualTo(1);
            daemon.stop();
        }
    }

    @Test
    void aSignalEndsAStartGracefully() throws Exception {
        try (DaemonProcess daemon = startSlowly()) {
            get(daemon, "/healthz");

            daemon.terminate();

            assertThat(daemon.awaitExit()).as(daemon.output()).isZero();
            assertThat(daemon.output()).contains("stopped during the start, as requested");
            assertThat(daemon.errors()).isEmpty();
        }
        try (DaemonProcess daemon = DaemonProcess.startReady(DaemonSetup.in(directory))) {
            assertThat(daemon.scrape().value("subscribers")).isEqualTo(1);
            daemon.stop();
        }
    }
}
