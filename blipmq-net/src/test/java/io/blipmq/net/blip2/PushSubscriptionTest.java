package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.NetLimits;
import io.blipmq.net.NetMetric;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.DeadLetterItem;
import io.blipmq.protocol.v2.DeliveryItem;
import io.blipmq.protocol.v2.LettersDone;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.MessageItem;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.SubscriptionItem;
import io.blipmq.protocol.v2.TopicItem;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions with and without a name: how long they live, and whose they are. */
class PushSubscriptionTest {
    private TestServer server;
    private PushClient client;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        client = server.connectPushReady();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void aNameIsResumedWithWhatWasNotSettledFirst() throws IOException {
        PushClient publisher = server.connectPushReady();
        long subscription = client.attached(1, Attach.to("t").named("n").credit(2));
        publish(publisher, 1, "a", "b", "c");
        long[] tags = client.expectDeliveries(subscription, "a", "b");
        client.ack(2, subscription, tags[0]).ping(3);
        client.expectPong(3);
        client.close();
        server.until("it is gone", () -> server.metric(NetMetric.CONNECTIONS) == 1);
        publish(publisher, 4, "d");
        PushClient again = server.connectPushReady();
        again.attach(1, Attach.to("t").named("n").credit(10));
        assertThat(again.expectAttached(1, true, 3)).isEqualTo(subscription);
        assertThat(again.expectDelivery(subscription, 1, 2, "b")).isEqualTo(tags[1]);
        again.expectDeliveries(subscription, "c", "d");
    }

    @Test
    void aHeldNameIsTakenOverOnlyWhenAsked() throws IOException {
        PushClient other = server.connectPushReady();
        long subscription = client.attached(1, Attach.to("t").named("n").credit(10));
        other.attach(1, Attach.to("t").named("n"));
        other.expectHeld(1, "test");
        other.attach(2, Attach.to("t").named("n").takeOver().credit(10));
        assertThat(other.expectAttached(2, true, 0)).isEqualTo(subscription);
        client.expectDetached(0, subscription, 409);
        publish(other, 1, "a");
        other.expectDeliveries(subscription, "a");
        client.expectNoDelivery();
        client.settle(3, subscription, SettleLayout.ACK, 0, 0, "", 1);
        client.expectNack(3, 404, "the subscription has no unsettled delivery with this tag and attempt");
    }

    @Test
    void aNameStandsForOneTopic() throws IOException {
        client.attached(1, Attach.to("t").named("n"));
        client.attach(2, Attach.to("u").named("n").takeOver());
        client.expectNack(
                2,
                409,
                "the name belongs to a subscription to another topic: choose another name, or delete that subscription");
    }

    @Test
    void aNameBelongsToItsKey() throws IOException {
        PushClient foreign = server.connectPushReady(TestServer.OTHER_KEY);
        long subscription = client.attached(1, Attach.to("t").named("n"));
        long other = foreign.attached(1, Attach.to("t").named("n"));
        assertThat(other).isNotEqualTo(subscription);
        foreign.detach(2, subscription);
        foreign.expectNack(2, 404, "the key has no subscription with this id or name");
        foreign.settle(3, subscription, SettleLayout.ACK, 0, 0, "", 1);
        foreign.expectNack(3, 404, "the key has no subscription with this id or name");
    }

    @Test
    void beginningWithNewMessagesDropsTheOld() throws IOException {
        long subscription = client.attached(1, Attach.to("t").named("n"));
        publish(client, 1, "a", "b");
        client.detach(2, subscription);
        client.expectDetached(2, subscription, 0);
        long next = client.attached(3, Attach.to("t").named("n").fromNew().credit(10));
        assertThat(next).isNotEqualTo(subscription);
        publish(client, 3, 1, "c");
        client.expectDeliveries(next, "c");
    }

    @Test
    void aSubscriptionWithoutANameEndsWithItsConnection() throws IOException {
        long subscription = client.attached(1, Attach.to("t").credit(10));
        publish(client, 1, "a");
        client.expectDeliveries(subscription, "a");
        client.close();
        server.until("it is gone", () -> server.metric(NetMetric.CONNECTIONS) == 0);
        PushClient again = server.connectPushReady();
        long next = again.attached(1, Attach.to("t").credit(10));
        assertThat(next).isNotEqualTo(subscription);
        again.publish(1, "t", "b");
        again.expectConfirm(1, 1, 1);
        again.expectDeliveries(next, "b");
    }

    @Test
    void nothingIsPushedAfterDetached() {
        long subscription = client.attached(1, Attach.to("t").named("n").credit(10));
        client.detach(2, subscription);
        client.expectDetached(2, subscription, 0);
        publish(client, 1, "a");
        client.expectNoDelivery();
        client.attach(3, Attach.to("t").named("n").credit(10));
        client.expectAttached(3, true, 1);
        client.expectDeliveries(subscription, "a");
    }

    @Test
    void aDeletedSubscriptionIsGone() throws IOException {
        PushClient other = server.connectPushReady();
        long held = client.attached(1, Attach.to("t").named("held"));
        long left = client.attached(2, Attach.to("t").named("left"));
        client.detach(3, left);
        client.expectDetached(3, left, 0);
        other.delete(1, "held").delete(2, "left");
        other.expectNack(1, 409, "another connection holds this subscription");
        other.expectDetached(2, 0, 0);
        client.delete(4, held);
        client.expectDetached(4, held, 0);
        publish(client, 1, 0, "a");
        client.attached(5, Attach.to("t").named("held"));
    }

    @Test
    void drainStopsWhatIsPushedAndCountsWhatIsNotSettled() {
        long subscription = client.attached(1, Attach.to("t").credit(10));
        publish(client, 1, "a", "b");
        long[] tags = client.expectDeliveries(subscription, "a", "b");
        client.drain(2);
        client.expectDone(2, 2);
        publish(client, 3, "c");
        client.expectNoDelivery();
        client.ack(3, subscription, tags).ping(4);
        client.expectPong(4);
        client.drain(5);
        client.expectDone(5, 0);
    }

    @Test
    void oldAndNewClientsShareATopic() throws IOException {
        TestClient old = server.connectReady();
        old.subscribe(3, "t", 1);
        long oldSubscription = old.receiveAck(3);
        long qos1 = client.attached(1, Attach.to("t").credit(10));
        publish(client, 1, 2, "from new");
        old.publish(4, 1, "t", "from old");
        client.expectDeliveries(qos1, "from new", "from old");
        old.poll(5, oldSubscription).poll(6, oldSubscription);
        old.expectMessage(1, "t", "from new");
        old.expectMessage(1, "t", "from old");
    }

    @Test
    void messagesOfQos0ReachASubscriptionAtQos1AtQos0() throws IOException {
        long subscription = client.attached(1, Attach.to("t").credit(10));
        client.publishQos0(1, "t", "a");
        client.expectDelivery(subscription, 0, 1, "a");
        TestClient old = server.connectReady();
        old.publish(2, 0, "t", "b");
        client.expectDelivery(subscription, 0, 1, "b");
    }

    @Test
    void aSlowReaderDoesNotHoldUpAFastOne() throws IOException {
        PushClient slow = server.connectPushReady();
        PushClient fast = server.connectPushReady();
        long slowId = slow.attached(1, Attach.to("t").credit(AttachLayout.UNLIMITED_CREDIT));
        long fastId = fast.attached(1, Attach.to("t").credit(AttachLayout.UNLIMITED_CREDIT));
        String body = "x".repeat(10_000);
        int count = 2_000;
        for (int i = 0; i < count; i++) {
            client.publish(i, "t", body);
            client.expectConfirm(i, 1, 2);
            fast.ack(i, fastId, fast.expectDelivery(fastId, 1, 1, body));
        }
        long bounded = NetLimits.defaults().output().pushHighWaterBytes() + 32 * 1024;
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isBetween(1L, bounded);
        for (int i = 0; i < count; i++) {
            slow.expectDelivery(slowId, 1, 1, body);
        }
        slow.expectNoDelivery();
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }

    @Test
    void whatAKeyHasIsListedPageByPage() throws IOException {
        PushClient foreign = server.connectPushReady(TestServer.OTHER_KEY);
        foreign.attached(1, Attach.to("secret").named("theirs"));
        long named = client.attached(1, Attach.to("t").named("n").credit(1));
        client.attached(2, Attach.to("t").qos0());
        client.attached(3, Attach.to("u"));
        publish(client, 1, 2, "a", "b");
        client.expectDeliveries(named, "a");
        List<TopicItem> topics = new ArrayList<>();
        for (ByteBuffer item : listAll(ListLayout.TOPICS, 0)) {
            topics.add(TopicItem.read(item, 0, item.capacity()));
        }
        assertThat(topics).containsExactlyInAnyOrder(new TopicItem("t", 1, 1, false), new TopicItem("u", 0, 1, false));
        List<SubscriptionItem> subscriptions = new ArrayList<>();
        for (ByteBuffer item : listAll(ListLayout.SUBSCRIPTIONS, 0)) {
            subscriptions.add(SubscriptionItem.read(item, 0, item.capacity()));
        }
        assertThat(subscriptions).extracting(SubscriptionItem::topic).containsExactlyInAnyOrder("t", "t", "u");
        SubscriptionItem shown = subscriptions.stream()
                .filter(item -> item.id() == named)
                .findFirst()
                .orElseThrow();
        assertThat(shown.name()).isEqualTo("n");
        assertThat(shown.flags()).isEqualTo(7);
        assertThat(shown.clientName()).isEqualTo("test");
        assertThat(shown.clientAddress()).contains("127.0.0.1");
        assertThat(shown.counts()).isEqualTo(new SubscriptionItem.Counts(1, 1, 0, 0, 0));
        assertThat(listAll(ListLayout.SUBSCRIPTIONS, named)).hasSize(1);
        assertThat(listAll(ListLayout.DELIVERIES, named)).hasSize(1);
    }

    @Test
    void aListShowsWhatEarlierRequestsBroughtAbout() {
        server.journal.hold();
        client.attach(1, Attach.to("t").named("n"))
                .list(2, ListLayout.SUBSCRIPTIONS, 10, 0, 0)
                .ping(3);
        client.expectSilence();
        server.journal.release();
        client.expectAttached(1, false, 0);
        assertThat(client.receiveListing(2, ListLayout.SUBSCRIPTIONS).capacity())
                .isGreaterThan(ListLayout.LISTING_ITEMS_OFFSET);
        client.expectPong(3);
    }

    @Test
    void deadLettersAreListedSentBackAndDropped() {
        long letters = client.attached(1, Attach.to("$dead-letter/t"));
        long subscription = client.attached(2, Attach.to("t").credit(10));
        publish(client, 1, "a", "b");
        long[] tags = client.expectDeliveries(subscription, "a", "b");
        client.settle(3, subscription, SettleLayout.REJECT, 0, 0, "bad", tags).ping(4);
        client.expectPong(4);
        server.untilQuiet();
        List<ByteBuffer> listed = listAll(ListLayout.DEAD_LETTERS, letters);
        assertThat(listed).hasSize(2);
        long letter = DeadLetterItem.tag(listed.get(0), 0);
        long through = DeadLetterItem.tag(listed.get(1), 0);
        client.deadLetters(5, ListLayout.REDRIVE, letters, 1, 0);
        assertThat(client.receiveLettersDone(5)).isEqualTo(new LettersDone(1, letter, through, 0, 0));
        client.expectDelivery(subscription, 1, 1, "a");
        client.deadLetters(6, ListLayout.PURGE, letters, 10, 0);
        client.expectLetters(6, 1);
        assertThat(listAll(ListLayout.DEAD_LETTERS, letters)).isEmpty();
    }

    @Test
    void messagesAreListedWithTheirStatesAndStayAsTheyAre() {
        long subscription = client.attached(1, Attach.to("t").named("n").credit(1));
        publish(client, 1, "a", "b", "c");
        long tag = client.expectDelivery(subscription, 1, 1, "a");
        List<ByteBuffer> listed = listAll(ListLayout.MESSAGES, subscription);
        assertThat(listed).hasSize(3);
        assertThat(listed).allMatch(item -> MessageItem.isMessage(item, 0, item.capacity()));
        assertThat(MessageItem.tag(listed.get(0), 0)).isEqualTo(tag);
        assertThat(listed)
                .extracting(item -> MessageItem.state(item, 0))
                .containsExactly(DeliveryItem.IN_FLIGHT, MessageItem.WAITING, MessageItem.WAITING);
        assertThat(listed).extracting(item -> MessageItem.attempts(item, 0)).containsExactly(1, 0, 0);
        assertThat(listed)
                .extracting(item -> (char) item.get(item.capacity() - 1))
                .containsExactly('a', 'b', 'c');
        client.credit(subscription, 2);
        client.expectDelivery(subscription, 1, 1, "b");
        client.expectDelivery(subscription, 1, 1, "c");
        client.list(5, ListLayout.MESSAGES, 1, 4711, 0).expectNack(5, V2Nack.UNKNOWN_SUBSCRIPTION);
    }

    @Test
    void aPurgeIsAnsweredWhenItIsStoredAndRefusedOnAFullDisk() {
        long letters = rejectTwoAndPing();
        client.expectPong(4);
        server.journal.hold();
        client.deadLetters(5, ListLayout.PURGE, letters, 1, 0);
        client.expectSilence();
        server.journal.release();
        assertThat(client.receiveLettersDone(5).count()).isEqualTo(1);
        server.journal.full(true);
        client.deadLetters(6, ListLayout.PURGE, letters, 1, 0);
        client.expectNack(6, V2Nack.DISK_FULL);
    }

    @Test
    void aPongWaitsForARejectThatHasNoRoomInTheLogJustNow() {
        server.journal.lettersBusy(true);
        long letters = rejectTwoAndPing();
        client.expectSilence();
        server.journal.hold();
        server.journal.lettersBusy(false);
        client.expectSilence();
        server.journal.release();
        client.expectPong(4);
        assertThat(listAll(ListLayout.DEAD_LETTERS, letters)).hasSize(2);
    }

    @Test
    void aPongDoesNotWaitForRoomOnAFullDisk() {
        server.journal.lettersBusy(true);
        long letters = rejectTwoAndPing();
        client.expectSilence();
        server.journal.full(true);
        server.journal.lettersBusy(false);
        client.expectPong(4);
        assertThat(listAll(ListLayout.DEAD_LETTERS, letters)).isEmpty();
        server.journal.full(false);
        server.advanceSeconds(2);
        server.untilQuiet();
        assertThat(listAll(ListLayout.DEAD_LETTERS, letters)).hasSize(2);
    }

    /** @return the subscription to the dead letters; the PONG will have number 4 */
    private long rejectTwoAndPing() {
        long letters = client.attached(1, Attach.to("$dead-letter/t"));
        long subscription = client.attached(2, Attach.to("t").credit(10));
        publish(client, 1, "a", "b");
        long[] tags = client.expectDeliveries(subscription, "a", "b");
        client.settle(3, subscription, SettleLayout.REJECT, 0, 0, "bad", tags).ping(4);
        return letters;
    }

    private List<ByteBuffer> listAll(int kind, long subscription) {
        List<ByteBuffer> items = new ArrayList<>();
        long after = 0;
        do {
            client.list(77, kind, 1, subscription, after);
            ByteBuffer payload = client.receiveListing(77, kind);
            int at = ListLayout.LISTING_ITEMS_OFFSET;
            while (at < payload.capacity()) {
                int length = ListLayout.itemLength(payload, at);
                items.add(payload.slice(at + ListLayout.ITEM_LENGTH_BYTES, length));
                at += ListLayout.ITEM_LENGTH_BYTES + length;
            }
            after = ListLayout.listingNext(payload, 0);
        } while (after != 0);
        return items;
    }

    private static void publish(PushClient publisher, long first, String... bodies) {
        publisher.publish(first, "t", bodies);
        publisher.receiveConfirm(first);
    }

    private static void publish(PushClient publisher, long first, int subscriptions, String... bodies) {
        publisher.publish(first, "t", bodies);
        publisher.expectConfirm(first, bodies.length, subscriptions);
    }
}
