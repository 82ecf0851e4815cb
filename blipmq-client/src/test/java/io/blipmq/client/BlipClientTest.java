package io.blipmq.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BlipClientTest {
    private static final String KEY = "dev-key-1";

    private ScriptedServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = ScriptedServer.start(KEY);
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void pingConfirmsWhatWasPublishedBefore() throws IOException {
        try (BlipClient client = connect()) {
            client.publish("demo", bytes("first"), 1);
            client.publish("demo", bytes(""), 0);
            client.ping();

            assertThat(server.published())
                    .extracting(
                            ScriptedServer.Published::topic,
                            ScriptedServer.Published::qos,
                            ScriptedServer.Published::text)
                    .containsExactly(tuple("demo", 1, "first"), tuple("demo", 0, ""));
        }
    }

    @Test
    void deliversAcknowledgesAndKnowsAnEmptyAnswer() throws Exception {
        try (BlipClient client = connect()) {
            long subscription = client.subscribe("demo", 1);
            assertThat(client.poll(subscription)).isEmpty();

            client.publish("demo", bytes("hi"), 1);
            Delivery delivery = client.poll(subscription).orElseThrow();
            assertThat(delivery.topic()).isEqualTo("demo");
            assertThat(delivery.text()).isEqualTo("hi");
            assertThat(delivery.qos()).isEqualTo(1);

            client.ack(subscription, delivery.deliveryTag());
            client.flush();
            assertThat(server.awaitAcks(1))
                    .containsExactly(new ScriptedServer.Ack(subscription, delivery.deliveryTag()));
            assertThat(client.poll(subscription)).isEmpty();
            assertThat(client.takeRefusedAcks()).isEmpty();
        }
    }

    @Test
    void aDeliveryAtQos0HasNothingToAcknowledge() throws IOException {
        try (BlipClient client = connect()) {
            long subscription = client.subscribe("demo", 0);
            client.publish("demo", bytes("hi"), 1);

            Delivery delivery = client.poll(subscription).orElseThrow();

            assertThat(delivery.qos()).isZero();
            assertThat(delivery.deliveryTag()).isZero();
        }
    }

    @Test
    void pollsABatchInOneRoundTripAndGetsWhatIsThere() throws IOException {
        try (BlipClient client = connect()) {
            long subscription = client.subscribe("demo", 1);
            for (int i = 0; i < 1500; i++) {
                client.publish("demo", bytes("message " + i), 1);
            }

            List<Delivery> first = client.poll(subscription, 1000);
            List<Delivery> second = client.poll(subscription, BlipClient.POLLS_MAX);

            assertThat(first).hasSize(1000);
            assertThat(second).hasSize(500);
            assertThat(second.get(499).text()).isEqualTo("message 1499");
        }
    }

    @Test
    void carriesMessagesUpToTheFrameLimit() throws IOException {
        byte[] largest = new byte[BlipClient.payloadBytesMax("demo")];
        largest[largest.length - 1] = 42;
        try (BlipClient client = connect()) {
            long subscription = client.subscribe("demo", 1);
            client.publish("demo", largest, 1);
            client.publish("demo", bytes("after"), 1);

            List<Delivery> deliveries = client.poll(subscription, 3);

            assertThat(deliveries.get(0).payload()).isEqualTo(largest);
            assertThat(deliveries.get(1).text()).isEqualTo("after");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.publish("demo", new byte[largest.length + 1], 1))
                    .withMessage("a message on this topic is at most 16777200 bytes, not 16777201");
            client.ping();
        }
    }

    @Test
    void refusesWhatNoFrameCanSayBeforeSendingIt() throws IOException {
        try (BlipClient client = connect()) {
            assertThatIllegalArgumentException().isThrownBy(() -> client.publish("", bytes("x"), 1));
            assertThatIllegalArgumentException().isThrownBy(() -> client.publish("ä".repeat(513), bytes("x"), 1));
            assertThatIllegalArgumentException().isThrownBy(() -> client.publish("\ud800", bytes("x"), 1));
            assertThatIllegalArgumentException().isThrownBy(() -> client.publish("demo", bytes("x"), 2));
            assertThatIllegalArgumentException().isThrownBy(() -> client.subscribe("demo", -1));
            assertThatIllegalArgumentException().isThrownBy(() -> client.poll(0));
            assertThatIllegalArgumentException().isThrownBy(() -> client.ack(0, 1));

            client.publish("ä".repeat(512), bytes("x"), 1);
            client.ping();
            assertThat(server.published()).hasSize(1);
        }
    }

    @Test
    void aWrongKeyIsAnAuthenticationException() {
        assertThatExceptionOfType(AuthenticationException.class)
                .isThrownBy(() -> BlipClient.connect(server.address(), "wrong"))
                .withMessage("the key for " + server.address() + " was refused: 401 invalid API key");
    }

    @Test
    void refusedPublishesAreThrownByTheNextPing() throws IOException {
        server.refusePublishes(ordinal -> ordinal == 2 || ordinal == 3 ? Nack.PUBLISH_DISK_FULL : null);
        try (BlipClient client = connect()) {
            long subscription = client.subscribe("demo", 1);
            client.publish("demo", bytes("1"), 1);
            long second = client.publish("demo", bytes("2"), 1);
            long third = client.publish("demo", bytes("3"), 1);
            client.publish("demo", bytes("4"), 1);
            assertThat(client.poll(subscription, 5)).hasSize(2);

            assertThatExceptionOfType(PublishRefusedException.class)
                    .isThrownBy(client::ping)
                    .withMessage("2 publishes were refused, the first with: 500 durable publish failed: disk full")
                    .satisfies(e -> assertThat(e.refusals())
                            .containsExactly(
                                    new Refusal(second, 500, "durable publish failed: disk full"),
                                    new Refusal(third, 500, "durable publish failed: disk full")));
            client.ping();
        }
    }

    @Test
    void aRefusedSubscribeLeavesTheConnectionUsable() throws IOException {
        server.refuseSubscribes(Nack.SUBSCRIBE_DISK_FULL);
        try (BlipClient client = connect()) {
            assertThatExceptionOfType(RequestRefusedException.class)
                    .isThrownBy(() -> client.subscribe("demo", 1))
                    .withMessage("SUBSCRIBE was refused: 500 subscribe failed: disk full");
            client.ping();
        }
    }

    @Test
    void refusedAcksAreNotTakenForRefusedPublishes() throws IOException {
        try (BlipClient client = connect()) {
            long subscription = client.subscribe("demo", 1);
            long sameNumber = client.publish("demo", bytes("x"), 1);
            client.ack(subscription, sameNumber);
            client.ping();

            assertThat(client.takeRefusedAcks())
                    .containsExactly(new Refusal(sameNumber, 404, "unknown subscription or delivery tag"));
            assertThat(client.takeRefusedAcks()).isEmpty();
        }
    }

    /**
     * The answers and the publishes are each more than socket buffers of any size hold, so the server stops reading until
     * answers are taken: only a client that reads while it writes gets through.
     */
    @Test
    void readsAnswersWhileItsPublishesWait() throws IOException {
        server.refusePublishes(ordinal -> Nack.PUBLISH_DISK_FULL);
        server.padRefusals(60_000);
        byte[] payload = new byte[40_000];
        try (BlipClient client = connect()) {
            for (int i = 0; i < 2_000; i++) {
                client.publish("demo", payload, 1);
            }

            assertThatExceptionOfType(PublishRefusedException.class)
                    .isThrownBy(client::ping)
                    .satisfies(e -> {
                        assertThat(e.refusedCount()).isEqualTo(2_000);
                        assertThat(e.refusals()).hasSize(BlipClient.REFUSALS_KEPT_MAX);
                    });
        }
    }

    @Test
    void pipelinesAHundredThousandPublishesToASlowReader() throws IOException {
        server.close();
        server = ScriptedServer.startWithSmallBuffers(KEY);
        try (BlipClient client = connect()) {
            for (int i = 0; i < 100_000; i++) {
                client.publish("demo", bytes("line " + i), 1);
            }
            client.ping();
        }

        assertThat(server.published()).hasSize(100_000);
        assertThat(server.published().get(99_999).text()).isEqualTo("line 99999");
    }

    @Test
    void aLostConnectionNamesTheServerAndClosesTheClient() throws IOException {
        server.hangUpAfterPublishes(0);
        try (BlipClient client = connect()) {
            client.publish("demo", bytes("x"), 1);

            assertThatIOException()
                    .isThrownBy(client::ping)
                    .withMessageStartingWith("connection to " + server.address() + " lost: ");
            assertThat(client.isOpen()).isFalse();
            assertThatIOException()
                    .isThrownBy(client::ping)
                    .withMessage("the connection to " + server.address() + " is closed");
        }
    }

    @Test
    void aSilentServerEndsTheWait() throws IOException {
        ClientOptions options = ClientOptions.DEFAULTS.withSilenceTimeout(Duration.ofMillis(100));
        try (BlipClient client = BlipClient.connect(server.address(), KEY, options)) {
            server.fallSilent();

            assertThatIOException()
                    .isThrownBy(client::ping)
                    .withMessage("no answer from " + server.address() + " for 0.1 s");
        }
    }

    @Test
    void nobodyListeningIsSaidAtOnce() throws IOException {
        BlipAddress unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = new BlipAddress("127.0.0.1", socket.getLocalPort());
        }

        assertThatIOException()
                .isThrownBy(() -> BlipClient.connect(unused, KEY))
                .withMessage("cannot connect to " + unused + ": Connection refused");
    }

    @Test
    void anImpossibleFrameIsAProtocolException() throws IOException {
        server.replyToPolls(answer -> answer.putInt(3));
        try (BlipClient client = connect()) {
            long subscription = client.subscribe("demo", 1);

            assertThatExceptionOfType(ProtocolException.class)
                    .isThrownBy(() -> client.poll(subscription))
                    .withMessage("the server sent a frame of impossible length 3");
            assertThat(client.isOpen()).isFalse();
        }
    }

    @Test
    void anAnswerToNothingIsAProtocolException() throws IOException {
        server.replyToPolls(answer -> FrameEncoder.pong(answer, 99));
        try (BlipClient client = connect()) {
            long subscription = client.subscribe("demo", 1);

            assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> client.poll(subscription));
        }
    }

    @Test
    void moreDeliveriesThanPollsIsAProtocolException() throws IOException {
        server.replyToPolls(answer -> {
            FrameEncoder.publish(answer, 1, 1, bytes("demo"), bytes("a"));
            FrameEncoder.publish(answer, 2, 1, bytes("demo"), bytes("b"));
        });
        try (BlipClient client = connect()) {
            long subscription = client.subscribe("demo", 1);

            assertThatExceptionOfType(ProtocolException.class)
                    .isThrownBy(() -> client.poll(subscription))
                    .withMessage("the server sent a delivery that no poll asked for");
        }
    }

    @Test
    void aHandlerMustNotCallTheClient() throws IOException {
        try (BlipClient client = connect()) {
            long subscription = client.subscribe("demo", 1);
            client.publish("demo", bytes("x"), 1);

            assertThatIllegalStateException()
                    .isThrownBy(() -> client.poll(subscription, 1, d -> client.ack(subscription, d.deliveryTag())));
        }
    }

    @Test
    void publishesThatArePendingLeaveWithClose() throws Exception {
        List<String> sent = new ArrayList<>();
        try (BlipClient client = connect()) {
            client.subscribe("other", 0);
            for (int i = 0; i < 10; i++) {
                client.publish("demo", bytes("m" + i), 0);
                sent.add("m" + i);
            }
        }

        server.awaitPublished(10);
        assertThat(server.published())
                .extracting(ScriptedServer.Published::text)
                .isEqualTo(sent);
    }

    private BlipClient connect() throws IOException {
        return BlipClient.connect(server.address(), KEY);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
