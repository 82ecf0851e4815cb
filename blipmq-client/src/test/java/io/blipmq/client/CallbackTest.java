package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user's code may do where the client calls it, and what its failures cost the client. */
@Timeout(60)
class CallbackTest {
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private FakeBroker broker;
    private BlipClient client;

    @BeforeEach
    void startBroker() throws IOException {
        broker = new FakeBroker();
        client = builder().connect();
    }

    @AfterEach
    void stopBroker() throws IOException {
        client.close();
        broker.close();
    }

    private BlipClientBuilder builder() {
        return BlipClient.builder()
                .address(broker.address())
                .key(FakeBroker.KEY)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish", "ping", "subscribe", "admin", "receive", "delete", "connect"})
    void aCallThatWaitsIsRefusedOnTheClientsThread(String call) throws Exception {
        broker.collect("t", "all");
        Receiver receiver = client.subscribe("t").name("all").receive();
        Map<String, ThrowingCallable> calls = Map.of(
                "publish", () -> client.publish("t", "x"),
                "ping", () -> client.ping(),
                "subscribe", () -> client.subscribe("t").receive(),
                "admin", () -> client.admin().topics(),
                "receive", () -> receiver.receive(),
                "delete", () -> receiver.subscription().delete(),
                "connect", () -> builder().connect());

        onConfirm(() -> {
            try {
                calls.get(call).call();
            } catch (Throwable e) {
                failures.add(e);
            }
        });

        assertThat(failures.poll(30, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("client's own thread");
        client.publish("other", "2");
        assertThat(broker.bodies("all")).isEmpty();
        assertThat(receiver.subscription().isActive()).isTrue();
    }

    /** Runs something on the client's thread. The broker confirms nothing before it is there. */
    private CompletableFuture<Void> onConfirm(Runnable callback) {
        synchronized (broker) {
            return client.publishAsync(Message.of("other", "1")).thenRun(callback);
        }
    }

    @Test
    void anotherClientsThreadMayNotBeKeptWaitingEither() throws Exception {
        try (BlipClient other = builder().connect()) {
            CompletableFuture<Void> failed = onConfirm(() -> other.publish("t", "y"));

            assertThatExceptionOfType(Exception.class)
                    .isThrownBy(() -> failed.get(30, TimeUnit.SECONDS))
                    .withCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aSubscriptionMayBeLeftOnTheClientsThread() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        Subscription subscription = client.subscribe("t")
                .name("left")
                .executor(Runnable::run)
                .handle(delivery -> {
                    delivery.ack();
                    delivery.subscription().close();
                    left.complete(null);
                });

        client.publish("t", "x");

        left.get(30, TimeUnit.SECONDS);
        broker.await("it is left", () -> !broker.isHeld("left"));
        client.ping();
        assertThat(subscription.isActive()).isFalse();
    }

    @Test
    void aListenerThatFailsWithAnErrorDoesNotEndTheClient() throws Exception {
        BlockingQueue<ConnectionState> states = new LinkedBlockingQueue<>();
        try (BlipClient listened = builder()
                .listener((state, reason) -> {
                    states.add(state);
                    throw new AssertionError("a listener's own");
                })
                .connect()) {
            listened.publish("t", "1");
            broker.restart();
            listened.publish("t", "2");
            assertThat(states).contains(ConnectionState.CONNECTED, ConnectionState.DISCONNECTED);
        }
    }

    @Test
    void anErrorInAHandlerDoesNotKeepThoseBehindItWaiting() throws Exception {
        broker.collect("t", "all");
        for (int i = 0; i < 3; i++) {
            client.publish("t", "m" + i);
        }
        BlockingQueue<String> got = new LinkedBlockingQueue<>();

        client.subscribe("t").name("all").handle(delivery -> {
            got.add(delivery.text() + "/" + delivery.attempt());
            if (delivery.attempt() == 1 && delivery.text().equals("m0")) {
                throw new NoClassDefFoundError("not/There");
            }
        });

        assertThat(SubscribeTest.take(got, 4)).containsExactlyInAnyOrder("m0/1", "m0/2", "m1/1", "m2/1");
    }
}
