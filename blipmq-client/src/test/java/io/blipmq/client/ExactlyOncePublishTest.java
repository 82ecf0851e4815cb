package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages with ids, chosen by the program or by the client. */
@Timeout(120)
class ExactlyOncePublishTest {
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

    private BlipClientBuilder builder() {
        return BlipClient.builder()
                .address(broker.address())
                .key(FakeBroker.KEY)
                .backoff(Duration.ofMillis(5), Duration.ofMillis(50));
    }

    /** Publishes without getting a confirm, and lets the broker be replaced by one that knows what it had taken. */
    private List<CompletableFuture<Confirm>> publishAndLoseTheConfirms(BlipClient client) throws IOException {
        broker.holdConfirms(true);
        List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
        for (String body : List.of("a", "b", "c")) {
            confirms.add(client.publishAsync(Message.of("t", body)));
        }
        broker.await("all are there", () -> broker.bodies("all").size() == 3);
        broker.holdConfirms(false);
        broker.restart();
        return confirms;
    }

    @Test
    void whatIsSentAgainIsStoredOnce() throws IOException {
        try (BlipClient client = builder().exactlyOncePublish(true).connect()) {
            publishAndLoseTheConfirms(client)
                    .forEach(confirm -> assertThat(confirm.join()).isEqualTo(new Confirm(1, true)));
            assertThat(client.publish("t", "d")).isEqualTo(new Confirm(1, false));
        }
        assertThat(broker.bodies("all")).containsExactly("a", "b", "c", "d");
    }

    @Test
    void withoutItThatIsStoredAgain() throws IOException {
        try (BlipClient client = builder().connect()) {
            publishAndLoseTheConfirms(client)
                    .forEach(confirm -> assertThat(confirm.join()).isEqualTo(new Confirm(1, false)));
        }
        assertThat(broker.bodies("all")).containsExactly("a", "b", "c", "a", "b", "c");
    }

    @Test
    void equalMessagesOfAProgramAreTwo() {
        try (BlipClient one = builder().exactlyOncePublish(true).connect();
                BlipClient other = builder().exactlyOncePublish(true).connect()) {
            one.publish("t", "m");
            one.publish("t", "m");
            other.publish("t", "m");
        }
        assertThat(broker.bodies("all")).containsExactly("m", "m", "m");
    }

    @Test
    void anIdOfTheProgramsOwnStays() {
        Message message = Message.of("t", "m").withId("order 7");
        try (BlipClient client = builder().exactlyOncePublish(true).connect()) {
            assertThat(client.publish(message).isDuplicate()).isFalse();
            assertThat(client.publish(message).isDuplicate()).isTrue();
        }
        assertThat(broker.bodies("all")).containsExactly("m");
    }

    @Test
    void nothingIsAddedAtQos0() {
        try (BlipClient client = builder().exactlyOncePublish(true).connect()) {
            client.publish(Message.of("t", "m").withQos(0));
            client.send(Message.of("t", "m"));
            client.ping();
        }
        assertThat(broker.publishIdCount()).isZero();
    }

    @Test
    void aConsumerSeesTheId() throws Exception {
        try (BlipClient client = builder().connect();
                Receiver receiver = client.subscribe("t").name("n").receive()) {
            client.publish(Message.of("t", "m").withId("order 7"));
            client.publish("t", "without");
            assertThat(receiver.receive().id())
                    .hasValueSatisfying(id -> assertThat(id).asString().isEqualTo("order 7"));
            assertThat(receiver.receive().id()).isEmpty();
        }
    }

    @Test
    void anIdHasOneTo64Bytes() {
        Message message = Message.of("t", "m");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.withId(""))
                .withMessage("an id must be 1 to 64 bytes, not 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.withId(new byte[65]))
                .withMessage("an id must be 1 to 64 bytes, not 65");
        Message longest = message.withId(new byte[64]);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> longest.withId("again"))
                .withMessage("the message has an id already");
    }
}
