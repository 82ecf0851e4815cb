package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipClient;
import io.blipmq.client.Confirm;
import io.blipmq.client.Delivery;
import io.blipmq.client.Message;
import io.blipmq.client.Receiver;
import io.blipmq.client.SubscriptionInfo;
import io.blipmq.client.TopicInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backlogs of filters that outlive the daemon, its kills, compaction and the loss of its indexes. */
@Timeout(300)
class FilterTest {
    private static final int BODY_BYTES = 4_000;
    private static final int ROUNDS = 3;
    /** Of all rounds together: some segments of the log. */
    private static final int MESSAGES = 27_000;

    @TempDir
    Path directory;

    private DaemonProcess daemon;

    @BeforeEach
    void startDaemon() throws Exception {
        daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
    }

    @AfterEach
    void stopDaemon() {
        daemon.close();
    }

    private void restart() throws Exception {
        daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
    }

    @Test
    void backlogsOfFiltersOutliveKillsAndLostIndexes() throws Exception {
        Map<String, String> filters = Map.of("all", "#", "alarms", "+/+/alarm", "nine", "device/9/#");
        try (BlipClient client = daemon.connectPushed()) {
            for (Map.Entry<String, String> entry : filters.entrySet()) {
                client.subscribe(entry.getValue())
                        .filter()
                        .name(entry.getKey())
                        .limit(0)
                        .receive()
                        .close();
            }
            assertThat(client.admin().topics()).allMatch(TopicInfo::filter).hasSize(3);
            assertThat(client.admin().subscriptions()).allMatch(SubscriptionInfo::filter);
        }
        Random random = new Random(1);
        Map<String, List<String>> expected = new HashMap<>();
        int sent = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try (BlipClient client = daemon.connectPushed()) {
                sent = publish(client, random, sent, expected);
            }
            daemon.kill9();
            restart();
        }
        daemon.kill9();
        deleteIndexes();
        restart();
        try (BlipClient client = daemon.connectPushed()) {
            for (Map.Entry<String, String> entry : filters.entrySet()) {
                drain(client, entry.getKey(), entry.getValue(), expected.get(entry.getKey()));
            }
        }
    }

    /** @return how many have been sent so far */
    private static int publish(BlipClient client, Random random, int before, Map<String, List<String>> expected)
            throws Exception {
        String padding = "x".repeat(BODY_BYTES);
        List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
        int sent = before;
        for (int i = 0; i < MESSAGES / ROUNDS; i++) {
            int device = random.nextInt(20);
            boolean alarm = random.nextInt(100) == 0;
            String topic = "device/" + device + (alarm ? "/alarm" : "/data");
            String text = topic + " " + sent++;
            confirms.add(client.publishAsync(Message.of(topic, text + " " + padding)));
            expected.computeIfAbsent("all", none -> new ArrayList<>()).add(text);
            if (alarm) {
                expected.computeIfAbsent("alarms", none -> new ArrayList<>()).add(text);
            }
            if (device == 9) {
                expected.computeIfAbsent("nine", none -> new ArrayList<>()).add(text);
            }
        }
        for (CompletableFuture<Confirm> confirm : confirms) {
            confirm.get(60, TimeUnit.SECONDS);
        }
        return sent;
    }

    private void deleteIndexes() throws Exception {
        List<Path> indexes;
        try (Stream<Path> files = Files.list(directory.resolve("log"))) {
            indexes = files.filter(file -> file.toString().endsWith(".index")).toList();
        }
        assertThat(indexes).isNotEmpty();
        for (Path index : indexes) {
            Files.delete(index);
        }
    }

    /** Each comes once, in order, with its topic. */
    private static void drain(BlipClient client, String name, String filter, List<String> expected) throws Exception {
        try (Receiver receiver =
                client.subscribe(filter).filter().name(name).manualAck().receive()) {
            assertThat(receiver.subscription().backlogAtStart()).isEqualTo(expected.size());
            for (String text : expected) {
                Delivery delivery = receiver.receive();
                assertThat(delivery.text()).startsWith(text + " ");
                assertThat(delivery.topic()).isEqualTo(text.substring(0, text.indexOf(' ')));
                delivery.ack();
            }
        }
    }
}
