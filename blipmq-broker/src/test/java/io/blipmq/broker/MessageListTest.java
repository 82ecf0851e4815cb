package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static io.blipmq.broker.PushClient.Request.toFilter;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a durable subscription holds is shown, and stays as it is. */
class MessageListTest {
    private TestBroker broker = new TestBroker();
    private PushClient alice = new PushClient(broker, "alice");

    private record Shown(long tag, String topic, int attempts, DeliveryInfo.State state, String text) {}

    /** Takes so many messages a page. */
    private final class Page implements MessageSink {
        private final List<ByteBuffer> entries = new ArrayList<>();
        private final List<Shown> heads = new ArrayList<>();

        @Override
        public ByteBuffer message(
                long tag, long publishedMillis, byte[] topic, int attempts, DeliveryInfo.State state, int entryBytes) {
            heads.add(new Shown(tag, new String(topic, StandardCharsets.UTF_8), attempts, state, ""));
            entries.add(ByteBuffer.allocate(entryBytes));
            return entries.get(entries.size() - 1);
        }

        private List<Shown> shown() {
            List<Shown> shown = new ArrayList<>();
            for (int i = 0; i < heads.size(); i++) {
                ByteBuffer entry = entries.get(i);
                assertThat(entry.hasRemaining()).isFalse();
                byte[] body = new byte[EntryLayout.bodyLength(entry, 0)];
                entry.get(EntryLayout.bodyOffset(entry, 0), body);
                Shown head = heads.get(i);
                shown.add(new Shown(
                        head.tag, head.topic, head.attempts, head.state, new String(body, StandardCharsets.UTF_8)));
            }
            return shown;
        }
    }

    private List<Shown> list(long id, int limit) {
        List<Shown> all = new ArrayList<>();
        long after = 0;
        do {
            Page page = new Page();
            OptionalLong next =
                    broker.broker().listing().messages(alice.client(), id, new ListPage(after, limit), page);
            all.addAll(page.shown());
            after = next.orElseThrow();
        } while (after != 0);
        return all;
    }

    private List<String> texts(long id, int limit) {
        return list(id, limit).stream().map(Shown::text).toList();
    }

    private long publish(PushClient.Request request, String... bodies) {
        long id = alice.attach(request);
        alice.publish(1, "demo", bodies);
        broker.turn();
        return id;
    }

    @Test
    void deliveredOnesAndThoseThatWaitAreShownInOrderPageByPage() {
        long id = publish(to("demo").named("n"), "a", "b", "c", "d", "e");
        alice.credit(id, 3);
        List<CollectingSink.Pushed> pushed = alice.receive();
        alice.ack(id, pushed.get(1).tag());
        alice.nack(id, 0, pushed.get(2).tag());
        for (int limit = 1; limit < 6; limit++) {
            assertThat(texts(id, limit)).containsExactly("a", "c", "d", "e");
        }
        assertThat(list(id, 9))
                .extracting(Shown::state)
                .containsExactly(DeliveryInfo.State.IN_FLIGHT, DeliveryInfo.State.DUE_AGAIN, null, null);
        assertThat(list(id, 9)).extracting(Shown::attempts).containsExactly(1, 1, 0, 0);
    }

    @Test
    void nothingChanges() {
        long id = publish(to("demo").named("n"), "a", "b");
        SubscriptionInfo before =
                broker.broker().subscriptions(Integer.MAX_VALUE).get(0);
        assertThat(texts(id, 1)).containsExactly("a", "b");
        assertThat(broker.broker().subscriptions(Integer.MAX_VALUE)).containsExactly(before);
        assertThat(broker.count(BrokerMetric.DELIVERED)).isZero();
        alice.credit(id, 5);
        assertThat(alice.receive()).extracting(CollectingSink.Pushed::attempt).containsExactly(1, 1);
    }

    @Test
    void whatWasSettledAheadOfOthersIsNotShown() {
        long id = publish(to("demo").named("n"), "a", "b", "c");
        alice.credit(id, 3);
        alice.ack(id, alice.receive().get(1).tag());
        broker.restartCleanly();
        alice = new PushClient(broker, "alice");
        assertThat(texts(id, 1)).containsExactly("a", "c");
    }

    @Test
    void expiredMessagesAreNotShown() {
        broker = new TestBroker(Options.messageTtlMillis(1_000));
        alice = new PushClient(broker, "alice");
        long id = publish(to("demo").named("n"), "a");
        broker.advance(2, TimeUnit.SECONDS);
        broker.turn();
        assertThat(texts(id, 9)).isEmpty();
    }

    @Test
    void redrivenMessagesAndDeadLettersAreShown() {
        long id = publish(to("demo").named("n"), "a", "b");
        alice.credit(id, 1);
        alice.reject(id, "bad", alice.receiveOne().tag());
        broker.turn();
        long letters = alice.attach(to("$dead-letter/demo"));
        assertThat(texts(letters, 9)).containsExactly("a");
        alice.redrive(letters, 1, 0);
        broker.turn();
        assertThat(texts(letters, 9)).isEmpty();
        assertThat(list(id, 1)).extracting(Shown::text).containsExactly("b", "a");
    }

    @Test
    void messagesOfAFilterAreShownWithTheirTopics() {
        long id = alice.attach(toFilter("a/#").named("n"));
        alice.publish(1, "a/b", "1", "2");
        alice.publish(1, "a", "3");
        broker.turn();
        alice.credit(id, 1);
        alice.reject(id, "bad", alice.receiveOne().tag());
        broker.turn();
        alice.redrive(alice.attach(to("$dead-letter/a/#")), 1, 0);
        broker.turn();
        assertThat(list(id, 1)).extracting(Shown::text).containsExactly("2", "3", "1");
        assertThat(list(id, 1)).extracting(Shown::topic).containsExactly("a/b", "a", "a/b");
        assertThat(list(publish(to("demo").named("one"), "x"), 1))
                .extracting(Shown::topic)
                .containsExactly("");
    }

    @Test
    void anotherKeysSubscriptionIsUnknownAndOneAtQos0HoldsNothing() {
        long id = publish(to("demo").named("n"), "a");
        PushClient bob = new PushClient(broker, "bob");
        assertThat(broker.broker().listing().messages(bob.client(), id, new ListPage(0, 9), new Page()))
                .isEmpty();
        long passing = alice.attach(to("demo").qos0());
        alice.publish(0, "demo", "z");
        assertThat(texts(passing, 9)).isEmpty();
    }
}
