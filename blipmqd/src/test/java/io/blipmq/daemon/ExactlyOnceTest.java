package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipClient;
import io.blipmq.client.BlipClientBuilder;
import io.blipmq.client.Confirm;
import io.blipmq.client.ConnectionState;
import io.blipmq.client.CuttingProxy;
import io.blipmq.client.Delivery;
import io.blipmq.client.Message;
import io.blipmq.client.Receiver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real daemons store each message with an id once, whatever becomes of the publisher's connections and of the daemons.
 * {@code -Dblipmq.once.seed} repeats a run as far as time lets it, {@code -Dblipmq.once.kills} says how many daemons die.
 */
@Timeout(1200)
class ExactlyOnceTest {
    private static final int BATCH = 400;
    private static final int CUT_BYTES_MAX = 20_000;
    /** No confirm is shorter. */
    private static final int CONFIRM_BYTES = 25;

    private static final Duration LONG = Duration.ofSeconds(60);

    private final int kills = Integer.getInteger("blipmq.once.kills", 6);
    private final long seed = Long.getLong("blipmq.once.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    private DaemonProcess daemon;
    private CuttingProxy proxy;

    @BeforeEach
    void start() throws Exception {
        daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
        proxy = new CuttingProxy(daemon.brokerAddress());
        try (BlipClient client = builder().connect()) {
            client.subscribe("once").name("once").receive().close();
        }
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        daemon.close();
    }

    private BlipClientBuilder builder() {
        return BlipClient.builder()
                .address(proxy.address())
                .key(DaemonSetup.KEY)
                .publishTimeout(Duration.ofSeconds(100))
                .backoff(Duration.ofMillis(5), Duration.ofMillis(100));
    }

    private void startAgain() throws Exception {
        daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
        proxy.target(daemon.brokerAddress());
    }

    private void killAndStart() throws Exception {
        daemon.kill9();
        startAgain();
    }

    /** All that is stored, the first deliveries of it: nobody has received any before. */
    private List<String> stored(int count) throws Exception {
        List<String> texts = new ArrayList<>();
        try (BlipClient client = builder().address(daemon.brokerAddress()).connect();
                Receiver receiver = client.subscribe("once").name("once").receive()) {
            client.publish("once", "last");
            for (String text = ""; !text.equals("last") && texts.size() <= count; texts.add(text)) {
                Delivery delivery = receiver.receive(LONG).orElseThrow();
                delivery.ack();
                text = delivery.text();
            }
        }
        return texts.subList(0, texts.size() - 1);
    }

    @Test
    void whateverIsCutAndKilledEachMessageIsStoredOnceAndInOrder() throws Exception {
        BlockingQueue<ConnectionState> states = new LinkedBlockingQueue<>();
        BlipClientBuilder once = builder().exactlyOncePublish(true).listener((state, reason) -> states.add(state));
        int published = 0;
        int duplicates = 0;
        try (BlipClient publisher = once.connect()) {
            for (int kill = 0; kill < kills; kill++) {
                publisher.publish("once", Integer.toString(published++)); // it is connected then
                states.clear();
                boolean confirmsAreLost = kill % 2 == 0;
                if (confirmsAreLost) {
                    proxy.cutAfterDown(random.nextInt(CONFIRM_BYTES));
                } else {
                    proxy.cutAfterUp(random.nextInt(CUT_BYTES_MAX));
                }
                List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    confirms.add(publisher.publishAsync(Message.of("once", Integer.toString(published++))));
                }
                if (confirmsAreLost && random.nextBoolean()) {
                    await(states, ConnectionState.DISCONNECTED);
                } else {
                    confirms.get(random.nextInt(BATCH)).get(100, TimeUnit.SECONDS);
                }
                killAndStart();
                for (CompletableFuture<Confirm> confirm : confirms) {
                    Confirm confirmed = confirm.get(100, TimeUnit.SECONDS);
                    assertThat(confirmed.subscriptions()).as("seed %s", seed).isEqualTo(1);
                    duplicates += confirmed.isDuplicate() ? 1 : 0;
                }
            }
        }
        System.out.println("ExactlyOnceTest: seed " + seed + ", " + duplicates + " of " + published + " duplicates");
        List<String> expected =
                IntStream.range(0, published).mapToObj(Integer::toString).toList();
        assertThat(stored(published)).as("seed %s", seed).isEqualTo(expected);
        assertThat(duplicates).as("seed %s", seed).isPositive();
    }

    private static void await(BlockingQueue<ConnectionState> states, ConnectionState expected) throws Exception {
        ConnectionState state = null;
        while (state != expected) {
            state = states.poll(100, TimeUnit.SECONDS);
            assertThat(state).isNotNull();
        }
    }

    /** The confirm is cut, so the message was stored. */
    @Test
    void aMessageWhoseConfirmIsLostIsConfirmedAsADuplicate() throws Exception {
        try (BlipClient publisher = builder().exactlyOncePublish(true).connect()) {
            publisher.publish("once", "a");
            proxy.cutAfterDown(5);
            assertThat(publisher.publish("once", "b")).isEqualTo(new Confirm(1, true));
        }
        assertThat(stored(2)).containsExactly("a", "b");
        assertThat(daemon.scrape().value("blipmq_messages_duplicate_total")).isEqualTo(1);
    }

    @Test
    void anIdHoldsAcrossAKillAndACleanRestart() throws Exception {
        Message message = Message.of("once", "m").withId("order 7");
        try (BlipClient publisher = builder().connect()) {
            assertThat(publisher.publish(message).isDuplicate()).isFalse();
            killAndStart();
            assertThat(publisher.publish(message).isDuplicate()).isTrue();
            daemon.stop();
            startAgain();
            assertThat(publisher.publish(message).isDuplicate()).isTrue();
            assertThat(publisher.publish(Message.of("once", "other").withId("order 8")))
                    .isEqualTo(new Confirm(1, false));
        }
        assertThat(stored(2)).containsExactly("m", "other");
    }
}
