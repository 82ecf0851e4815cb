package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.BrokerLimits;
import io.blipmq.client.BlipClient;
import io.blipmq.client.Message;
import io.blipmq.client.RefusedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take as much as they are given do not end a daemon with a heap of 64 MiB, nor its next start. */
@Timeout(180)
class SmallHeapTest {
    private static final int SLOW_CONSUMERS = 90;
    private static final int MESSAGES = 6_000;
    private static final int TOO_MANY_SUBSCRIPTIONS = 20_000;
    private static final int NO_ROOM = 429;

    @TempDir
    Path directory;

    private DaemonSetup setup() {
        return DaemonSetup.in(directory)
                .with("fsync_policy", "none")
                .with("shutdown_drain_ms", 0)
                .with("max_subscriptions_per_connection", TOO_MANY_SUBSCRIPTIONS);
    }

    private static void publish(BlipClient client, String topic, int count) throws Exception {
        List<CompletableFuture<?>> confirms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            confirms.add(client.publishAsync(Message.of(topic, "m" + i)));
        }
        for (CompletableFuture<?> confirm : confirms) {
            confirm.get(60, TimeUnit.SECONDS);
        }
    }

    private static void endCleanly(DaemonProcess daemon) throws Exception {
        daemon.terminate();
        assertThat(daemon.awaitExit()).isZero();
    }

    @Test
    void consumersThatSettleNothing() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup())) {
            AtomicInteger received = new AtomicInteger();
            try (BlipClient client = daemon.connectPushed()) {
                for (int i = 0; i < SLOW_CONSUMERS; i++) {
                    client.subscribe("t")
                            .name("slow" + i)
                            .credit(MESSAGES)
                            .ackTimeout(Duration.ofHours(1))
                            .manualAck()
                            .handle(delivery -> received.incrementAndGet());
                }
                publish(client, "t", MESSAGES);
                client.ping();
                assertThat(daemon.scrape().value("messages_inflight"))
                        .isBetween((long) SLOW_CONSUMERS, deliveriesMax());
            }
            endCleanly(daemon);
        }
        try (DaemonProcess daemon = DaemonProcess.startReady(setup());
                BlipClient client = daemon.connectPushed()) {
            CompletableFuture<Void> all = new CompletableFuture<>();
            AtomicInteger settled = new AtomicInteger();
            client.subscribe("t").name("slow0").handle(delivery -> {
                if (settled.incrementAndGet() == MESSAGES) {
                    all.complete(null);
                }
            });
            all.get(60, TimeUnit.SECONDS);
            endCleanly(daemon);
        }
    }

    /** Within the heap and direct memory of {@link DaemonSetup}. */
    private static long deliveriesMax() throws StartException {
        long stateBytes = MemoryBudgets.of(80 << 20, 128 << 20, 16_384).stateBytes();
        return stateBytes / BrokerLimits.defaults().deliveryBytes();
    }

    @Test
    void moreDurableSubscriptionsThanThereIsMemoryFor() throws Exception {
        int made = 0;
        try (DaemonProcess daemon = DaemonProcess.startReady(setup());
                BlipClient client = daemon.connectPushed()) {
            int refusal = 0;
            while (refusal == 0 && made < TOO_MANY_SUBSCRIPTIONS) {
                try {
                    client.subscribe("topic" + made).name("name" + made).handle(delivery -> {});
                    made++;
                } catch (RefusedException e) {
                    refusal = e.code();
                }
            }
            assertThat(refusal).isEqualTo(NO_ROOM);
            publish(client, "topic1", 100);
            endCleanly(daemon);
        }
        try (DaemonProcess daemon = DaemonProcess.startReady(setup())) {
            assertThat(daemon.scrape().value("subscribers")).isEqualTo(made);
            endCleanly(daemon);
        }
    }
}
