package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.blipmq.client.IgnoredSignals;
import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import io.blipmq.daemon.v1.PublishRefusedException;
import io.blipmq.daemon.v1.RequestRefusedException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a daemon ends, and how it goes on after that. */
@Timeout(120)
class LifecycleTest {
    /** A wait that no test lives to see the end of: what ends it is what the test shows. */
    private static final int DRAIN_MILLIS_FOREVER = 600_000;

    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;

    @TempDir
    Path directory;

    private DaemonSetup setup(int drainMillis) {
        return DaemonSetup.in(directory).with("ack_timeout_ms", 3_600_000).with("shutdown_drain_ms", drainMillis);
    }

    @Test
    void sigtermEndsItWithStatus0AndASummary() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup(DRAIN_MILLIS_FOREVER))) {
            exchangeThreeMessages(daemon);

            daemon.terminate();

            assertEndedGracefully(daemon);
        }
    }

    @Test
    void sigintEndsItWithStatus0AndASummary() throws Exception {
        assumeThat(IgnoredSignals.contain(SIGINT))
                .as("SIGINT is ignored here, so children ignore it")
                .isFalse();
        try (DaemonProcess daemon = DaemonProcess.startReady(setup(DRAIN_MILLIS_FOREVER))) {
            exchangeThreeMessages(daemon);

            daemon.pressCtrlC();

            assertEndedGracefully(daemon);
        }
    }

    @Test
    void aClosedTerminalEndsItWithStatus129AndASummary() throws Exception {
        assumeThat(IgnoredSignals.contain(SIGHUP))
                .as("SIGHUP is ignored here, so children ignore it")
                .isFalse();
        try (DaemonProcess daemon = DaemonProcess.startReady(setup(DRAIN_MILLIS_FOREVER))) {
            exchangeThreeMessages(daemon);

            daemon.hangUp();

            assertEndedGracefully(daemon, 128 + SIGHUP);
        }
    }

    @Test
    void signalsWithoutAMeaningDoNothing() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup(DRAIN_MILLIS_FOREVER))) {
            for (String name : List.of("USR1", "ALRM", "VTALRM", "PROF", "IO", "PWR")) {
                daemon.signal(name);
                daemon.awaitLine("ignored SIG" + name);
            }
            exchangeThreeMessages(daemon);

            daemon.terminate();

            assertEndedGracefully(daemon);
        }
    }

    private static void exchangeThreeMessages(DaemonProcess daemon) throws IOException {
        try (BlipClient client = daemon.connect()) {
            long subscription = client.subscribe("demo", 1);
            publish(client, "one", "two", "three");
            for (Delivery delivery : client.poll(subscription, 2)) {
                client.ack(subscription, delivery.deliveryTag());
            }
            client.ping();
        }
    }

    private static void publish(BlipClient client, String... messages) throws IOException {
        for (String message : messages) {
            client.publish("demo", WireClient.bytes(message), 1);
        }
        client.ping();
    }

    private static void assertEndedGracefully(DaemonProcess daemon) throws InterruptedException {
        assertEndedGracefully(daemon, 0);
    }

    private static void assertEndedGracefully(DaemonProcess daemon, int status) throws InterruptedException {
        assertThat(daemon.awaitExit()).as(daemon.output()).isEqualTo(status);
        assertThat(daemon.output().lines().toList())
                .last()
                .asString()
                .containsPattern("stopped after \\d+ ms: 3 published, 2 delivered, 2 acknowledged, 0 in flight, "
                        + "log sealed$");
        assertThat(daemon.errors()).isEmpty();
    }

    @Test
    void whileItDrainsOnlyAcknowledgementsGoOnAndTheLastOneEndsIt() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup(DRAIN_MILLIS_FOREVER));
                BlipClient client = daemon.connect();
                WireClient wire = daemon.connectWire().shakeHands(DaemonSetup.KEY)) {
            long subscription = client.subscribe("demo", 1);
            publish(client, "one", "two");
            Delivery inFlight = client.poll(subscription).orElseThrow();

            daemon.terminate();
            daemon.awaitLine("shutting down: publishes are refused");

            wire.publish(7, "demo", "three", 1).expectNack(7, 500, "durable publish failed: shutting down");
            wire.publish(8, "demo", "four", 0).expectNack(8, 500, "durable publish failed: shutting down");
            wire.ping(9).expectPong(9);
            assertThatThrownBy(() -> client.subscribe("other", 1))
                    .isInstanceOf(RequestRefusedException.class)
                    .hasMessageContaining("subscribe failed: shutting down");
            assertThat(client.poll(subscription)).as("a new delivery").isEmpty();
            assertThatThrownBy(daemon::connect).isInstanceOf(IOException.class).hasMessageContaining("refused");
            HttpResponse<String> ready = daemon.get("/readyz");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).isEqualTo("shutting down\n");
            assertThat(daemon.get("/healthz").statusCode()).isEqualTo(200);
            assertThat(daemon.isAlive()).isTrue();

            client.ack(subscription, inFlight.deliveryTag());
            client.flush();

            assertThat(daemon.awaitExit()).isZero();
            assertThat(daemon.output()).contains("1 acknowledged, 0 in flight, log sealed");
            wire.expectClosed();
        }
        assertThatNextStartDelivers("two");
    }

    @Test
    void aSecondSignalEndsTheWaitAndWhatWasInFlightComesBack() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup(DRAIN_MILLIS_FOREVER));
                BlipClient client = daemon.connect()) {
            long subscription = client.subscribe("demo", 1);
            publish(client, "one", "two", "three");
            List<Delivery> deliveries = client.poll(subscription, 2);
            client.ack(subscription, deliveries.get(0).deliveryTag());
            client.ping();

            daemon.terminate();
            daemon.awaitLine("shutting down: publishes are refused");
            assertThat(daemon.isAlive()).isTrue();
            daemon.terminate();

            assertThat(daemon.awaitExit()).isZero();
            assertThat(daemon.output())
                    .contains("not acknowledged, and so redelivered after the next start: 1 in flight")
                    .contains("1 in flight, log sealed");
        }
        assertThatNextStartDelivers("two", "three");
    }

    @Test
    void theWaitEndsAfterShutdownDrainMs() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup(50));
                BlipClient client = daemon.connect()) {
            long subscription = client.subscribe("demo", 1);
            publish(client, "one");
            assertThat(client.poll(subscription)).isPresent();

            daemon.stop();

            assertThat(daemon.output()).contains("redelivered after the next start: 1 in flight");
        }
        assertThatNextStartDelivers("one");
    }

    @Test
    void nobodyIsWaitedForWhenNobodyIsConnected() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup(DRAIN_MILLIS_FOREVER))) {
            try (BlipClient client = daemon.connect()) {
                long subscription = client.subscribe("demo", 1);
                publish(client, "one");
                assertThat(client.poll(subscription)).isPresent();
            }

            daemon.stop();

            assertThat(daemon.output()).contains("redelivered after the next start: 1 in flight");
        }
        assertThatNextStartDelivers("one");
    }

    private void assertThatNextStartDelivers(String... messages) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup(0));
                BlipClient client = daemon.connect()) {
            assertThat(daemon.output()).contains("the log ended cleanly");
            long subscription = client.subscribe("demo", 1);
            assertThat(client.poll(subscription, BlipClient.POLLS_MAX))
                    .extracting(Delivery::text)
                    .containsExactly(messages);
            daemon.stop();
        }
    }

    @Test
    void everyPublishIsEitherRefusedOrStoredWhenTheSignalComesInTheMiddle() throws Exception {
        List<String> accepted = new ArrayList<>();
        try (DaemonProcess daemon = DaemonProcess.startReady(setup(DRAIN_MILLIS_FOREVER));
                BlipClient client = daemon.connect()) {
            long subscription = client.subscribe("demo", 1);
            publish(client, "keeps the connection open");
            Delivery inFlight = client.poll(subscription).orElseThrow();
            daemon.terminate();

            publishUntilRefused(client, accepted);

            client.ack(subscription, inFlight.deliveryTag());
            client.flush();
            assertThat(daemon.awaitExit()).isZero();
        }
        assertThatNextStartDelivers(accepted.toArray(String[]::new));
    }

    private static void publishUntilRefused(BlipClient client, List<String> accepted) throws IOException {
        for (int burst = 0; burst < 100_000; burst++) {
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ids.add(client.publish("demo", WireClient.bytes(burst + "." + i), 1));
            }
            int stored = ids.size();
            try {
                client.ping();
            } catch (PublishRefusedException e) {
                stored = ids.indexOf(e.refusals().get(0).correlationId());
                assertThat(e.refusedCount())
                        .as("nothing is accepted after a refusal")
                        .isEqualTo(ids.size() - stored);
            }
            for (int i = 0; i < stored; i++) {
                accepted.add(burst + "." + i);
            }
            if (stored < ids.size()) {
                return;
            }
        }
        throw new AssertionError("no publish was refused");
    }
}
