package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipClient;
import io.blipmq.client.Confirm;
import io.blipmq.client.Delivery;
import io.blipmq.client.Message;
import io.blipmq.client.Receiver;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages that are to be delivered later, by real daemons that are stopped and killed meanwhile. */
@Timeout(300)
class DeliverAtTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private DaemonProcess start() throws Exception {
        return DaemonProcess.startReady(DaemonSetup.in(directory).with("ack_timeout_ms", 600_000));
    }

    /** Those that come are acknowledged, and their end is stored before the client is closed. */
    private static List<String> receive(BlipClient client, int count) throws Exception {
        List<String> texts = new ArrayList<>();
        try (Receiver reader =
                client.subscribe("jobs").name("worker").manualAck().receive()) {
            for (int i = 0; i < count; i++) {
                Delivery delivery = reader.receive(LONG).orElseThrow();
                texts.add(delivery.text());
                delivery.ack();
            }
        }
        return texts;
    }

    @Test
    void whatIsConfirmedSurvivesAKillAndIsDeliveredOnce() throws Exception {
        Instant due = Instant.now().plusSeconds(3);
        try (DaemonProcess daemon = start();
                BlipClient client = daemon.connectPushed()) {
            client.subscribe("jobs").name("worker").receive().close();
            List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                confirms.add(client.publishAsync(Message.of("jobs", "m" + i).deliverAt(due)));
            }
            client.publish(Message.of("jobs", "far").deliverAfter(Duration.ofDays(30)));
            for (CompletableFuture<Confirm> confirm : confirms) {
                confirm.get(60, TimeUnit.SECONDS);
            }
            daemon.kill9();
        }
        List<String> expected = IntStream.range(0, 1_000).mapToObj(i -> "m" + i).toList();
        List<String> received;
        try (DaemonProcess daemon = start();
                BlipClient client = daemon.connectPushed()) {
            received = receive(client, 1_000);
            assertThat(received).isEqualTo(expected);
            daemon.stop();
        }
        try (DaemonProcess daemon = start();
                BlipClient client = daemon.connectPushed()) {
            assertThat(client.admin().subscription("worker").orElseThrow().backlog())
                    .isZero();
            assertThat(client.admin().scheduled(10)).hasSize(1);
            assertThat(daemon.scrape().value("blipmq_messages_scheduled")).isEqualTo(1);
            client.publish("jobs", "end");
            assertThat(receive(client, 1)).containsExactly("end");
        }
    }

    @Test
    void killsInTheMiddleOfPublishingThemLoseNoneAndDoubleNone() throws Exception {
        int count = 6_000;
        Instant due = Instant.now().plusSeconds(2);
        try (DaemonProcess daemon = start();
                BlipClient client = daemon.connectPushed()) {
            client.subscribe("jobs").name("worker").receive().close();
            List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                confirms.add(client.publishAsync(Message.of("jobs", "m" + i).deliverAt(due.plusMillis(i / 100))));
            }
            for (CompletableFuture<Confirm> confirm : confirms) {
                confirm.get(60, TimeUnit.SECONDS);
            }
            while (client.admin().subscription("worker").orElseThrow().backlog() == 0) {
                client.ping();
            }
            daemon.kill9(); // some are published, most are not
        }
        try (DaemonProcess daemon = start();
                BlipClient client = daemon.connectPushed()) {
            assertThat(receive(client, count))
                    .isEqualTo(IntStream.range(0, count).mapToObj(i -> "m" + i).toList());
            assertThat(client.admin().scheduled(10)).isEmpty();
            assertThat(client.admin().subscription("worker").orElseThrow().backlog())
                    .isZero();
        }
    }
}
