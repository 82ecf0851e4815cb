package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the HTTP server of a running daemon shows: counts that are right, health, and never a key. */
@Timeout(120)
class HttpTest {
    /** Nothing else looks like this. */
    private static final String SECRET = "unmistakable-5ecret-kEy";

    private static final String OTHER_SECRET = "another-5ecret-kEy";
    private static final String WRONG_KEY = "wr0ng-and-still-nobodys-business";

    @TempDir
    Path directory;

    @Test
    void theSevenLinesOfTheGuideCountAKnownExchange() throws Exception {
        try (DaemonProcess daemon =
                        DaemonProcess.startReady(DaemonSetup.in(directory).with("ack_timeout_ms", 3_600_000));
                BlipClient client = daemon.connect()) {
            assertSeven(daemon.scrape(), 0, 0, 0, 0, 0, 0);

            long durable = client.subscribe("demo", 1);
            long passing = client.subscribe("demo", 0);
            client.subscribe("other", 1);
            publish(client, 5);
            assertSeven(daemon.scrape(), 2, 3, 5, 0, 0, 7);

            List<Delivery> deliveries = client.poll(durable, 3);
            assertThat(client.poll(passing, 10)).hasSize(5);
            assertSeven(daemon.scrape(), 2, 3, 5, 8, 3, 7);

            client.ack(durable, deliveries.get(0).deliveryTag());
            client.ack(durable, deliveries.get(2).deliveryTag());
            publish(client, 1); // acknowledgements alone wait a little for company
            assertSeven(daemon.scrape(), 2, 3, 6, 8, 1, 10);
            assertThat(daemon.scrape().value("blipmq_messages_acknowledged_total"))
                    .isEqualTo(2);
        }
    }

    private static void publish(BlipClient client, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            client.publish("demo", WireClient.bytes("message " + i), 1);
        }
        client.ping();
    }

    private static void assertSeven(
            Scrape scrape, long topics, long subscribers, long published, long delivered, long inFlight, long appends) {
        assertThat(scrape.value("topics")).as("topics").isEqualTo(topics);
        assertThat(scrape.value("subscribers")).as("subscribers").isEqualTo(subscribers);
        assertThat(scrape.value("messages_published_total")).as("published").isEqualTo(published);
        assertThat(scrape.value("messages_delivered_total")).as("delivered").isEqualTo(delivered);
        assertThat(scrape.value("messages_inflight")).as("in flight").isEqualTo(inFlight);
        assertThat(scrape.value("wal_appends_total")).as("appends").isEqualTo(appends);
        assertThat(scrape.value("wal_bytes_total")).isGreaterThanOrEqualTo(appends * 8);
    }

    @Test
    void aRedeliveryIsADeliveryAndCountedAsSuch() throws Exception {
        try (DaemonProcess daemon =
                DaemonProcess.startReady(DaemonSetup.in(directory).with("ack_timeout_ms", 3_600_000))) {
            try (BlipClient first = daemon.connect()) {
                long durable = first.subscribe("demo", 1);
                publish(first, 2);
                assertThat(first.poll(durable, 2)).hasSize(2);
            }
            try (BlipClient second = daemon.connect()) {
                long durable = second.subscribe("demo", 1);
                assertThat(second.poll(durable, 2)).hasSize(2);

                Scrape scrape = daemon.scrape();
                assertSeven(scrape, 1, 1, 2, 4, 2, 3);
                assertThat(scrape.value("blipmq_messages_redelivered_total")).isEqualTo(2);
            }
        }
    }

    @Test
    void everyMetricHasHelpAndTypeAndTheGuidesAreFirst() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(DaemonSetup.in(directory))) {
            HttpResponse<String> response = daemon.get("/metrics");

            assertThat(response.headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            assertThat(response.body().lines().filter(line -> !line.startsWith("# HELP")))
                    .startsWith(
                            "# TYPE topics gauge",
                            "topics 0",
                            "# TYPE subscribers gauge",
                            "subscribers 0",
                            "# TYPE messages_published_total counter",
                            "messages_published_total 0",
                            "# TYPE messages_delivered_total counter",
                            "messages_delivered_total 0",
                            "# TYPE messages_inflight gauge",
                            "messages_inflight 0",
                            "# TYPE wal_appends_total counter",
                            "wal_appends_total 0",
                            "# TYPE wal_bytes_total counter");
            List<String> lines = response.body().lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).startsWith("# TYPE ")) {
                    String name = lines.get(i).split(" ")[2];
                    assertThat(lines.get(i - 1)).startsWith("# HELP " + name + " ");
                    assertThat(lines.get(i + 1)).startsWith(name);
                }
            }
        }
    }

    @Test
    void healthAndDebugPages() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(DaemonSetup.in(directory)
                        .with("enable_tokio_console", true)
                        .with("ack_timeout_ms", 60_000));
                BlipClient client = daemon.connect()) {
            long id = client.subscribe("demo", 1);
            publish(client, 2);
            client.poll(id);

            assertPage(daemon.get("/healthz"), 200, "ok\n");
            assertPage(daemon.get("/readyz"), 200, "ok\n");
            assertThat(daemon.get("/debug/subscriptions").body())
                    .contains("\"id\":" + id, "\"topic\":\"demo\"", "\"qos\":1", "\"state\":\"attached\"")
                    .contains("\"in_flight\":1");
            assertThat(daemon.get("/debug/runtime").body())
                    .contains("\"agent\":\"broker\"", "\"agent\":\"log\"", "\"fsync\":{\"count\":");
            assertThat(daemon.get("/debug/runtime?format=text").body()).contains("broker", "fsync: ");
            assertThat(daemon.get("/nothing").statusCode()).isEqualTo(404);
        }
    }

    private static void assertPage(HttpResponse<String> response, int status, String body) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(body);
    }

    @Test
    void theRuntimeConsoleIsOffUnlessEnabled() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(DaemonSetup.in(directory))) {
            HttpResponse<String> response = daemon.get("/debug/runtime");

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).contains("set enable_tokio_console = true");
        }
    }

    @Test
    void noKeyShowsAnywhere() throws Exception {
        DaemonSetup setup = DaemonSetup.in(directory)
                .with("allowed_api_keys", List.of(SECRET, OTHER_SECRET))
                .with("enable_tokio_console", true)
                .variable("BLIPMQ_LOG", "trace");
        StringBuilder seen = new StringBuilder();
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                BlipClient client = daemon.connect(SECRET);
                WireClient stranger = daemon.connectWire()) {
            client.subscribe("demo", 1);
            publish(client, 1);
            for (long id = 1; id <= 3; id++) {
                tryKey(stranger, id);
            }
            stranger.expectClosed();

            for (String page : List.of(
                    "/", "/metrics", "/healthz", "/readyz", "/debug/subscriptions", "/debug/runtime", "/nothing")) {
                seen.append(daemon.get(page).body());
            }
            assertThat(daemon.scrape().value("blipmq_auth_failures_total")).isEqualTo(3);
            daemon.stop();
            seen.append(daemon.output()).append(daemon.errors());
        }
        assertThat(seen.toString())
                .contains("\"topic\":\"demo\"", "is ready")
                .doesNotContain(SECRET)
                .doesNotContain(OTHER_SECRET)
                .doesNotContain(WRONG_KEY)
                .doesNotContain("message 0");
    }

    private static void tryKey(WireClient client, long id) throws Exception {
        if (id == 1) {
            client.hello(0);
            client.receive();
        }
        client.auth(id, WRONG_KEY).expectNack(id, 401, "invalid API key");
    }
}
