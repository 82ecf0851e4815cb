package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipClient;
import io.blipmq.client.Confirm;
import io.blipmq.client.CuttingProxy;
import io.blipmq.client.Message;
import io.blipmq.client.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A publisher and a subscriber whose connections are cut again and again, at random bytes: in the end every confirmed message
 * has been delivered, and first deliveries came in order. {@code -Dblipmq.soak.seconds} says how long,
 * {@code -Dblipmq.soak.seed} repeats a run as far as time lets it.
 */
@Timeout(1200)
class ClientSoakTest {
    private static final int BATCH = 500;
    private static final int CUT_BYTES_MAX = 40_000;

    private final long seconds = Long.getLong("blipmq.soak.seconds", 5);
    private final long seed = Long.getLong("blipmq.soak.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final BitSet delivered = new BitSet();
    private int nextExpected;
    private String disorder = "";
    private CountDownLatch missing;

    @TempDir
    Path directory;

    @Test
    void whateverIsCutNothingConfirmedIsLost() throws Exception {
        try (DaemonProcess daemon =
                        DaemonProcess.startReady(DaemonSetup.in(directory).with("max_retries", 0));
                CuttingProxy publisherSide = new CuttingProxy(daemon.brokerAddress());
                CuttingProxy subscriberSide = new CuttingProxy(daemon.brokerAddress());
                BlipClient publisher = connect(publisherSide);
                BlipClient subscriber = connect(subscriberSide)) {
            Subscription subscription = subscriber
                    .subscribe("soak")
                    .name("soak")
                    .handle(delivery -> {
                        onDelivered(Integer.parseInt(delivery.text()));
                    });
            int published = publishUntilEnd(publisher, publisherSide, subscriberSide);
            awaitDelivered(published);

            assertThat(disorder).as("seed %s", seed).isEmpty();
            assertThat(publisherSide.cuts() + subscriberSide.cuts()).isGreaterThan(seconds);
            assertThat(subscription.isActive()).as(subscription.endReason()).isTrue();
        }
    }

    private int publishUntilEnd(BlipClient client, CuttingProxy mine, CuttingProxy other) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        int published = 0;
        while (System.nanoTime() - end < 0) {
            cutSomewhere(random.nextBoolean() ? mine : other);
            List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                confirms.add(client.publishAsync(Message.of("soak", Integer.toString(published++))));
            }
            for (CompletableFuture<Confirm> confirm : confirms) {
                assertThat(confirm.get(120, TimeUnit.SECONDS))
                        .as("seed %s", seed)
                        .isEqualTo(new Confirm(1, false));
            }
        }
        return published;
    }

    private void cutSomewhere(CuttingProxy proxy) {
        if (random.nextBoolean()) {
            proxy.cutAfterUp(random.nextInt(CUT_BYTES_MAX));
        } else {
            proxy.cutAfterDown(random.nextInt(CUT_BYTES_MAX));
        }
    }

    private synchronized void onDelivered(int number) {
        if (!delivered.get(number)) {
            delivered.set(number);
            if (number != nextExpected && disorder.isEmpty()) {
                disorder = number + " came first when " + nextExpected + " was to come";
            }
            nextExpected = number + 1;
            if (missing != null) {
                missing.countDown();
            }
        }
    }

    private void awaitDelivered(int published) throws InterruptedException {
        CountDownLatch rest;
        synchronized (this) {
            rest = new CountDownLatch(published - delivered.cardinality());
            missing = rest;
        }
        assertThat(rest.await(120, TimeUnit.SECONDS))
                .as("seed %s: %s of %s are missing", seed, rest.getCount(), published)
                .isTrue();
    }

    private static BlipClient connect(CuttingProxy proxy) {
        return BlipClient.builder()
                .address(proxy.address())
                .key(DaemonSetup.KEY)
                .publishTimeout(Duration.ofSeconds(100))
                .backoff(Duration.ofMillis(5), Duration.ofMillis(100))
                .connect();
    }
}
