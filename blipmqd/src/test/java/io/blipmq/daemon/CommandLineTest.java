package io.blipmq.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipClient;
import io.blipmq.client.Receiver;
import io.blipmq.client.ScheduledMessage;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Run(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }
}
