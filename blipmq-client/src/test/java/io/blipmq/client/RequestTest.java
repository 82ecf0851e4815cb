package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RequestTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(50);

    private FakeBroker broker;
    private BlipClient client;
    private BlipClient worker;

    @BeforeEach
    void startBroker() throws IOException {
        broker = new FakeBroker();
        client = connect();
        worker = connect();
    }

    @AfterEach
    void stopBroker() throws IOException {
        worker.close();
        client.close();
        broker.close();
    }

    private BlipClient connect() {
        return BlipClient.builder()
                .address(broker.address())
                .key(FakeBroker.KEY)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
                .connect();
    }

    private void replyInUpperCase() {
        worker.subscribe("upper")
                .qos(0)
                .handle(request ->
                        worker.send(Message.reply(request, request.text().toUpperCase())));
    }

    @Test
    void aRequestGetsItsReply() {
        replyInUpperCase();
        Delivery reply = client.request("upper", "hello", LONG);
        assertThat(reply.text()).isEqualTo("HELLO");
        assertThat(reply.qos()).isZero();
        assertThat(reply.replyTo()).isEmpty();
    }

    @Test
    void manyRequestsAtATimeGetEachTheirOwn() throws Exception {
        replyInUpperCase();
        List<CompletableFuture<Delivery>> replies = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            replies.add(client.requestAsync(Message.of("upper", "r" + i).withQos(0), LONG));
        }
        for (int i = 0; i < replies.size(); i++) {
            assertThat(replies.get(i).get(60, TimeUnit.SECONDS).text()).isEqualTo("R" + i);
        }
    }

    @Test
    void withoutASubscriptionItFailsAtOnce() {
        assertThatExceptionOfType(NoResponderException.class)
                .isThrownBy(() -> client.request("upper", "hello", LONG))
                .withMessage("nobody is subscribed to upper, so no reply can come");
        replyInUpperCase();
        assertThat(client.request("upper", "hello", LONG).text()).isEqualTo("HELLO");
    }

    @Test
    void aReplyThatComesTooLateIsForNobody() throws Exception {
        BlockingQueue<Delivery> requests = new LinkedBlockingQueue<>();
        worker.subscribe("slow").qos(0).handle(requests::add);
        assertThatExceptionOfType(TimedOutException.class)
                .isThrownBy(() -> client.request("slow", "first", SHORT))
                .withMessage("a request to slow: no reply in time");
        CompletableFuture<Delivery> second =
                client.requestAsync(Message.of("slow", "second").withQos(0), LONG);
        worker.send(Message.reply(requests.take(), "late"));
        worker.send(Message.reply(requests.take(), "in time"));
        assertThat(second.get(60, TimeUnit.SECONDS).text()).isEqualTo("in time");
    }

    @Test
    void onlyTheFirstReplyCounts() throws Exception {
        worker.subscribe("twice").qos(0).handle(request -> {
            worker.send(Message.reply(request, "one"));
            worker.send(Message.reply(request, "two"));
        });
        assertThat(client.request("twice", "a", LONG).text()).isEqualTo("one");
        assertThat(client.request("twice", "b", LONG).text()).isEqualTo("one");
    }

    @Test
    void afterALostConnectionRequestsGoOn() throws Exception {
        worker.subscribe("upper")
                .name("upper")
                .handle(request ->
                        worker.send(Message.reply(request, request.text().toUpperCase())));
        assertThat(client.request(Message.of("upper", "a"), LONG).text()).isEqualTo("A");
        broker.restart();
        assertThat(client.request(Message.of("upper", "b"), LONG).text()).isEqualTo("B");
    }

    @Test
    void whatIsAskedWhenTheClientClosesFails() throws Exception {
        worker.subscribe("slow").qos(0).handle(request -> {});
        CompletableFuture<Delivery> reply =
                client.requestAsync(Message.of("slow", "a").withQos(0), LONG);
        client.close();
        assertThatThrownBy(() -> reply.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(ClosedException.class);
    }

    @Test
    void whoAsksForNoReplyGetsNone() throws Exception {
        try (Receiver receiver = worker.subscribe("t").qos(0).receive()) {
            client.publish("t", "a");
            Delivery delivery = receiver.receive(LONG).orElseThrow();
            assertThat(delivery.replyTo()).isEmpty();
            assertThat(delivery.correlation()).isEmpty();
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> Message.reply(delivery, "b"))
                    .withMessageContaining("asks for no reply");
        }
    }

    @Test
    void nobodyIsAskedToReplyWhereNobodyCanPublish() {
        for (String topic : List.of("a/#", "+", "+/a", "$dead-letter/a")) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .as(topic)
                    .isThrownBy(() -> Message.of("t", "a").withReplyTo(topic));
        }
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> client.request(Message.of("t", "a").withReplyTo("b"), LONG));
    }
}
