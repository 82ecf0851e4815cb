package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.NetMetric;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers of version 2 that wait for the journal keep their places, and what becomes of them when things end meanwhile. */
class PushAnswerTest {
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
    void aSettlementAfterTheEndOfTheLogIsToldWhy() {
        long subscription = client.attached(1, Attach.to("t").credit(1));
        client.publish(1, "t", "a");
        client.expectConfirm(1, 1, 1);
        long[] tags = client.expectDeliveries(subscription, "a");
        server.broker.seal();
        client.settle(2, subscription, SettleLayout.ACK, SettleLayout.ANSWER_FLAG, 0, "", tags);
        client.expectNack(2, 503, "shutting down");
    }

    @Test
    void ofTwoAttachesOfOneNameOnlyTheLastGivesCredit() {
        long subscription = client.attached(1, Attach.to("t").named("n"));
        client.publish(1, "t", "a", "b");
        client.expectConfirm(1, 2, 1);
        server.journal.hold();
        client.publish(3, "t", "c")
                .attach(4, Attach.to("t").named("n").takeOver().credit(10))
                .attach(5, Attach.to("t").named("n").takeOver().credit(1))
                .credit(subscription, 1);
        client.expectDetached(0, subscription, 409);
        client.expectDetached(0, subscription, 409);
        client.expectSilence();
        server.journal.release();
        client.expectConfirm(3, 1, 1);
        client.expectNack(4, V2Nack.LOST_MEANWHILE);
        client.expectAttached(5, true, 3);
        client.expectDeliveries(subscription, "a", "b");
        client.expectSilence();
    }

    @Test
    void everyKindOfAnswerKeepsItsPlace() {
        long subscription = client.attached(1, Attach.to("t").credit(1).ackTimeoutMillis(60_000));
        client.publish(1, "t", "first");
        client.expectConfirm(1, 1, 1);
        long[] tags = client.expectDeliveries(subscription, "first");
        server.journal.hold();
        client.publish(2, "t", "second")
                .attach(10, Attach.to("t").named("n").credit(9))
                .settle(11, subscription, SettleLayout.ACK, SettleLayout.ANSWER_FLAG, 0, "", tags)
                .settle(12, 4711, SettleLayout.ACK, 0, 0, "", 1)
                .frame(0x11, 13, "")
                .ping(14)
                .list(15, 2, 10, 0, 0)
                .detach(16, subscription)
                .drain(17)
                .publish(3, "u", "third");
        client.expectSilence();
        server.journal.release();
        client.expectConfirm(2, 1, 1);
        long named = client.expectAttached(10, false, 0);
        client.expectSettled(11, 1);
        client.expectNack(12, 404, "the key has no subscription with this id or name");
        client.expectNack(13, 400, "invalid ATTACH payload");
        client.expectPong(14);
        client.receiveListing(15, 2);
        client.expectDetached(16, subscription, 0);
        client.expectDone(17, 0);
        client.expectConfirm(3, 1, 0);
        assertThat(named).isNotEqualTo(subscription);
    }

    @Test
    void framesBeforeTheEndAreHandledAndAnswered() throws IOException {
        client.attached(3, Attach.to("t").named("n"));
        client.publish(4, "t", "m", "n").ping(5);
        client.shutdownOutput();
        client.expectConfirm(4, 2, 1);
        client.expectPong(5);
        client.expectClosed();
        PushClient next = server.connectPushReady();
        next.attach(3, Attach.to("t").named("n").credit(10));
        long subscription = next.expectAttached(3, true, 2);
        next.expectDeliveries(subscription, "m", "n");
    }

    @Test
    void whatWaitsAtTheEndIsAnsweredButNothingIsPushed() throws IOException {
        server.journal.hold();
        client.attach(3, Attach.to("t").named("n").credit(10))
                .publish(4, "t", "m")
                .ping(5);
        client.shutdownOutput();
        client.expectSilence();
        server.journal.release();
        client.expectNack(3, 409, "the subscription ended, or another connection took it over, before it was attached");
        assertThat(client.receive().type()).isEqualTo(FrameType.CONFIRM);
        client.expectPong(5);
        client.expectClosed();
        assertThat(client.deliverFrames()).isZero();
    }

    @Test
    void aSubscriptionThatIsTakenOverBeforeItsAttachedIsNotAttached() throws IOException {
        client.attached(1, Attach.to("t").named("n"));
        client.close();
        server.until("it is gone", () -> server.metric(NetMetric.CONNECTIONS) == 0);
        PushClient first = server.connectPushReady();
        PushClient second = server.connectPushReady();
        first.attached(1, Attach.to("u"));
        server.journal.hold();
        first.publish(1, "u", "waits").attach(2, Attach.to("t").named("n"));
        first.expectSilence();
        second.attach(3, Attach.to("t").named("n").takeOver().credit(10));
        long subscription = second.expectAttached(3, true, 0);
        first.expectDetached(0, subscription, 409);
        server.journal.release();
        first.expectConfirm(1, 1, 1);
        first.expectNack(2, 409, "the subscription ended, or another connection took it over, before it was attached");
        second.publish(1, "t", "m");
        second.expectConfirm(1, 1, 1);
        second.expectDeliveries(subscription, "m");
    }

    @Test
    void aLostConnectionLeavesItsNameForTheNext() throws IOException {
        long subscription = client.attached(1, Attach.to("t").named("n").credit(10));
        client.publish(1, "t", "m");
        client.expectConfirm(1, 1, 1);
        client.expectDeliveries(subscription, "m");
        client.reset();
        PushClient next = server.connectPushReady();
        next.attach(3, Attach.to("t").named("n").credit(10));
        assertThat(next.expectAttached(3, true, 1)).isEqualTo(subscription);
        next.expectDelivery(subscription, 1, 2, "m");
    }
}
