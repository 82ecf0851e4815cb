package io.blipmq.metrics.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.broker.DeliveryCounts;
import io.blipmq.broker.SubscriptionInfo;
import io.blipmq.metrics.AgentStats;
import io.blipmq.metrics.Exposition;
import io.blipmq.metrics.FixedMetrics;
import io.blipmq.metrics.Health;
import io.blipmq.metrics.Metric;
import io.blipmq.metrics.RuntimeSnapshot;
import io.blipmq.metrics.SubscriptionSource;
import io.blipmq.metrics.TimeSummary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpEndpointTest {
    private static final SubscriptionInfo DETACHED = new SubscriptionInfo(
            7,
            "orders \"é\"",
            "billing",
            1,
            true,
            false,
            Instant.parse("2026-01-02T03:04:05.678Z"),
            12,
            3_000,
            new DeliveryCounts(3, 1, 2, 4),
            4_500,
            true,
            false,
            "",
            "",
            List.of(),
            0);
    private static final SubscriptionInfo ATTACHED = new SubscriptionInfo(
            1L << 62,
            "news",
            "",
            0,
            false,
            true,
            Instant.EPOCH,
            0,
            0,
            new DeliveryCounts(0, 0, 0, 0),
            SubscriptionInfo.NO_MESSAGE,
            false,
            true,
            "",
            "127.0.0.1:9",
            List.of(),
            0);

    private final FixedMetrics metrics = FixedMetrics.ofTheGuide();
    private Health health = Health.ok();
    private Health readiness = Health.ok();
    private SubscriptionSource subscriptions = limit -> CompletableFuture.completedFuture(List.of(DETACHED, ATTACHED));
    private Optional<RuntimeSnapshot> console = Optional.empty();
    private TestEndpoint endpoint;

    private TestEndpoint start() throws IOException {
        endpoint = TestEndpoint.start(new HttpBindings(
                metrics.registry(), () -> health, () -> readiness, subscriptions, console.map(c -> () -> c)));
        return endpoint;
    }

    @AfterEach
    void close() {
        if (endpoint != null) {
            endpoint.close();
        }
    }

    @Test
    void metricsAreServedAsPrometheusReadsThem() throws Exception {
        HttpResponse<String> response = start().get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.headers().firstValue("Server")).isEmpty();
        assertThat(response.body().lines())
                .contains(
                        "topics 3",
                        "subscribers 5",
                        "messages_published_total 12345",
                        "messages_delivered_total 12001",
                        "messages_inflight 44",
                        "wal_appends_total 5678",
                        "wal_bytes_total 987654");
        Exposition.check(response.body());
    }

    @Test
    void namesOutsideAsciiArriveAsUtf8() throws Exception {
        metrics.withLabel(Metric.BUILD_INFO, "é€😀");

        assertThat(start().get("/metrics").body()).contains("{version=\"é€😀\"}");
    }

    @Test
    void aSourceThatFailsIsAnErrorOfItsScrapeOnly() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        metrics.with(Metric.WAL_SEGMENTS, () -> 10 / calls.getAndIncrement());
        start();

        assertThat(endpoint.get("/metrics").statusCode()).isEqualTo(500);
        assertThat(endpoint.get("/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void headAnswersWithoutTheBody() throws Exception {
        HttpResponse<String> head = start().send("HEAD", "/healthz");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).contains("3");
        assertThat(head.body()).isEmpty();
        assertThat(endpoint.get("/healthz").body()).isEqualTo("ok\n");
    }

    @Test
    void healthAndReadinessSayWhy() throws Exception {
        start();
        health = Health.down("the log thread has been in one turn for 12 s");
        readiness = Health.down("starting");

        assertThat(endpoint.get("/healthz").statusCode()).isEqualTo(503);
        assertThat(endpoint.get("/healthz").body()).isEqualTo("the log thread has been in one turn for 12 s\n");
        assertThat(endpoint.get("/readyz").statusCode()).isEqualTo(503);
        assertThat(endpoint.get("/readyz").body()).isEqualTo("starting\n");
        assertThat(endpoint.send("HEAD", "/readyz").statusCode()).isEqualTo(503);

        readiness = Health.ok();
        assertThat(endpoint.get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void anUnknownPathIsNotFound() throws Exception {
        start();

        for (String path : List.of("/metric", "/metrics/", "/metrics/x", "/debug")) {
            HttpResponse<String> response = endpoint.get(path);
            assertThat(response.statusCode()).as(path).isEqualTo(404);
            assertThat(response.body()).isEqualTo("not found: GET / lists what there is\n");
        }
        assertThat(endpoint.get("/").body()).contains("/metrics", "/healthz", "/readyz", "/debug/subscriptions");
    }

    @Test
    void otherMethodsAreNotAllowed() throws Exception {
        start();

        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
            HttpResponse<String> response = endpoint.send(method, "/metrics");
            assertThat(response.statusCode()).as(method).isEqualTo(405);
            assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
            assertThat(response.body()).isEqualTo("method not allowed: use GET or HEAD\n");
        }
    }

    @Test
    void subscriptionsAreListedAsJson() throws Exception {
        HttpResponse<String> response = start().get("/debug/subscriptions");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body())
                .isEqualTo(
                        "[{\"id\":7,\"name\":\"billing\",\"topic\":\"orders \\\"é\\\"\",\"qos\":1,\"state\":\"detached\","
                                + "\"since\":\"2026-01-02T03:04:05.678Z\",\"backlog\":12,\"backlog_bytes\":3000,\"in_flight\":3,\"due_again\":1,\"delayed\":2,\"moving\":4,"
                                + "\"oldest_age_ms\":4500,\"dead_letter\":true,\"filter\":false},"
                                + "{\"id\":4611686018427387904,\"name\":\"\",\"topic\":\"news\",\"qos\":0,\"state\":\"attached\","
                                + "\"since\":\"1970-01-01T00:00:00Z\",\"backlog\":0,\"backlog_bytes\":0,\"in_flight\":0,\"due_again\":0,\"delayed\":0,\"moving\":0,"
                                + "\"oldest_age_ms\":null,\"dead_letter\":false,\"filter\":true}]\n");
    }

    @Test
    void theListOfSubscriptionsIsLimited() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        subscriptions = limit -> {
            asked.set(limit);
            return CompletableFuture.completedFuture(List.of());
        };
        start();

        assertThat(endpoint.get("/debug/subscriptions").body()).isEqualTo("[]\n");
        assertThat(asked).hasValue(1_000);
        assertThat(endpoint.get("/debug/subscriptions?limit=5").statusCode()).isEqualTo(200);
        assertThat(asked).hasValue(5);
        for (String limit : List.of("0", "-1", "x", "", "10001", "99999999999")) {
            HttpResponse<String> response = endpoint.get("/debug/subscriptions?limit=" + limit);
            assertThat(response.statusCode()).as(limit).isEqualTo(400);
            assertThat(response.body()).contains("from 1 to 10000");
        }
    }

    @Test
    void aCoreThatDoesNotAnswerIsAskedOnce() throws Exception {
        AtomicInteger questions = new AtomicInteger();
        CompletableFuture<List<SubscriptionInfo>> answer = new CompletableFuture<>();
        subscriptions = limit -> {
            questions.incrementAndGet();
            return answer;
        };
        start();

        HttpResponse<String> unanswered = endpoint.get("/debug/subscriptions");
        assertThat(unanswered.statusCode()).isEqualTo(503);
        assertThat(unanswered.body()).isEqualTo("the broker has not answered within 2 s\n");
        HttpResponse<String> next = endpoint.get("/debug/subscriptions");
        assertThat(next.statusCode()).isEqualTo(503);
        assertThat(next.body()).startsWith("busy: ");
        assertThat(questions).hasValue(1);

        answer.complete(List.of());
        assertThat(endpoint.get("/debug/subscriptions").statusCode()).isEqualTo(200);
    }

    @Test
    void aQuestionThatFailsMakesRoomForTheNext() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        subscriptions = limit -> switch (calls.getAndIncrement()) {
            case 0 -> throw new IllegalStateException("the mailbox is closed");
            case 1 -> CompletableFuture.failedFuture(new IllegalStateException("failed"));
            default -> CompletableFuture.completedFuture(List.of());
        };
        start();

        assertThat(endpoint.get("/debug/subscriptions").statusCode()).isEqualTo(500);
        assertThat(endpoint.get("/debug/subscriptions").statusCode()).isEqualTo(500);
        assertThat(endpoint.get("/debug/subscriptions").statusCode()).isEqualTo(200);
    }

    @Test
    void theRuntimeConsoleIsOffUnlessEnabled() throws Exception {
        HttpResponse<String> response = start().get("/debug/runtime");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("enable_tokio_console = true");
    }

    @Test
    void theRuntimeConsoleShowsAgentsQueuesAndForces() throws Exception {
        AgentStats broker = new AgentStats("broker", 0.25, 0.5, 0.125, 1_000, 2_000_000, 3_500_000_000L, 0);
        console = Optional.of(new RuntimeSnapshot(
                List.of(broker), Map.of("mailbox", 3L), new TimeSummary(9, 150_000, 2_000_000, 30_000_000)));
        start();

        assertThat(endpoint.get("/debug/runtime").body())
                .isEqualTo("{\"agents\":[{\"agent\":\"broker\",\"busy_1s\":0.2500,\"idle_1s\":0.7500,"
                        + "\"busy_10s\":0.5000,\"idle_10s\":0.5000,\"busy_since_start\":0.1250,"
                        + "\"idle_since_start\":0.8750,\"turns\":1000,\"longest_turn_10s_ns\":2000000,"
                        + "\"longest_turn_ns\":3500000000,\"current_turn_ns\":0}],\"queue_depths\":{\"mailbox\":3},"
                        + "\"fsync\":{\"count\":9,\"p50_ns\":150000,\"p99_ns\":2000000,\"max_ns\":30000000}}\n");
        String table = """
                             last 1 s          last 10 s         since start
                thread           busy     idle     busy     idle     busy     idle        turns  longest 10s      longest  now in turn
                broker         25.0 %   75.0 %   50.0 %   50.0 %   12.5 %   87.5 %         1000       2.0 ms       3.50 s            -

                queue                                   depth
                mailbox                                     3

                fsync: 9 times, p50 150.0 us, p99 2.0 ms, max 30.0 ms
                """;
        assertThat(endpoint.get("/debug/runtime?format=text").body()).isEqualTo(table);
        assertThat(endpoint.get("/debug/runtime", "Accept", "text/plain").body())
                .isEqualTo(table);
        assertThat(endpoint.get("/debug/runtime?format=json", "Accept", "text/plain")
                        .body())
                .startsWith("{");
        for (String format : List.of("xml", "")) {
            HttpResponse<String> refused = endpoint.get("/debug/runtime?format=" + format);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).isEqualTo("format must be json or text, as in ?format=text\n");
        }
    }

    @Test
    void noThreadKeepsTheProcessFromEnding() throws Exception {
        start().get("/metrics");

        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().matches("metrics-http.*|HTTP-Dispatcher"))
                .isNotEmpty()
                .allMatch(Thread::isDaemon);
    }

    @Test
    void aPortInUseIsNamedWithItsPurposeAndTheRemedy() throws Exception {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress taken = (InetSocketAddress) holder.getLocalSocketAddress();

            assertThatThrownBy(() -> HttpEndpoint.start(taken, bindings()))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            "metrics: cannot listen on 127.0.0.1:" + taken.getPort() + ": address already in use; ")
                    .hasMessageContaining("metrics_port");
        }
    }

    @Test
    void anAddressOfAnotherMachineIsNamed() {
        assertThatThrownBy(() -> HttpEndpoint.start(new InetSocketAddress("192.0.2.1", 9100), bindings()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("metrics: cannot listen on 192.0.2.1:9100: ")
                .hasMessageContaining("metrics_addr");
        assertThatThrownBy(
                        () -> HttpEndpoint.start(InetSocketAddress.createUnresolved("no.such.host", 9100), bindings()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("metrics: cannot listen on no.such.host:9100: unknown host; ");
    }

    private HttpBindings bindings() {
        return new HttpBindings(metrics.registry(), () -> health, () -> readiness, subscriptions, Optional.empty());
    }
}
