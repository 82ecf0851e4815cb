package io.blipmq.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipClient;
import io.blipmq.client.Receiver;
import io.blipmq.client.ScheduledMessage;
import io.blipmq.client.SubscriptionInfo;
import io.blipmq.client.TopicInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line and a real daemon: subscriptions are made and deleted, dead letters sent on, large messages printed. */
@Timeout(180)
class CommandLineTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private DaemonProcess daemon;
    private BlipClient client;

    /** One run of the command. */
    private record Run(int status, String out, String err) {}

    @BeforeEach
    void startDaemon() throws Exception {
        daemon = DaemonProcess.startReady(DaemonSetup.in(directory).with("fsync_policy", "none"));
        client = BlipClient.builder()
                .address(daemon.brokerAddress())
                .key(DaemonSetup.KEY)
                .name("the test")
                .connect();
    }

    @AfterEach
    void stopDaemon() {
        client.close();
        daemon.close();
    }

    @Test
    void aSubscriptionIsMadeAndDeleted() throws Exception {
        assertThat(blipmq("subscribe", "t", "--name", "n"))
                .isEqualTo(new Run(0, "subscribed to t as n, subscription 1\n", ""));
        client.publish("t", "x");
        try (Receiver reader = client.subscribe("t").name("n").manualAck().receive()) {
            reader.receive(LONG).orElseThrow();
            assertThat(blipmq("subscribe", "t", "--name", "n").out())
                    .isEqualTo("subscribed to t as n, subscription 1 (existed), 0 waiting\n");
            Run held = blipmq("unsubscribe", "n");
            assertThat(held.err()).contains("409 ", ": the test 127.0.0.1:").hasLineCount(1);
            Run second = blipmq("sub", "t", "--name", "n");
            assertThat(second.err()).contains("409 ", "the test").hasLineCount(1);
            assertThat(second.status()).isEqualTo(1);
            assertThat(held.status()).isEqualTo(1);
        }
        assertThat(blipmq("unsubscribe", "n"))
                .isEqualTo(new Run(0, "deleted subscription 1 n to t, 1 messages dropped\n", ""));
        Run gone = blipmq("unsubscribe", "n");
        assertThat(gone.err()).isEqualTo("blipmq unsubscribe: no subscription has the name or the id 'n'\n");
        assertThat(gone.status()).isEqualTo(1);
    }

    @Test
    void aSubscriptionWithoutANameIsDeletedByItsId() throws Exception {
        long id;
        try (io.blipmq.daemon.v1.BlipClient old = daemon.connect()) {
            id = old.subscribe("t", 1);
        }
        awaitDetached(id);

        assertThat(blipmq("unsubscribe", Long.toString(id)).out())
                .isEqualTo("deleted subscription " + id + " to t, 0 messages dropped\n");
        assertThat(client.admin().subscriptions()).isEmpty();
    }

    private void awaitDetached(long id) {
        while (client.admin().subscription(id).orElseThrow().attached()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void lettersWhoseSubscriptionIsGoneSayWhyTheyStayAndGoElsewhere() throws Exception {
        assertThat(blipmq("dlq", "show", "t")).isEqualTo(new Run(0, "", "topic 't' has no dead letters\n"));
        reject("t", "failing", 2);
        client.admin().delete("failing");
        assertThat(blipmq("subscribe", "other", "--name", "next").status()).isZero();

        Run stay = blipmq("dlq", "redrive", "t", "--all");
        assertThat(stay.out()).isEqualTo("redriven 0\n");
        assertThat(stay.err())
                .startsWith("2 letters stay: the subscription in which they failed no longer exists; --to");
        assertThat(stay.status()).isEqualTo(1);

        assertThat(blipmq("dlq", "redrive", "t", "--count", "1", "--to", "next"))
                .isEqualTo(new Run(0, "redriven 1\n", ""));
        assertThat(blipmq("dlq", "redrive", "t", "--all", "--rate", "1000", "--to", "next"))
                .isEqualTo(new Run(0, "redriven 1\n", ""));
        assertThat(blipmq("sub", "other", "--name", "next", "--count", "2", "--timeout", "30")
                        .out())
                .isEqualTo("m0\nm1\n");
    }

    @Test
    void redrivingAllEndsAlthoughAConsumerRejectsAtOnce() throws Exception {
        reject("t", "failing", 300);
        client.subscribe("t").name("failing").manualAck().handle(delivery -> delivery.reject("again"));

        assertThat(blipmq("dlq", "redrive", "t", "--all")).isEqualTo(new Run(0, "redriven 300\n", ""));
    }

    @Test
    void aTopicWithWildcardsIsAFilterUnlessItIsToBeTakenAsItIs() throws Exception {
        assertThat(blipmq("subscribe", "a/+", "--name", "n"))
                .isEqualTo(new Run(0, "subscribed to a/+ as n, subscription 1\n", ""));
        assertThat(blipmq("subscribe", "a/+", "--exact", "--name", "exact").status())
                .isZero();
        client.publish("a/b", "1");
        client.publish("a/+", "2");
        client.publish("a/b/c", "3");
        client.publish("a/c", "4");
        assertThat(blipmq("sub", "a/+", "--name", "n", "--peek").out()).isEqualTo("a/b\t1\na/c\t4\n");
        assertThat(blipmq("sub", "a/+", "--name", "n", "--count", "2", "--timeout", "30")
                        .out())
                .isEqualTo("a/b\t1\na/c\t4\n");
        assertThat(blipmq("sub", "a/+", "--exact", "--name", "exact", "--count", "1", "--timeout", "30")
                        .out())
                .isEqualTo("2\n");
        assertThat(blipmq("sub", "a/#/b", "--name", "m"))
                .isEqualTo(new Run(
                        1,
                        "",
                        "blipmq sub: a subscription to a/#/b was refused: 400 the filter has a '#' that is not the whole"
                                + " last level (at byte 2)\n"));
    }

    @Test
    void whoPeeksLeavesNoTrace() throws Exception {
        client.subscribe("t").name("n").limit(0).receive().close();
        for (int i = 0; i < 3; i++) {
            client.publish("t", "m" + i);
        }
        try (Receiver reader =
                client.subscribe("t").name("n").manualAck().credit(1).receive()) {
            reader.receive(LONG).orElseThrow();
            List<SubscriptionInfo> before = withoutAge(client.admin().subscriptions());
            Run peek = blipmq("sub", "t", "--name", "n", "--peek");
            assertThat(peek)
                    .isEqualTo(
                            new Run(0, "m0\nm1\nm2\n", "peeking at t as n, subscription 1, 2 waiting, 1 in flight\n"));
            assertThat(withoutAge(client.admin().subscriptions())).isEqualTo(before);
        }
        Run json = blipmq("sub", "t", "--name", "n", "--peek", "--json", "--count", "2");
        assertThat(json.out().lines().toList())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"topic\":\"t\",\"qos\":1,\"tag\":"))
                .anyMatch(line -> line.contains("\"deliveries\":1,\"state\":\"due again\""))
                .anyMatch(line -> line.contains("\"deliveries\":0,\"state\":\"waiting\""));
        Run other = blipmq("sub", "u", "--name", "n", "--peek");
        assertThat(other.err()).isEqualTo("blipmq sub: the subscription n is to t, not to u\n");
        assertThat(other.status()).isEqualTo(1);
        assertThat(blipmq("sub", "t", "--name", "n", "--count", "3", "--timeout", "30", "--json")
                        .out()
                        .lines())
                .anyMatch(line -> line.contains("\"attempt\":2") && line.contains("\"body\":\"m0\""))
                .anyMatch(line -> line.contains("\"attempt\":1") && line.contains("\"body\":\"m1\""));
    }

    private static List<SubscriptionInfo> withoutAge(List<SubscriptionInfo> subscriptions) {
        return subscriptions.stream()
                .map(s -> new SubscriptionInfo(
                        s.id(),
                        s.qos(),
                        s.durable(),
                        s.attached(),
                        s.deadLetters(),
                        s.filter(),
                        s.topic(),
                        s.name(),
                        s.backlog(),
                        s.inFlight(),
                        s.dueAgain(),
                        s.delayed(),
                        s.moving(),
                        Optional.empty(),
                        s.clientName(),
                        s.clientAddress(),
                        s.members(),
                        s.memberCount()))
                .toList();
    }

    @Test
    void whoPeeksAtDeadLettersOrAtATopicLeavesThemAsTheyAre() throws Exception {
        reject("t", "failing", 2);
        Run letters = blipmq("sub", "$dead-letter/t", "--peek", "--json");
        assertThat(letters.out().lines()).hasSize(2).allMatch(line -> line.contains("\"reason\":\"no such order\""));
        assertThat(letterCount()).isEqualTo(2);
        assertThat(blipmq("sub", "$dead-letter/u", "--peek"))
                .isEqualTo(new Run(0, "", "topic '$dead-letter/u' has no dead letters\n"));

        Run nothing = blipmq("sub", "v", "--peek", "--timeout", "0.05");
        assertThat(nothing.err()).startsWith("subscribed to v (QoS 0)");
        assertThat(client.admin().topics()).extracting(TopicInfo::name).doesNotContain("v");
    }

    @Test
    void topShowsWhatTheBrokerKnows() throws Exception {
        client.subscribe("t").name("n").limit(0).receive().close();
        client.subscribe("u").name("m").limit(0).receive().close();
        client.publish("t", "x");
        String metrics = daemon.url("/metrics").toString();

        Run top = blipmq("top", "--once", "--interval", "0.01", "--metrics", metrics);
        assertThat(top.err()).isEmpty();
        assertThat(top.status()).isZero();
        assertThat(top.out().lines().toList())
                .hasSize(7)
                .satisfies(lines -> assertThat(lines.get(0)).contains("fsync none  sorted by backlog"))
                .satisfies(
                        lines -> assertThat(lines.get(1)).matches("published/s 0  delivered/s 0 .*  connections \\d+"))
                .satisfies(lines ->
                        assertThat(lines.get(2)).isEqualTo("subscriptions 2  topics 2  backlog 1  in flight 0"))
                .satisfies(lines -> assertThat(lines.get(5).split(" +")).contains("n", "t"))
                .satisfies(lines -> assertThat(lines.get(6).split(" +")).contains("m", "u"));
        assertThat(blipmq("top", "--once", "--interval", "0.01", "--topics", "--json")
                        .out())
                .contains("\"topics\":[{\"topic\":\"t\",\"subscriptions\":1,\"backlog\":1");
        Run none = blipmq("top", "--once", "--metrics", metrics + "x");
        assertThat(none.err()).startsWith("blipmq top: cannot read ").hasLineCount(1);
        assertThat(none.status()).isEqualTo(1);
    }

    @Test
    void topGoesOnUntilItIsAskedToEnd() throws Exception {
        client.subscribe("t").name("n").limit(0).receive().close();
        Run top = blipmqWithInput("iv q", "top", "--interval", "30");
        assertThat(top.status()).as(top.err()).isZero();
        assertThat(top.out().split("\u001b\\[H\u001b\\[J")).hasSize(5);
        assertThat(top.out()).contains("sorted by backlog", "sorted by inflight", "SUBSCRIPTIONS  BACKLOG");
    }

    @Test
    void workersShareATopicAtQos0() throws Exception {
        try (Receiver one = client.subscribe("t").group("g").qos(0).receive();
                Receiver other = client.subscribe("t").group("h").qos(0).receive()) {
            Run sub = blipmq("sub", "t", "--group", "g", "--qos", "0", "--timeout", "0.05");
            assertThat(sub.err()).startsWith("subscribed to t in group g (QoS 0), subscription ");
            client.publish("t", "x");
            assertThat(one.receive(LONG).orElseThrow().text()).isEqualTo("x");
            assertThat(other.receive(LONG).orElseThrow().text()).isEqualTo("x");
            assertThat(blipmq("show", "g").out()).contains("group of 1", "temporary, QoS 0", "IN HAND");
            Run durable = blipmq("sub", "t", "--name", "g");
            assertThat(durable.err()).contains("409 the name belongs to a subscription of the other QoS");
        }
    }

    /** Publishes and makes dead letters. */
    private void reject(String topic, String name, int count) throws Exception {
        try (Receiver reader = client.subscribe(topic).name(name).manualAck().receive()) {
            for (int i = 0; i < count; i++) {
                client.publish(topic, "m" + i);
            }
            for (int i = 0; i < count; i++) {
                reader.receive(LONG).orElseThrow().reject("no such order");
            }
        }
        while (letterCount() < count) {
            Thread.onSpinWait();
        }
    }

    private long letterCount() {
        return client.admin().subscriptions().stream()
                .filter(SubscriptionInfo::deadLetters)
                .mapToLong(SubscriptionInfo::backlog)
                .sum();
    }

    @Test
    void largeMessagesArePrintedInLittleMemory() throws Exception {
        client.subscribe("t").name("n").limit(0).receive().close();
        client.subscribe("t").name("failing").limit(0).receive().close();
        byte[] body = "x".repeat(4 << 20).getBytes(UTF_8);
        for (int i = 0; i < 20; i++) {
            client.publish("t", body);
        }

        Run sub = blipmq("sub", "t", "--name", "n", "--json", "--count", "20", "--timeout", "30");

        assertThat(sub.err()).hasLineCount(1);
        assertThat(sub.status()).isZero();
        assertThat(sub.out().length()).isGreaterThan(20 * body.length);
        client.subscribe("t").name("failing").manualAck().handle(delivery -> delivery.reject("large"));
        while (letterCount() < 20) {
            Thread.onSpinWait();
        }
        Run show = blipmq("dlq", "show", "t");
        assertThat(show.err()).isEmpty();
        assertThat(show.out()).hasLineCount(21);
    }

    @Test
    void whatIsScheduledIsListedAndCancelled() throws Exception {
        assertThat(blipmq("pub", "t", "soon", "--delay", "1h30m").err()).isEqualTo("published 1, confirmed 1\n");
        assertThat(blipmq("pub", "t", "late", "--at", "2026-01-01T00:00").status())
                .isZero();
        Instant christmas = Instant.now().plus(Duration.ofDays(100)).truncatedTo(ChronoUnit.SECONDS);
        assertThat(blipmq("pub", "u", "merry", "--at", christmas.toString()).status())
                .isZero();
        Run list = blipmq("scheduled", "list");
        assertThat(list.out()).hasLineCount(3).startsWith("NUMBER ").contains(christmas + "      5  u");
        List<ScheduledMessage> scheduled = client.admin().scheduled(10);
        assertThat(scheduled).extracting(ScheduledMessage::topic).containsExactly("t", "u");
        assertThat(blipmq("scheduled", "list", "--max", "1", "--json").out())
                .startsWith("{\"number\":" + scheduled.get(0).number() + ",\"due\":")
                .hasLineCount(1);
        String number = Long.toString(scheduled.get(1).number());
        assertThat(blipmq("scheduled", "cancel", number)).isEqualTo(new Run(0, "cancelled 1\n", ""));
        assertThat(blipmq("scheduled", "cancel", number))
                .isEqualTo(new Run(1, "cancelled 0\n", "message " + number + " is not scheduled\n"));
        assertThat(client.admin().scheduled(10)).hasSize(1);
        assertThat(daemon.scrape().value("blipmq_messages_scheduled")).isEqualTo(1);
        Run tooLate = blipmq("pub", "t", "never", "--delay", "367d");
        assertThat(tooLate.err()).contains("must be at most 366 days ahead");
        assertThat(tooLate.status()).isEqualTo(1);
        assertThat(blipmq("pub", "t", "m", "--delay", "1h", "--qos", "0").err())
                .contains("--delay and --at need --qos 1");
        assertThat(blipmq("pub", "t", "m", "--delay", "soon").err()).contains("--delay takes a time such as 90s");
        assertThat(blipmq("pub", "t", "m", "--at", "noon").err()).contains("--at takes a time such as");
        assertThat(blipmq("scheduled").err()).contains("give a command: list or cancel");
    }

    /** With a quarter of the launcher's heap. */
    private Run blipmq(String... arguments) throws IOException, InterruptedException {
        return blipmqWithInput("", arguments);
    }

    private Run blipmqWithInput(String input, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.blipmq.cli.Main"));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(directory, "out", null);
        Path err = Files.createTempFile(directory, "err", null);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment()
                .putAll(Map.of("BLIPMQ_URL", daemon.brokerAddress().toString(), "BLIPMQ_KEY", DaemonSetup.KEY));
        Process process = builder.start();
        try {
            process.getOutputStream().write(input.getBytes(UTF_8));
            process.getOutputStream().close();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Run(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }
}
