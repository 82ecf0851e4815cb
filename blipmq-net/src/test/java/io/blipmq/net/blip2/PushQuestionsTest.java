package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.SubscriptionItem;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the author of a client asks that the tables of the protocol's page do not answer. */
class PushQuestionsTest {
    private static final long UNLIMITED = AttachLayout.UNLIMITED_CREDIT;

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

    // --- numbers

    @Test
    void aNackHasTheNumberOfItsRequestWhateverElseHasIt() {
        client.publish(5, "", "m").detach(5, 4711).publish(5, "t", "m");
        client.expectNack(5, 400, "empty topic");
        client.expectNack(5, V2Nack.UNKNOWN_SUBSCRIPTION);
        client.expectConfirm(5, 1, 0);
    }

    @Test
    void numbersOfMessagesMayHaveGapsAndRepeatThemselves() {
        client.attached(1, Attach.to("t"));
        server.journal.hold();
        client.publish(5, "t", "a", "b")
                .publish(7, "t", "c")
                .publish(100, "t", "d")
                .publish(5, "t", "e");
        server.untilQuiet();
        server.journal.release();
        client.expectConfirm(5, 3, 1);
        client.expectConfirm(100, 1, 1);
        client.expectConfirm(5, 1, 1);
    }

    @Test
    void aConfirmNeverSpansAnotherAnswer() {
        client.attached(1, Attach.to("t"));
        server.journal.hold();
        client.publish(5, "t", "a").ping(2).publish(6, "t", "b");
        server.untilQuiet();
        server.journal.release();
        client.expectConfirm(5, 1, 1);
        client.expectPong(2);
        client.expectConfirm(6, 1, 1);
    }

    // --- subscriptions

    @Test
    void aMessageAtQos0IsNotKeptForASubscriptionThatNobodyReads() {
        long id = client.attached(1, Attach.to("t").named("n"));
        client.detach(2, id).expectDetached(2, id, 0);
        client.publishFlagged(PublishLayout.CONFIRM_FLAG, 1, "t", "lost").expectConfirm(1, 1, 0);
        client.attach(3, Attach.to("t").named("n").credit(10)).expectAttached(3, true, 0);
        client.expectNoDelivery();
        client.publishFlagged(PublishLayout.CONFIRM_FLAG, 2, "t", "read").expectConfirm(2, 1, 1);
        client.expectDelivery(id, 0, 1, "read");
    }

    @Test
    void beginningWithNewMessagesNeedsTheSameTopicAndAFreeName() throws IOException {
        long id = client.attached(1, Attach.to("t").named("n"));
        PushClient other = server.connectPushReady();
        other.attach(2, Attach.to("u").named("n").fromNew()).expectNack(2, V2Nack.OTHER_TOPIC);
        other.attach(3, Attach.to("u").named("n").fromNew().takeOver()).expectNack(3, V2Nack.OTHER_TOPIC);
        other.attach(4, Attach.to("t").named("n").fromNew()).expectHeld(4, "test");
        long next = other.attached(5, Attach.to("t").named("n").fromNew().takeOver());
        assertThat(next).isNotEqualTo(id);
        client.expectDetached(0, id, 409);
        client.attached(6, Attach.to("t").qos0().fromNew());
    }

    @Test
    void aNameThatIsHeldHereIsHeld() {
        long id = client.attached(1, Attach.to("t").named("n").credit(UNLIMITED));
        client.publish(1, "t", "m").expectConfirm(1, 1, 1);
        client.expectDelivery(id, 1, 1, "m");
        client.attach(2, Attach.to("t").named("n").credit(1)).expectHeld(2, "test");
        client.attach(3, Attach.to("t").named("n").takeOver().credit(1));
        client.expectDetached(0, id, 409);
        client.expectAttached(3, true, 1);
        client.expectDelivery(id, 1, 2, "m");
        client.publish(2, "t", "beyond the new credit").expectConfirm(2, 1, 1);
        client.expectNoDelivery();
    }

    @Test
    void whoHoldsANameIsToldWithoutControlCharacters() throws IOException {
        PushClient holder = server.connectPush();
        holder.hello(1, "a\u001b[2J\u0085\u2028\u202eb ü").auth(2, TestServer.KEY);
        holder.expectWelcome(1);
        holder.expectAck(2, 0);
        long id = holder.attached(3, Attach.to("t").named("n"));
        client.attach(4, Attach.to("t").named("n")).expectHeld(4, "a?[2J???b ü");
        client.attach(5, Attach.to("t").named("n").takeOver()).expectAttached(5, true, 0);
        holder.expectDetached(0, id, 409);
        holder.attach(6, Attach.to("t").named("n").takeOver()).expectAttached(6, true, 0);
        ByteBuffer detached = client.receive(FrameType.DETACHED, 0).payload();
        byte[] text = new byte[AttachLayout.detachedTextLength(detached, 0)];
        detached.get(AttachLayout.DETACHED_TEXT_OFFSET, text);
        assertThat(new String(text, StandardCharsets.UTF_8))
                .startsWith("taken over by client 'a?[2J???b ü' at 127.0.0.1:");
    }

    @Test
    void everyConnectionOfAKeyMayReadItsDeadLettersOneAtATime() throws IOException {
        long letters = client.attached(1, Attach.to("$dead-letter/t"));
        PushClient other = server.connectPushReady();
        other.attach(2, Attach.to("$dead-letter/t")).expectHeld(2, "test");
        other.attach(3, Attach.to("$dead-letter/t").takeOver());
        assertThat(other.expectAttached(3, true, 0)).isEqualTo(letters);
        client.expectDetached(0, letters, 409);
        PushClient foreign = server.connectPushReady(TestServer.OTHER_KEY);
        assertThat(foreign.attached(4, Attach.to("$dead-letter/t"))).isNotEqualTo(letters);
        client.attach(5, Attach.to("$dead-letter/")).expectNack(5, V2Nack.TOPIC_RESERVED);
    }

    @Test
    void creditWithoutLimitStaysSo() {
        long id = client.attached(1, Attach.to("t").credit(UNLIMITED));
        client.credit(id, 1, 1).publish(1, "t", "a", "b").expectConfirm(1, 2, 1);
        client.expectDeliveries(id, "a", "b");
    }

    @Test
    void creditCountsFromTheAttachOnAndNotBefore() {
        long id = client.attached(1, Attach.to("t").named("n"));
        client.detach(2, id).expectDetached(2, id, 0);
        client.credit(id, 5).publish(1, "t", "a", "b").expectConfirm(1, 2, 1);
        client.attach(3, Attach.to("t").named("n")).credit(id, 1).expectAttached(3, true, 2);
        client.expectDelivery(id, 1, 1, "a");
        client.expectNoDelivery();
    }

    @Test
    void whatThisConnectionReadsCanBeDeletedByName() {
        client.attached(1, Attach.to("t").named("n"));
        client.delete(2, "n").expectDetached(2, 0, 0);
        client.attached(3, Attach.to("t").named("n"));
    }

    @Test
    void anySubscriptionOfTheKeyCanBeDeletedByIdUnlessAnotherConnectionReadsIt() throws IOException {
        PushClient other = server.connectPushReady();
        long named = other.attached(1, Attach.to("t").named("n"));
        client.delete(2, named).expectNack(2, V2Nack.NAME_HELD);
        other.detach(3, named).expectDetached(3, named, 0);
        client.delete(4, named).expectDetached(4, named, 0);
        client.delete(5, named).expectNack(5, V2Nack.UNKNOWN_SUBSCRIPTION);
        TestClient polling = server.connectReady();
        polling.subscribe(6, "t", 1);
        long nameless = polling.receiveAck(6);
        client.delete(7, nameless).expectNack(7, V2Nack.NAME_HELD);
        polling.close();
        server.until("it is detached", () -> server.sessions(1) == 0);
        PushClient foreign = server.connectPushReady(TestServer.OTHER_KEY);
        foreign.delete(8, nameless).expectNack(8, V2Nack.UNKNOWN_SUBSCRIPTION);
        client.detach(9, nameless).expectNack(9, V2Nack.UNKNOWN_SUBSCRIPTION);
        client.delete(10, nameless).expectDetached(10, nameless, 0);
        long letters = client.attached(11, Attach.to("$dead-letter/t"));
        client.detach(12, letters).expectDetached(12, letters, 0);
        client.delete(13, letters).expectDetached(13, letters, 0);
        client.list(14, ListLayout.SUBSCRIPTIONS, 10, 0, 0);
        assertThat(client.receiveListing(14, ListLayout.SUBSCRIPTIONS).capacity())
                .isEqualTo(ListLayout.LISTING_ITEMS_OFFSET);
    }

    @Test
    void attachedAndDetachedMeanStored() {
        server.journal.hold();
        client.attach(1, Attach.to("t").named("n")).expectSilence();
        server.journal.release();
        long id = client.expectAttached(1, false, 0);
        server.journal.hold();
        client.delete(2, id).expectSilence();
        server.journal.release();
        client.expectDetached(2, id, 0);
    }

    // --- lists

    @Test
    void aListShowsWhereVersion1IsAttached() throws IOException {
        TestClient polling = server.connectReady();
        polling.subscribe(1, "t", 1);
        long id = polling.receiveAck(1);
        SubscriptionItem shown = list(id);
        assertThat(shown.flags())
                .isEqualTo(SubscriptionItem.QOS_FLAG | SubscriptionItem.DURABLE_FLAG | SubscriptionItem.ATTACHED_FLAG);
        assertThat(shown.clientName()).isEmpty();
        assertThat(shown.clientAddress()).startsWith("127.0.0.1:");
        polling.close();
        server.until("it is detached", () -> server.sessions(1) == 0);
        assertThat(list(id).clientAddress()).isEmpty();
    }

    private SubscriptionItem list(long id) {
        client.list(70, ListLayout.SUBSCRIPTIONS, 1, id, 0);
        return onlyItem(client.receiveListing(70, ListLayout.SUBSCRIPTIONS));
    }

    private static SubscriptionItem onlyItem(ByteBuffer listing) {
        int item = ListLayout.LISTING_ITEMS_OFFSET + ListLayout.ITEM_LENGTH_BYTES;
        return SubscriptionItem.read(listing, item, listing.capacity() - item);
    }

    @Test
    void aListFindsANameAtOnce() throws IOException {
        long id = client.attached(1, Attach.to("t").named("n"));
        client.attached(2, Attach.to("t").named("m"));
        client.list(3, "n");
        assertThat(onlyItem(client.receiveListing(3, ListLayout.SUBSCRIPTIONS)).id())
                .isEqualTo(id);
        client.list(4, "no such name");
        assertThat(client.receiveListing(4, ListLayout.SUBSCRIPTIONS).capacity())
                .isEqualTo(ListLayout.LISTING_ITEMS_OFFSET);
        PushClient foreign = server.connectPushReady(TestServer.OTHER_KEY);
        foreign.list(5, "n");
        assertThat(foreign.receiveListing(5, ListLayout.SUBSCRIPTIONS).capacity())
                .isEqualTo(ListLayout.LISTING_ITEMS_OFFSET);
    }

    @Test
    void aPageMayBeShorterThanAskedForAndThereIsMore() {
        long letters = client.attached(1, Attach.to("$dead-letter/t"));
        long id = client.attached(2, Attach.to("t").credit(10));
        client.publish(1, "t", "x".repeat(20_000), "y".repeat(20_000)).expectConfirm(1, 2, 1);
        long[] tags = {client.delivery().tag(), client.delivery().tag()};
        client.settle(3, id, SettleLayout.REJECT, 0, 0, "bad", tags).ping(4);
        client.expectPong(4);
        client.list(5, ListLayout.DEAD_LETTERS, 10, letters, 0);
        ByteBuffer first = client.receiveListing(5, ListLayout.DEAD_LETTERS);
        long next = ListLayout.listingNext(first, 0);
        assertThat(next).isPositive();
        client.list(6, ListLayout.DEAD_LETTERS, 10, letters, next);
        ByteBuffer second = client.receiveListing(6, ListLayout.DEAD_LETTERS);
        assertThat(second.capacity()).isGreaterThan(20_000);
        assertThat(ListLayout.listingNext(second, 0)).isZero();
    }

    // --- the end

    @Test
    void behindDrainASubscriptionIsAttachedAndNothingIsDelivered() {
        client.drain(1).expectDone(1, 0);
        long id = client.attached(2, Attach.to("t").named("n").credit(UNLIMITED));
        client.publish(1, "t", "m").expectConfirm(1, 1, 1);
        client.credit(id, 1).expectNoDelivery();
        client.detach(3, id).expectDetached(3, id, 0);
    }

    @Test
    void behindGoAwayWhatIsHeldCanBeSettledAndNothingNewBegins() {
        long id = client.attached(1, Attach.to("t").named("n").credit(10));
        client.publish(1, "t", "m").expectConfirm(1, 1, 1);
        long tag = client.expectDelivery(id, 1, 1, "m");
        server.loop.announceShutdown(2000);
        server.broker.beginShutdown();
        client.expectGoAway(2000);
        client.publish(2, "t", "late").expectConfirm(2, 1, 503, 0, "shutting down");
        client.attach(3, Attach.to("t")).expectNack(3, V2Nack.SHUTTING_DOWN);
        client.deadLetters(4, ListLayout.REDRIVE, id, 1, 0).expectNack(4, V2Nack.SHUTTING_DOWN);
        client.credit(id, 1);
        client.settle(5, id, SettleLayout.ACK, SettleLayout.ANSWER_FLAG, 0, "", tag)
                .expectSettled(5, 1);
        client.list(6, ListLayout.TOPICS, 10, 0, 0);
        client.receiveListing(6, ListLayout.TOPICS);
        client.drain(7).expectDone(7, 0);
        client.detach(8, id).expectDetached(8, id, 0);
        client.expectNothingMore();
    }

    @Test
    void whoHasEndedItsSideIsAnsweredButGetsNoDeliveryAndNoGoodbye() throws IOException {
        long id = client.attached(1, Attach.to("t").named("n").credit(UNLIMITED));
        client.publish(1, "t", "m").ping(2);
        client.shutdownOutput();
        client.expectConfirm(1, 1, 1);
        client.expectPong(2);
        client.expectClosed();
        PushClient next = server.connectPushReady();
        next.attach(3, Attach.to("t").named("n").credit(1)).expectAttached(3, true, 1);
        next.expectDelivery(id, 1, 1, "m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0002 c328", "0001 ff"})
    void aKeyIsText(String payload) throws IOException {
        PushClient stranger = server.connectPush();
        stranger.hello(1, "").frame(2, 2, payload);
        stranger.expectWelcome(1);
        stranger.expectNack(2, 400, "invalid AUTH payload");
    }
}
