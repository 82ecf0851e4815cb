package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SubscribeTest {
    private FakeBroker broker;
    private BlipClient client;

    @BeforeEach
    void startBroker() throws IOException {
        broker = new FakeBroker();
        client = BlipClient.builder()
                .address(broker.address())
                .key(FakeBroker.KEY)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
                .connect();
    }

    @AfterEach
    void stopBroker() throws IOException {
        client.close();
        broker.close();
    }

    @Test
    void aHandlerGetsMessagesInOrderAndTheyAreAcknowledged() {
        List<String> messages = publish(1000);
        BlockingQueue<String> got = new LinkedBlockingQueue<>();

        client.subscribe("t").name("all").handle(delivery -> got.add(delivery.text()));

        assertThat(take(got, 1000)).isEqualTo(messages);
        broker.await("all acknowledged", () -> broker.bodies("all").isEmpty());
    }

    @Test
    void acknowledgementsShareFrames() {
        publish(1000);
        CountDownLatch all = new CountDownLatch(1000);

        client.subscribe("t").name("all").handle(delivery -> all.countDown());

        broker.await("all acknowledged", () -> broker.bodies("all").isEmpty());
        assertThat(frames("SETTLE")).isLessThan(1000);
    }

    @Test
    void aSlowHandlerIsCreditAndNotMemory() throws Exception {
        List<String> messages = publish(500);
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        CountDownLatch goOn = new CountDownLatch(1);

        client.subscribe("t").name("all").credit(7).handle(delivery -> {
            goOn.await();
            got.add(delivery.text());
        });
        client.ping();
        synchronized (broker) {
            assertThat(broker.named("all").unsettled).hasSize(7);
        }
        goOn.countDown();

        assertThat(take(got, 500)).isEqualTo(messages);
        synchronized (broker) {
            assertThat(broker.named("all").unsettledMost).isEqualTo(7);
        }
    }

    @Test
    void largeMessagesComeAsManyAsTheirBytesMayBe() {
        broker.collect("t", "all");
        broker.collect("t", "one");
        for (int i = 0; i < 20; i++) {
            client.publish("t", new byte[1000]);
        }
        CountDownLatch all = new CountDownLatch(40);

        client.subscribe("t").name("all").creditBytes(2500).handle(delivery -> all.countDown());
        client.subscribe("t").name("one").creditBytes(1).handle(delivery -> all.countDown());

        broker.await(
                "all are acknowledged",
                () -> broker.bodies("all").isEmpty() && broker.bodies("one").isEmpty());
        synchronized (broker) {
            assertThat(broker.named("all").unsettledBytesMost).isEqualTo(3000);
            assertThat(broker.named("one").unsettledBytesMost).isEqualTo(1000);
        }
    }

    @Test
    void atQos0BytesComeBackAsMessagesAreTaken() {
        BlockingQueue<Integer> got = new LinkedBlockingQueue<>();
        client.subscribe("t").qos(0).creditBytes(2500).handle(delivery -> got.add(delivery.body().length));

        for (int i = 0; i < 20; i++) {
            client.publish("t", new byte[1000]);
        }

        assertThat(take(got, 20)).containsOnly(1000);
    }

    @Test
    void whatWaitsForASlowHandlerIsExtendedAndWhatItHasIsNot() {
        publish(5);
        CountDownLatch goOn = new CountDownLatch(1);
        client.subscribe("t").name("all").ackTimeout(Duration.ofMillis(60)).handle(delivery -> goOn.await());

        // 16 bytes of SETTLE, and 10 for each of four.
        broker.await("four are extended", () -> broker.frames.contains("SETTLE 56"));
        goOn.countDown();
        broker.await("all acknowledged", () -> broker.bodies("all").isEmpty());
    }

    @Test
    void atQos0CreditComesBackAsMessagesAreTaken() {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        client.subscribe("t").qos(0).credit(4).handle(delivery -> {
            delivery.ack();
            got.add(delivery.text());
        });

        List<String> messages = publish(100);

        assertThat(take(got, 100)).isEqualTo(messages);
        assertThat(frames("SETTLE")).isZero();
    }

    @Test
    void aHandlerThatThrowsGetsTheMessageAgain() {
        publish(3);
        BlockingQueue<String> got = new LinkedBlockingQueue<>();

        client.subscribe("t").name("all").credit(1).handle(delivery -> {
            got.add(delivery.text() + "/" + delivery.attempt());
            if (delivery.attempt() == 1) {
                throw new IllegalStateException("not yet");
            }
        });

        assertThat(take(got, 6)).containsExactly("m0/1", "m0/2", "m1/1", "m1/2", "m2/1", "m2/2");
    }

    @Test
    void manualAcknowledgementIsUpToTheHandler() {
        publish(4);
        BlockingQueue<Delivery> got = new LinkedBlockingQueue<>();
        client.subscribe("t").name("all").manualAck().handle(got::add);
        List<Delivery> deliveries = take(got, 4);

        deliveries.get(1).ack();
        deliveries.get(2).reject("no such order");
        deliveries.get(2).ack();
        deliveries.get(3).extend(Duration.ofSeconds(5));

        broker.await("two are settled", () -> broker.bodies("all").equals(List.of("m0", "m3")));
        client.ping();
        assertThat(broker.bodies("all")).containsExactly("m0", "m3");
    }

    @Test
    void aReceiverAcknowledgesWhenTheNextIsAskedFor() throws Exception {
        publish(3);
        try (Receiver receiver = client.subscribe("t").name("all").receive()) {
            assertThat(receiver.receive().text()).isEqualTo("m0");
            client.ping();
            assertThat(broker.bodies("all")).hasSize(3);
            assertThat(receiver.receive(Duration.ofSeconds(60)).orElseThrow().text())
                    .isEqualTo("m1");
            assertThat(receiver.iterator().next().text()).isEqualTo("m2");
            assertThat(receiver.poll()).isEmpty();
            assertThat(receiver.receive(Duration.ofMillis(1))).isEmpty();
        }
        assertThat(broker.bodies("all")).isEmpty();
    }

    @Test
    void headersAndTtlTravel() throws Exception {
        try (Receiver receiver = client.subscribe("t").receive()) {
            client.publish(Message.of("t", "x")
                    .withTtl(Duration.ofSeconds(9))
                    .withHeader("a", "1")
                    .withHeader("a", new byte[] {2})
                    .withHeader("ä", ""));

            Delivery delivery = receiver.receive();

            assertThat(delivery.headers()).extracting(Header::name).containsExactly("a", "a", "ä");
            assertThat(delivery.header("a").orElseThrow().text()).isEqualTo("1");
            assertThat(delivery.deadLetter()).isEmpty();
            assertThat(delivery.published().toEpochMilli()).isPositive();
        }
    }

    @Test
    void handlersOfAllSubscriptionsShareOneThreadAndMayPublish() {
        BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        for (int i = 0; i < 20; i++) {
            String topic = "question/" + i;
            client.subscribe(topic).handle(question -> {
                threads.add(Thread.currentThread());
                client.publish("answer", question.topic());
            });
        }
        client.subscribe("answer").handle(answer -> answers.add(answer.text()));
        for (int i = 0; i < 20; i++) {
            client.publish("question/" + i, "?");
        }

        assertThat(take(answers, 20)).hasSize(20);
        assertThat(take(threads, 20).stream().distinct()).hasSize(1);
    }

    @Test
    void anExecutorOfTheUsersKeepsEachSubscriptionsOrder() {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        try {
            client.subscribe("t").executor(pool).handle(delivery -> got.add(delivery.text()));
            List<String> messages = publish(2000);

            assertThat(take(got, 2000)).isEqualTo(messages);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void aNameThatAnotherHoldsIsTakenOverOnlyWhenAsked() {
        Subscription first = client.subscribe("t").name("all").handle(delivery -> {});
        try (BlipClient other = other()) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> other.subscribe("t").name("all").receive())
                    .satisfies(e -> assertThat(e.code()).isEqualTo(409));
            broker.detach("all");
            other.subscribe("t").name("all").takeOver().receive();
        }
        client.ping();
        assertThat(first.isActive()).isFalse();
        assertThat(first.endReason()).isEqualTo("409 taken over");
    }

    @Test
    void aReceiverWhoseSubscriptionEndsSaysSo() throws Exception {
        Receiver receiver = client.subscribe("t").name("all").receive();
        CompletableFuture<Boolean> hasNext =
                CompletableFuture.supplyAsync(() -> receiver.iterator().hasNext());

        broker.detach("all");

        assertThat(hasNext.get(60, TimeUnit.SECONDS)).isFalse();
        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(receiver::receive)
                .withMessageContaining("409 taken over");
    }

    @Test
    void closingLeavesAndDeletingDeletes() {
        client.subscribe("t").name("kept").receive().close();
        Subscription deleted = client.subscribe("t").name("deleted").handle(delivery -> {});
        deleted.delete();
        client.subscribe("t").receive().close();

        synchronized (broker) {
            assertThat(broker.subs).extracting(sub -> sub.name).containsExactly("kept");
        }
        assertThat(deleted.isActive()).isFalse();
    }

    @Test
    void closingTheClientWaitsForTheHandlerAndSendsItsAcknowledgement() throws Exception {
        publish(2);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        client.subscribe("t").name("all").handle(delivery -> {
            running.countDown();
            goOn.await();
        });
        running.await();

        CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
        goOn.countDown();
        closing.get(60, TimeUnit.SECONDS);

        assertThat(broker.bodies("all")).doesNotContain("m0");
    }

    @Test
    void whatNoHandlerHasBegunIsReleasedByClosing() throws Exception {
        publish(3);
        for (boolean closesAll : new boolean[] {true, false}) {
            CountDownLatch here = new CountDownLatch(1);
            CountDownLatch left = new CountDownLatch(1);
            BlipClient closed = other();
            closed.subscribe("t").name("all").manualAck().handle(delivery -> {
                here.await();
                if (closesAll) {
                    closed.close();
                } else {
                    delivery.subscription().close();
                }
                left.countDown();
            });
            broker.await(
                    "all are on their way", () -> broker.named("all").unsettled.size() == 3);
            closed.ping();
            here.countDown();
            left.await();
            closed.close();
            broker.await("it is left", () -> !broker.isHeld("all"));
        }

        try (Receiver receiver = client.subscribe("t").name("all").receive()) {
            assertThat(receiver.receive().attempt()).as("of what a handler had").isEqualTo(3);
            assertThat(receiver.receive().attempt()).as("of what waited").isEqualTo(1);
            assertThat(receiver.receive().attempt()).isEqualTo(1);
        }
    }

    @Test
    void theBrokerHearsThatAHandlerBeginsBeforeItIsDone() {
        publish(3);
        BlockingQueue<List<Long>> begun = new LinkedBlockingQueue<>();

        client.subscribe("t").name("all").countFromBegin().handle(delivery -> {
            broker.await("it has begun", () -> broker.named("all").begun.contains(delivery.tag()));
            synchronized (broker) {
                begun.add(List.copyOf(broker.named("all").begun));
            }
        });

        assertThat(take(begun, 3)).containsExactly(List.of(1L), List.of(1L, 2L), List.of(1L, 2L, 3L));
        broker.await("all acknowledged", () -> broker.bodies("all").isEmpty());
    }

    @Test
    void aHandlerMayCloseItsSubscriptionAndTheClient() throws Exception {
        publish(2);
        CountDownLatch closed = new CountDownLatch(1);
        client.subscribe("t").name("all").handle(delivery -> {
            delivery.ack();
            delivery.subscription().close();
            client.close();
            closed.countDown();
        });

        assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(broker.bodies("all")).containsExactly("m1");
    }

    private BlipClient other() {
        return BlipClient.builder()
                .address(broker.address())
                .key(FakeBroker.KEY)
                .connect();
    }

    private List<String> publish(int count) {
        synchronized (broker) {
            if (broker.subs.isEmpty()) {
                broker.collect("t", "all");
            }
        }
        List<String> messages = IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
        messages.forEach(message -> client.publishAsync(Message.of("t", message.getBytes(StandardCharsets.UTF_8))));
        client.ping();
        return messages;
    }

    private long frames(String type) {
        synchronized (broker) {
            return broker.frames.stream()
                    .filter(frame -> frame.startsWith(type + " "))
                    .count();
        }
    }

    static <T> List<T> take(BlockingQueue<T> queue, int count) {
        List<T> taken = new ArrayList<>();
        try {
            while (taken.size() < count) {
                T next = queue.poll(60, TimeUnit.SECONDS);
                assertThat(next).as("after %s of %s", taken.size(), count).isNotNull();
                taken.add(next);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return taken;
    }
}
