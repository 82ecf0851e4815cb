package io.blipmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.ServerInfo;
import io.blipmq.client.SubscriptionInfo;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopViewTest {
    private static final ServerInfo SERVER = new ServerInfo(
            "blipmqd/9",
            "always",
            1 << 24,
            100,
            1024,
            256,
            32_768,
            1000,
            3,
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10));

    private final TopSample before = TopSample.of(
            0,
            List.of(subscription(1, "jobs", "workers", 100, 4, 3), subscription(2, "jobs", "audit", 7, 0, 0)),
            Map.of(TopView.PUBLISHED, 1_000.0, TopView.CONNECTIONS, 2.0));
    private final TopSample now = TopSample.of(
            2_000_000_000L,
            List.of(
                    subscription(1, "jobs", "workers", 60, 4, 3),
                    subscription(2, "jobs", "audit", 12, 1, 0),
                    subscription(3, "logs", "", 70, 0, 0)),
            Map.of(TopView.PUBLISHED, 1_005.0, TopView.CONNECTIONS, 3.0));

    private static SubscriptionInfo subscription(
            long id, String topic, String name, long backlog, long inFlight, int members) {
        return new SubscriptionInfo(
                id,
                1,
                !name.isEmpty(),
                inFlight > 0,
                false,
                false,
                topic,
                name,
                backlog,
                inFlight,
                0,
                0,
                0,
                backlog == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(backlog)),
                inFlight > 0 ? "a client" : "",
                inFlight > 0 ? "10.0.0.1:99" : "",
                List.of(),
                members);
    }

    private static TopView view(TopOrder order, boolean reverse, boolean byTopic) {
        return new TopView(SERVER, "127.0.0.1:5555", order, reverse, byTopic);
    }

    private String text(TopView view) {
        return view.text(before, now, 100);
    }

    private List<String> firstColumn(TopView view) {
        return text(view)
                .lines()
                .skip(5)
                .map(line -> line.strip().split(" +")[0])
                .toList();
    }

    @Test
    void showsASummaryAndOneLineForEachSubscription() {
        assertThat(text(view(TopOrder.backlog, false, false))).isEqualTo("""
                blipmqd/9  127.0.0.1:5555  fsync always  sorted by backlog
                published/s 2.5  delivered/s -  acknowledged/s -  connections 3
                subscriptions 3  topics 2  backlog 142  in flight 5

                ID  BACKLOG  CHANGE/S  INFLIGHT  DELAYED  OLDEST  QOS  KIND       NAME     TOPIC  ATTACHED
                 3       70  -                0        0     70s    1  temporary  -        logs   -
                 1       60  -20              4        0     60s    1  durable    workers  jobs   group of 3
                 2       12  +3               1        0     12s    1  durable    audit    jobs   a client 10.0.0.1:99
                """);
    }

    @Test
    void showsOneLineForEachTopic() {
        assertThat(text(view(TopOrder.topic, false, true)).lines().skip(4))
                .containsExactly(
                        "SUBSCRIPTIONS  BACKLOG  CHANGE/S  INFLIGHT  DELAYED  OLDEST  TOPIC",
                        "            2       72  -17              5        0     60s  jobs",
                        "            1       70  -                0        0     70s  logs");
    }

    @Test
    void sortsByEachColumnInBothDirections() {
        assertThat(firstColumn(view(TopOrder.backlog, false, false))).containsExactly("3", "1", "2");
        assertThat(firstColumn(view(TopOrder.backlog, true, false))).containsExactly("2", "1", "3");
        assertThat(firstColumn(view(TopOrder.change, false, false))).containsExactly("2", "3", "1");
        assertThat(firstColumn(view(TopOrder.inflight, false, false))).containsExactly("1", "2", "3");
        assertThat(firstColumn(view(TopOrder.oldest, false, false))).containsExactly("3", "1", "2");
        assertThat(firstColumn(view(TopOrder.name, false, false))).containsExactly("3", "2", "1");
        assertThat(firstColumn(view(TopOrder.topic, false, false))).containsExactly("2", "1", "3");
    }

    @Test
    void keysChangeTheOrderAndTheView() {
        TopView view = view(TopOrder.backlog, false, false);
        view.onKey('i');
        assertThat(firstColumn(view)).containsExactly("1", "2", "3");
        view.onKey('r');
        assertThat(firstColumn(view)).containsExactly("3", "2", "1");
        view.onKey('x');
        assertThat(firstColumn(view)).containsExactly("3", "2", "1");
        view.onKey('v');
        assertThat(firstColumn(view)).hasSize(2);
    }

    @Test
    void showsAsManyLinesAsThereIsRoomFor() {
        assertThat(view(TopOrder.backlog, false, false).text(before, now, 1)).hasLineCount(6);
    }

    @Test
    void theFirstSampleHasNoRates() {
        assertThat(view(TopOrder.backlog, false, false).text(now, now, 1))
                .contains("published/s -")
                .contains("-  ");
    }

    @Test
    void jsonHasTheSameNumbers() throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        TopView view = view(TopOrder.backlog, false, true);
        new JsonLines(output).line(json -> view.json(json, before, now));
        assertThat(output.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"server\":\"blipmqd/9\",\"address\":\"127.0.0.1:5555\",\"fsyncPolicy\":\"always\","
                        + "\"publishedPerSecond\":2.5,\"connections\":3,\"topics\":["
                        + "{\"topic\":\"jobs\",\"subscriptions\":2,\"backlog\":72,\"delayed\":0,\"inFlight\":5,"
                        + "\"oldestAgeMillis\":60000,\"changePerSecond\":-17.0},"
                        + "{\"topic\":\"logs\",\"subscriptions\":1,\"backlog\":70,\"delayed\":0,\"inFlight\":0,"
                        + "\"oldestAgeMillis\":70000}]}\n");
    }

    @Test
    void readsMetricsWithoutLabels() throws IOException {
        String page = "# HELP a b\n# TYPE a counter\na 12\nb{c=\"d\"} 3\ne 1.5e3\nf g\n";
        assertThat(MetricsPage.parse(new BufferedReader(new StringReader(page))))
                .isEqualTo(Map.of("a", 12.0, "e", 1_500.0));
    }
}
