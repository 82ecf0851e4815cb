package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.blipmq.client.BlipAdmin;
import io.blipmq.client.BlipClient;
import io.blipmq.client.BlipClientBuilder;
import io.blipmq.client.Confirm;
import io.blipmq.client.CuttingProxy;
import io.blipmq.client.DeadLetterMessage;
import io.blipmq.client.DeadLetterSelection;
import io.blipmq.client.Delivery;
import io.blipmq.client.Message;
import io.blipmq.client.Receiver;
import io.blipmq.client.RefusedException;
import io.blipmq.client.SubscriptionInfo;
import io.blipmq.client.SubscriptionState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client of version 2 and a real daemon: what each promises the other. */
@Timeout(180)
class PushClientTest {
    private static final Duration LONG = Duration.ofSeconds(60);

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

    @Test
    void whatWasConfirmedIsDeliveredInOrderWithAllThatCameWithIt() throws Exception {
        try (BlipClient client = connect();
                Receiver receiver = client.subscribe("t").name("n").receive()) {
            List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                confirms.add(client.publishAsync(Message.of("t", "m" + i).withHeader("n", "" + i)));
            }
            for (CompletableFuture<Confirm> confirm : confirms) {
                assertThat(confirm.get(60, TimeUnit.SECONDS)).isEqualTo(new Confirm(1, false));
            }
            for (int i = 0; i < 5000; i++) {
                Delivery delivery = receiver.receive(LONG).orElseThrow();
                assertThat(delivery.text()).isEqualTo("m" + i);
                assertThat(delivery.header("n").orElseThrow().text()).isEqualTo("" + i);
                assertThat(delivery.attempt()).isEqualTo(1);
            }
            assertThat(client.info().fsyncPolicy()).isEqualTo("always");
        }
    }

    @Test
    void killedUnderAPublisherAndASubscriberNothingConfirmedIsLostAndTheOrderStays() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(daemon.brokerAddress());
                BlipClient client = builder().address(proxy.address()).connect();
                Receiver receiver = client.subscribe("t").name("n").receive()) {
            List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                confirms.add(client.publishAsync(Message.of("t", "m" + i)));
                if (i == 1000 || i == 2000) {
                    confirms.get(i - 500).get(60, TimeUnit.SECONDS);
                    daemon.kill9();
                    daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
                    proxy.target(daemon.brokerAddress());
                }
            }
            Set<String> first = new LinkedHashSet<>();
            while (first.size() < 3000) {
                first.add(receiver.receive(LONG).orElseThrow().text());
            }
            for (CompletableFuture<Confirm> confirm : confirms) {
                confirm.get(60, TimeUnit.SECONDS);
            }
            int expected = 0;
            for (String text : first) {
                assertThat(text).isEqualTo("m" + expected++);
            }
        }
    }

    @Test
    void oneSubscriptionTooManyIsRefusedWithTheNameOfTheSetting() throws Exception {
        daemon.close();
        daemon = DaemonProcess.startReady(DaemonSetup.in(directory).with("max_subscriptions_per_connection", 1));
        try (BlipClient client = connect();
                Receiver only = client.subscribe("t").receive()) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> client.subscribe("t").receive())
                    .withMessageContaining("max_subscriptions_per_connection")
                    .satisfies(e -> assertThat(e.code()).isEqualTo(429));
            client.publish("t", "m");
            assertThat(only.receive(LONG).orElseThrow().text()).isEqualTo("m");
        }
    }

    @Test
    void aGracefulRestartIsOnlyAPause() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(daemon.brokerAddress());
                BlipClient client = builder().address(proxy.address()).connect();
                Receiver receiver = client.subscribe("t").name("n").receive()) {
            client.publish("t", "before");
            assertThat(receiver.receive(LONG).orElseThrow().text()).isEqualTo("before");
            daemon.terminate();
            CompletableFuture<Confirm> during = client.publishAsync(Message.of("t", "during"));
            daemon.awaitExit();
            daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
            proxy.target(daemon.brokerAddress());

            assertThat(during.get(60, TimeUnit.SECONDS)).isEqualTo(new Confirm(1, false));
            List<String> texts = new ArrayList<>();
            while (!texts.contains("during")) {
                texts.add(receiver.receive(LONG).orElseThrow().text());
            }
        }
    }

    @Test
    void whatWasNotBegunSpendsNoAttemptWhenItsClientDies() throws Exception {
        BlockingQueue<SubscriptionState> states = new LinkedBlockingQueue<>();
        try (CuttingProxy proxy = new CuttingProxy(daemon.brokerAddress());
                BlipClient client = builder().address(proxy.address()).connect();
                Receiver receiver = client.subscribe("t")
                        .name("n")
                        .manualAck()
                        .countFromBegin()
                        .listener((state, reason) -> states.add(state))
                        .receive()) {
            assertThat(states.take()).isEqualTo(SubscriptionState.ATTACHED);
            for (int i = 0; i < 3; i++) {
                client.publish("t", "m" + i);
            }
            for (int attempt = 1; attempt <= 2; attempt++) {
                Delivery first = receiver.receive(LONG).orElseThrow();
                assertThat(first.text()).isEqualTo("m0");
                assertThat(first.attempt()).isEqualTo(attempt);
                client.ping(); // the proxy may be cut with bytes that have left the client
                proxy.cutAll();
                assertThat(states.take()).isEqualTo(SubscriptionState.ATTACHED);
            }
            receiver.receive(LONG).orElseThrow().ack();
            Delivery second = receiver.receive(LONG).orElseThrow();
            assertThat(second.text()).isEqualTo("m1");
            assertThat(second.attempt()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aCreditInBytesComesBack(int qos) throws Exception {
        try (BlipClient client = connect();
                Receiver receiver =
                        client.subscribe("t").qos(qos).creditBytes(700).receive()) {
            for (int i = 0; i < 50; i++) {
                client.publish("t", new byte[500]);
            }
            for (int i = 0; i < 50; i++) {
                assertThat(receiver.receive(LONG).orElseThrow().body()).hasSize(500);
            }
        }
    }

    @Test
    void aClientThatLostItsConnectionWithoutAWordTakesItsOwnNameBackAtOnce() throws Exception {
        Queue<SubscriptionState> states = new ConcurrentLinkedQueue<>();
        try (CuttingProxy proxy = new CuttingProxy(daemon.brokerAddress());
                BlipClient publisher = connect();
                BlipClient client = builder()
                        .address(proxy.address())
                        .silenceTimeout(Duration.ofMillis(500))
                        .heartbeat(Duration.ofMinutes(10))
                        .connect();
                Receiver receiver = client.subscribe("t")
                        .name("n")
                        .listener((state, reason) -> states.add(state))
                        .receive()) {
            proxy.silenceAll();
            publisher.publish("t", "x");

            assertThat(receiver.receive(LONG).orElseThrow().text()).isEqualTo("x");
            assertThat(states).containsExactly(SubscriptionState.ATTACHED, SubscriptionState.ATTACHED);
        }
    }

    @Test
    void aRejectedMessageIsADeadLetterAndComesBackWhenItIsRedriven() throws Exception {
        try (BlipClient client = connect();
                Receiver receiver = client.subscribe("t").name("n").manualAck().receive()) {
            client.publish(Message.of("t", "x").withHeader("a", "b"));
            receiver.receive(LONG).orElseThrow().reject("no such order");
            BlipAdmin admin = client.admin();
            SubscriptionInfo letters = awaitDeadLetters(admin);
            DeadLetterMessage letter = awaitLetter(admin, letters.id());
            assertThat(letter.text()).isEqualTo("x");
            assertThat(letter.why().reason()).isEqualTo("no such order");
            assertThat(letter.why().attempts()).isEqualTo(1);
            assertThat(letter.headers().get(0).text()).isEqualTo("b");

            assertThat(admin.redrive(letters.id(), DeadLetterSelection.oldest(10))
                            .count())
                    .isEqualTo(1);
            Delivery again = receiver.receive(LONG).orElseThrow();
            assertThat(again.text()).isEqualTo("x");
            assertThat(again.attempt()).isEqualTo(1);
            again.reject("still not");
            awaitLetter(admin, letters.id());
            assertThat(admin.purge(letters.id(), DeadLetterSelection.oldest(10)).count())
                    .isEqualTo(1);
            assertThat(admin.deadLetters(letters.id(), 10)).isEmpty();
        }
    }

    private static SubscriptionInfo awaitDeadLetters(BlipAdmin admin) {
        long end = System.nanoTime() + LONG.toNanos();
        while (System.nanoTime() - end < 0) {
            for (SubscriptionInfo subscription : admin.subscriptions()) {
                if (subscription.deadLetters()) {
                    return subscription;
                }
            }
        }
        throw new AssertionError("no dead letters");
    }

    /** A letter is there once its move is stored, which no answer waits for. */
    private static DeadLetterMessage awaitLetter(BlipAdmin admin, long subscription) {
        long end = System.nanoTime() + LONG.toNanos();
        List<DeadLetterMessage> letters = admin.deadLetters(subscription, 10);
        while (letters.isEmpty() && System.nanoTime() - end < 0) {
            letters = admin.deadLetters(subscription, 10);
        }
        return letters.get(0);
    }

    @Test
    void listsSayWhatThereIs() throws Exception {
        try (BlipClient client = connect();
                Receiver receiver =
                        client.subscribe("t").name("n").manualAck().credit(2).receive()) {
            for (int i = 0; i < 5; i++) {
                client.publish("t", "m" + i);
            }
            receiver.receive(LONG);
            receiver.receive(LONG);
            BlipAdmin admin = client.admin();
            SubscriptionInfo info = admin.subscriptions().get(0);
            assertThat(info.name()).isEqualTo("n");
            assertThat(info.backlog()).isEqualTo(3);
            assertThat(info.unsettled()).isEqualTo(2);
            assertThat(info.clientName()).isEqualTo("test");
            assertThat(admin.subscription(info.id())).isPresent();
            assertThat(admin.subscription(info.id() + 1000)).isEmpty();
            assertThat(admin.deliveries(info.id(), 10)).hasSize(2).allMatch(d -> d.attempt() == 1);
            assertThat(admin.topics()).hasSize(1).allMatch(t -> t.durableSubscriptions() == 1);
            try (BlipClient other = connect()) {
                assertThatExceptionOfType(RefusedException.class)
                        .isThrownBy(() -> other.admin().delete("n"))
                        .satisfies(e -> assertThat(e.code()).isEqualTo(409));
            }
            admin.delete("n");
            assertThat(admin.subscriptions()).isEmpty();
        }
    }

    @Test
    void whatIsToBeDeliveredAgainCountsAsBacklogAndAsUnsettled() throws Exception {
        try (BlipClient client = connect()) {
            try (Receiver receiver =
                    client.subscribe("t").name("n").manualAck().credit(2).receive()) {
                for (int i = 0; i < 5; i++) {
                    client.publish("t", "m" + i);
                }
                receiver.receive(LONG);
                receiver.receive(LONG);
            }
            SubscriptionInfo left = client.admin().subscriptions().get(0);
            assertThat(left.backlog()).isEqualTo(5);
            assertThat(left.unsettled()).isEqualTo(2);
        }
    }

    @Test
    void aSlowHandlerHoldsNoMoreThanItsCredit() throws Exception {
        try (BlipClient client = connect();
                Receiver receiver =
                        client.subscribe("t").name("n").manualAck().credit(10).receive()) {
            for (int i = 0; i < 100; i++) {
                client.publishAsync(Message.of("t", "m" + i));
            }
            client.ping();
            // What credit allows is pushed in the turns that follow the PONG, and not one more.
            SubscriptionInfo info = client.admin().subscriptions().get(0);
            while (info.unsettled() < 10) {
                info = client.admin().subscriptions().get(0);
            }
            assertThat(info.unsettled()).isEqualTo(10);
            for (int i = 0; i < 100; i++) {
                Delivery delivery = receiver.receive(LONG).orElseThrow();
                assertThat(delivery.text()).isEqualTo("m" + i);
                delivery.ack();
            }
        }
    }

    @Test
    void aNameIsTakenOverOnlyWhenAsked() throws Exception {
        try (BlipClient first = connect();
                BlipClient second = connect()) {
            Receiver held = first.subscribe("t").name("n").receive();
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> second.subscribe("t").name("n").receive())
                    .satisfies(e -> assertThat(e.code()).isEqualTo(409));
            Receiver taken = second.subscribe("t").name("n").takeOver().receive();
            second.publish("t", "x");

            assertThat(taken.receive(LONG).orElseThrow().text()).isEqualTo("x");
            assertThat(held.iterator().hasNext()).isFalse();
            assertThat(held.subscription().endReason()).startsWith("409");
        }
    }

    private BlipClient connect() {
        return builder().connect();
    }

    private BlipClientBuilder builder() {
        return BlipClient.builder()
                .address(daemon.brokerAddress())
                .key(DaemonSetup.KEY)
                .name("test")
                .publishTimeout(LONG)
                .backoff(Duration.ofMillis(5), Duration.ofMillis(100));
    }
}
