package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ReconnectTest {
    private final BlockingQueue<ConnectionState> states = new LinkedBlockingQueue<>();
    private FakeBroker broker;
    private CuttingProxy proxy;

    @BeforeEach
    void startBroker() throws IOException {
        broker = new FakeBroker();
        proxy = new CuttingProxy(broker.address());
    }

    @AfterEach
    void stopBroker() throws IOException {
        proxy.close();
        broker.close();
    }

    @Test
    void unconfirmedPublishesAreSentAgainInOrder() throws IOException {
        broker.collect("t", "all");
        broker.holdConfirms(true);
        try (BlipClient client = connect()) {
            List<CompletableFuture<Confirm>> confirms = publish(client, 10);
            broker.await("all ten are there", () -> broker.bodies("all").size() == 10);
            broker.holdConfirms(false);
            broker.restart();
            confirms.forEach(CompletableFuture::join);
        }
        assertThat(broker.bodies("all")).isEqualTo(twice(10));
    }

    private static List<String> twice(int count) {
        List<String> bodies = new ArrayList<>(messages(count));
        bodies.addAll(messages(count));
        return bodies;
    }

    /** Every byte in either direction between the first publish and the last confirm is cut once. */
    @Test
    void whereverTheConnectionIsCutNothingConfirmedIsMissingAndTheOrderStays() throws IOException {
        long cut = cutAtEachByte(true) + cutAtEachByte(false);

        assertThat(cut).isGreaterThan(60);
    }

    private long cutAtEachByte(boolean up) throws IOException {
        String direction = up ? "up" : "down";
        boolean reached = true;
        long at = 0;
        for (; reached; at++) {
            String name = direction + at;
            synchronized (broker) {
                broker.subs.clear();
                broker.collect("t", name);
            }
            long before = proxy.cuts();
            try (BlipClient client = connect()) {
                if (up) {
                    proxy.cutAfterUp(at);
                } else {
                    proxy.cutAfterDown(at);
                }
                for (CompletableFuture<Confirm> confirm : publish(client, 3)) {
                    confirm.join();
                }
                reached = proxy.cuts() > before;
                proxy.cutAfterUp(Long.MAX_VALUE);
                proxy.cutAfterDown(Long.MAX_VALUE);
            }
            assertThat(broker.bodies(name).stream().distinct().toList())
                    .as("cut %s after %s bytes", direction, at)
                    .isEqualTo(messages(3));
        }
        return at;
    }

    @Test
    void namedSubscriptionsGoOnAndStaleAcknowledgementsDoNothing() throws Exception {
        broker.collect("t", "all");
        try (BlipClient client = connect();
                Receiver receiver =
                        client.subscribe("t").name("all").manualAck().receive()) {
            publish(client, 2).forEach(CompletableFuture::join);
            Delivery first = receiver.receive();
            Delivery second = receiver.receive();
            first.ack();
            client.ping();
            proxy.cutAll();
            Delivery again = receiver.receive();
            second.ack();
            client.ping();

            assertThat(again.text()).isEqualTo("m1");
            assertThat(again.attempt()).isEqualTo(2);
            assertThat(broker.bodies("all")).containsExactly("m1");
            again.ack();
            client.ping();
            assertThat(broker.bodies("all")).isEmpty();
        }
    }

    @Test
    void aHandlerThatRunsWhileTheConnectionIsLostGetsItsMessageAgain() throws Exception {
        broker.collect("t", "all");
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        try (BlipClient client = connect()) {
            client.subscribe("t").name("all").handle(delivery -> {
                got.add(delivery.text() + "/" + delivery.attempt());
                running.countDown();
                goOn.await();
            });
            client.publish("t", "m");
            running.await();
            awaitState(ConnectionState.CONNECTED);
            proxy.cutAll();
            awaitState(ConnectionState.DISCONNECTED);
            awaitState(ConnectionState.CONNECTED);
            goOn.countDown();

            assertThat(SubscribeTest.take(got, 2)).containsExactly("m/1", "m/2");
            broker.await("acknowledged", () -> broker.bodies("all").isEmpty());
        }
    }

    @Test
    void passingSubscriptionsAreMadeAnew() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        try (BlipClient client = connect()) {
            client.subscribe("t").qos(0).handle(delivery -> got.add(delivery.text()));
            proxy.cutAll();
            broker.await("a new one", () -> broker.subs.stream().anyMatch(sub -> sub.id == 2 && sub.holder != null));
            client.publish("t", "after");

            assertThat(SubscribeTest.take(got, 1)).containsExactly("after");
        }
    }

    @Test
    void aClientThatHasNothingToSayKeepsToItsHeartbeat() {
        broker.heartbeat(40);
        try (BlipClient quiet = builder().connect()) {
            assertThat(quiet.info().heartbeat()).isEqualTo(Duration.ofMillis(40));
            broker.await(
                    "it says something again and again",
                    () -> broker.frames.stream()
                                    .filter(frame -> frame.startsWith("PING "))
                                    .count()
                            >= 5);
        }
    }

    @Test
    void goAwayEndsPublishingButNotSettling() throws Exception {
        broker.collect("t", "all");
        try (BlipClient client = connect();
                Receiver receiver =
                        client.subscribe("t").name("all").manualAck().receive()) {
            client.publish("t", "m0");
            Delivery held = receiver.receive();
            broker.goAway();
            awaitState(ConnectionState.CONNECTED);
            awaitState(ConnectionState.GOING_AWAY);
            CompletableFuture<Confirm> next = client.publishAsync(Message.of("t", "m1"));
            held.ack();

            assertThat(next.get(60, TimeUnit.SECONDS)).isEqualTo(new Confirm(1, false));
            assertThat(receiver.receive().text()).isEqualTo("m1");
            assertThat(broker.bodies("all")).containsExactly("m1");
        }
    }

    @Test
    void theListenerHearsOfEverything() throws Exception {
        BlipClient client = connect();
        broker.restart();
        awaitState(ConnectionState.CONNECTED);
        awaitState(ConnectionState.DISCONNECTED);
        awaitState(ConnectionState.CONNECTED);
        client.close();
        awaitState(ConnectionState.CLOSED);
    }

    @Test
    void closingWithoutABrokerFailsWhatIsUnconfirmed() throws IOException {
        BlipClient client = builder().closeTimeout(Duration.ofMillis(50)).connect();
        broker.stop();
        CompletableFuture<Confirm> confirm = client.publishAsync(Message.of("t", "x"));

        client.close();

        assertThat(confirm).isCompletedExceptionally();
    }

    @Test
    void aSilentConnectionIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                BlipClient client = builder()
                        .silenceTimeout(Duration.ofMillis(200))
                        .closeTimeout(Duration.ofMillis(50))
                        .connectTimeout(Duration.ofMillis(200))
                        .connect()) {
            client.ping();
            proxy.target(new BlipAddress("127.0.0.1", silent.getLocalPort()));
            proxy.cutAll();
            awaitState(ConnectionState.CONNECTED);
            awaitState(ConnectionState.DISCONNECTED);
            proxy.target(broker.address());
            awaitState(ConnectionState.CONNECTED);
        }
    }

    private void awaitState(ConnectionState wanted) throws InterruptedException {
        assertThat(states.poll(60, TimeUnit.SECONDS)).isEqualTo(wanted);
    }

    private List<CompletableFuture<Confirm>> publish(BlipClient client, int count) {
        return messages(count).stream()
                .map(message -> client.publishAsync(Message.of("t", message)))
                .toList();
    }

    private static List<String> messages(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
    }

    private BlipClient connect() {
        return builder().connect();
    }

    private BlipClientBuilder builder() {
        return BlipClient.builder()
                .address(proxy.address())
                .key(FakeBroker.KEY)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
                .random(() -> 0.5)
                .listener((state, reason) -> states.add(state));
    }
}
