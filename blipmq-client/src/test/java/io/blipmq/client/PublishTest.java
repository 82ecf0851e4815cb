package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PublishTest {
    private FakeBroker broker;

    @BeforeEach
    void startBroker() throws IOException {
        broker = new FakeBroker();
        broker.collect("t", "all");
    }

    @AfterEach
    void stopBroker() throws IOException {
        broker.close();
    }

    @Test
    void aPublishReturnsWithItsConfirm() {
        try (BlipClient client = connect()) {
            assertThat(client.publish("t", "hello")).isEqualTo(new Confirm(1, false));
            assertThat(client.publish("nobody", "hello")).isEqualTo(new Confirm(0, false));
        }
        assertThat(broker.bodies("all")).containsExactly("hello");
    }

    @Test
    void manyArePipelinedInOrderAndShareFrames() {
        List<String> messages =
                IntStream.range(0, 20_000).mapToObj(i -> "m" + i).toList();
        try (BlipClient client = connect()) {
            List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
            for (String message : messages) {
                confirms.add(client.publishAsync(Message.of("t", message)));
            }
            confirms.forEach(CompletableFuture::join);
        }
        assertThat(broker.bodies("all")).isEqualTo(messages);
        assertThat(batches()).hasSizeLessThan(messages.size());
    }

    @Test
    void closingWaitsForTheConfirms() {
        List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
        try (BlipClient client = connect()) {
            for (int i = 0; i < 1000; i++) {
                confirms.add(client.publishAsync(Message.of("t", "m" + i)));
            }
        }
        assertThat(confirms).allMatch(confirm -> confirm.isDone() && !confirm.isCompletedExceptionally());
    }

    @Test
    void aRefusalNamesItsMessageOnly() {
        broker.refuse(V2Nack.DISK_FULL, body -> body[0] == 'b');
        try (BlipClient client = connect()) {
            CompletableFuture<Confirm> first = client.publishAsync(Message.of("t", "a"));
            CompletableFuture<Confirm> second = client.publishAsync(Message.of("t", "b"));
            CompletableFuture<Confirm> third = client.publishAsync(Message.of("t", "c"));

            assertThat(first.join()).isEqualTo(new Confirm(1, false));
            assertThat(third.join()).isEqualTo(new Confirm(1, false));
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(second::join)
                    .withCauseInstanceOf(RefusedException.class)
                    .withMessageContaining("a publish was refused: 507 disk full");
        }
    }

    @Test
    void aBatchThatIsRefusedAsAWholeFailsAllItsMessages() {
        try (BlipClient client = connect()) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> client.publish("$no", "x"))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(403));
            assertThat(client.publish("t", "y")).isEqualTo(new Confirm(1, false));
        }
    }

    @Test
    void whatWasRefusedByABrokerThatIsAboutToEndGoesToTheNext() throws IOException {
        broker.refuse(V2Nack.SHUTTING_DOWN, body -> true);
        try (BlipClient client = connect()) {
            CompletableFuture<Confirm> confirm = client.publishAsync(Message.of("t", "late"));
            client.ping();
            assertThat(confirm).isNotDone();

            broker.refuse(V2Nack.SHUTTING_DOWN, body -> false);
            broker.restart();

            assertThat(confirm.join()).isEqualTo(new Confirm(1, false));
        }
    }

    @Test
    void whatWasRefusedByANodeThatDoesNotLeadGoesToTheOneThatDoes() throws IOException {
        broker.refuse(V2Nack.NOT_LEADER, body -> true);
        try (BlipClient client = connect()) {
            CompletableFuture<Confirm> confirm = client.publishAsync(Message.of("t", "late"));
            client.ping();
            assertThat(confirm).isNotDone();

            broker.refuse(V2Nack.NOT_LEADER, body -> false);
            broker.restart();

            assertThat(confirm.join()).isEqualTo(new Confirm(1, false));
        }
    }

    @Test
    void withoutAConfirmInTimeItTimesOut() {
        broker.holdConfirms(true);
        try (BlipClient client = builder()
                .publishTimeout(Duration.ofMillis(50))
                .closeTimeout(Duration.ofMillis(50))
                .connect()) {
            assertThatExceptionOfType(TimedOutException.class).isThrownBy(() -> client.publish("t", "x"));
        }
    }

    @Test
    void aFullWindowFailsWhenItIsNotToWait() {
        broker.holdConfirms(true);
        try (BlipClient client = builder()
                .unconfirmedMax(2, 1 << 20)
                .whenFull(WhenFull.FAIL)
                .closeTimeout(Duration.ofMillis(50))
                .connect()) {
            client.publishAsync(Message.of("t", "1"));
            client.publishAsync(Message.of("t", "2"));

            assertThatExceptionOfType(FullException.class).isThrownBy(() -> client.publishAsync(Message.of("t", "3")));
        }
    }

    @Test
    void aFullWindowWaitsForRoom() {
        List<String> messages = IntStream.range(0, 500).mapToObj(i -> "m" + i).toList();
        try (BlipClient client = builder().unconfirmedMax(3, 20).connect()) {
            messages.forEach(message -> client.publishAsync(Message.of("t", message)));
        }
        assertThat(broker.bodies("all")).isEqualTo(messages);
    }

    @Test
    void waitingForRoomEndsInTime() {
        broker.holdConfirms(true);
        try (BlipClient client = builder()
                .unconfirmedMax(1, 1 << 20)
                .publishTimeout(Duration.ofMillis(100))
                .closeTimeout(Duration.ofMillis(50))
                .connect()) {
            CompletableFuture<Confirm> first = client.publishAsync(Message.of("t", "1"));

            assertThatExceptionOfType(TimedOutException.class)
                    .isThrownBy(() -> client.publishAsync(Message.of("t", "2")));
            assertThat(first).isNotNull();
        }
    }

    @Test
    void aMessageThatNoFrameCanCarryIsRefusedBeforeItIsSent() {
        try (BlipClient client = connect()) {
            int max = client.bodyBytesMax("t");

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.publish("t", new byte[max + 1]))
                    .withMessage("a message on this topic must be at most " + max + " bytes, not " + (max + 1));
            assertThatIllegalArgumentException().isThrownBy(() -> client.publish("", "x"));
            assertThatIllegalArgumentException().isThrownBy(() -> client.publish("\ud800", "x"));
            assertThat(client.publish("t", new byte[max])).isEqualTo(new Confirm(1, false));
        }
    }

    @Test
    void afterClosingNothingIsPublished() {
        BlipClient client = connect();
        client.close();

        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> client.publish("t", "x"));
        client.close();
    }

    @Test
    void aWrongKeyIsAnAuthenticationException() {
        assertThatExceptionOfType(AuthenticationException.class)
                .isThrownBy(() -> builder().key("wrong").connect())
                .withMessageContaining("401 invalid API key")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("wrong"));
    }

    @Test
    void noBrokerIsAnErrorAtOnce() throws IOException {
        broker.stop();
        assertThatExceptionOfType(ConnectionLostException.class)
                .isThrownBy(this::connect)
                .withMessageContaining("no connection to 127.0.0.1:");
    }

    private List<String> batches() {
        synchronized (broker) {
            return broker.frames.stream()
                    .filter(frame -> frame.startsWith("PUBLISH_BATCH"))
                    .toList();
        }
    }

    private BlipClient connect() {
        return builder().connect();
    }

    private BlipClientBuilder builder() {
        return BlipClient.builder()
                .address(broker.address())
                .key(FakeBroker.KEY)
                .name("test")
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20));
    }
}
