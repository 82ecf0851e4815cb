package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.NetMetric;
import io.blipmq.net.PushClient;
import io.blipmq.net.Pushed;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.SettleLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is pushed when, under credit, and how deliveries are settled. */
class PushDeliveryTest {
    private static final int ANSWER = SettleLayout.ANSWER_FLAG;

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
    void creditBoundsWhatIsPushedAtQos1() {
        long subscription = client.attached(1, Attach.to("t").credit(2));
        publish("a", "b", "c", "d", "e");
        client.expectDeliveries(subscription, "a", "b");
        client.expectNoDelivery();
        client.credit(subscription, 2);
        client.expectDeliveries(subscription, "c", "d");
        client.expectNoDelivery();
        client.credit(subscription, AttachLayout.UNLIMITED_CREDIT);
        client.expectDeliveries(subscription, "e");
    }

    @Test
    void creditBoundsWhatIsPushedAtQos0() {
        long subscription = client.attached(1, Attach.to("t").qos0().credit(2));
        client.publishQos0(1, "t", "a", "b", "c", "d", "e").publishQos0(6, "t", "f");
        client.expectDelivery(subscription, 0, 1, "a");
        client.expectDelivery(subscription, 0, 1, "b");
        client.expectNoDelivery();
        client.credit(subscription, 3);
        client.expectDelivery(subscription, 0, 1, "c");
        client.expectDelivery(subscription, 0, 1, "d");
        client.expectDelivery(subscription, 0, 1, "e");
        client.expectNoDelivery();
        client.credit(subscription, AttachLayout.UNLIMITED_CREDIT);
        client.expectDelivery(subscription, 0, 1, "f");
    }

    @Test
    void withoutCreditNothingIsPushed() {
        client.attached(1, Attach.to("t"));
        publish("a");
        client.expectNoDelivery();
    }

    @Test
    void creditComesBackWithSettlingWhenAsked() {
        long subscription = client.attached(1, Attach.to("t").credit(2).creditOnSettle());
        publish("a", "b", "c", "d", "e");
        long[] tags = client.expectDeliveries(subscription, "a", "b");
        client.expectNoDelivery();
        client.ack(9, subscription, tags);
        client.expectDeliveries(subscription, "c", "d");
        client.expectNoDelivery();
    }

    @Test
    void attachedComesBeforeItsDeliveries() throws IOException {
        PushClient publisher = server.connectPushReady();
        client.attached(1, Attach.to("t").named("n"));
        publisher.publish(1, "t", "a", "b");
        publisher.expectConfirm(1, 2, 1);
        client.close();
        server.until("it is gone", () -> server.metric(NetMetric.CONNECTIONS) == 1);
        PushClient again = server.connectPushReady();
        again.attach(1, Attach.to("t").named("n").credit(10));
        long subscription = again.expectAttached(1, true, 2);
        assertThat(again.deliverFrames()).isZero();
        again.expectDeliveries(subscription, "a", "b");
    }

    @Test
    void deliveriesAreSettledOneByOneAndMany() {
        long subscription = client.attached(1, Attach.to("t").credit(10));
        publish("a", "b", "c", "d");
        long[] tags = client.expectDeliveries(subscription, "a", "b", "c", "d");
        client.settle(2, subscription, SettleLayout.ACK, ANSWER, 0, "", tags[1]);
        client.expectSettled(2, 1);
        client.settle(3, subscription, SettleLayout.ACK, ANSWER, 0, "", tags[0], tags[1], tags[3], -1);
        client.expectSettled(3, 2, tags[1], -1);
        client.ack(4, subscription, tags[1]);
        client.expectNack(4, 404, "the subscription has no unsettled delivery with this tag and attempt");
        client.ack(5, subscription, tags[2]);
        client.expectNothingMore();
    }

    @Test
    void allUpToATagAreSettled() {
        long subscription = client.attached(1, Attach.to("t").credit(10));
        publish("a", "b", "c", "d");
        long[] tags = client.expectDeliveries(subscription, "a", "b", "c", "d");
        int flags = ANSWER | SettleLayout.UP_TO_FLAG;
        client.settle(2, subscription, SettleLayout.ACK, flags, 0, "", tags[2]);
        client.expectSettled(2, 3);
        client.settle(3, subscription, SettleLayout.ACK, flags, 0, "", tags[3]);
        client.expectSettled(3, 1);
    }

    @Test
    void aNackBringsItAgainAtOnceOrLater() {
        long subscription = client.attached(1, Attach.to("t").credit(10).ackTimeoutMillis(60_000));
        publish("a", "b");
        long[] tags = client.expectDeliveries(subscription, "a", "b");
        client.settle(2, subscription, SettleLayout.NACK, 0, 0, "", tags[0]);
        assertThat(client.expectDelivery(subscription, 1, 2, "a")).isEqualTo(tags[0]);
        client.settle(3, subscription, SettleLayout.NACK, 0, 2_000, "", tags[1]);
        client.expectNoDelivery();
        server.advanceSeconds(3);
        assertThat(client.expectDelivery(subscription, 1, 2, "b")).isEqualTo(tags[1]);
    }

    @Test
    void aDeliveryThatIsNotSettledComesAgain() {
        long subscription = client.attached(1, Attach.to("t").credit(10).ackTimeoutMillis(5_000));
        publish("a");
        long[] tags = client.expectDeliveries(subscription, "a");
        server.advanceSeconds(4);
        client.expectNoDelivery();
        server.advanceSeconds(2);
        assertThat(client.expectDelivery(subscription, 1, 2, "a")).isEqualTo(tags[0]);
    }

    @Test
    void extendingADeadlineHoldsItBack() {
        long subscription = client.attached(1, Attach.to("t").credit(10).ackTimeoutMillis(5_000));
        publish("a");
        long[] tags = client.expectDeliveries(subscription, "a");
        client.settle(2, subscription, SettleLayout.EXTEND, ANSWER, 20_000, "", tags);
        client.expectSettled(2, 1);
        server.advanceSeconds(15);
        client.expectNoDelivery();
        server.advanceSeconds(6);
        client.expectDelivery(subscription, 1, 2, "a");
    }

    @Test
    void aLateAckStillCounts() {
        long subscription = client.attached(
                1, Attach.to("t").credit(1).ackTimeoutMillis(1_000).retryBackoffMillis(1_000));
        publish("a");
        long[] tags = client.expectDeliveries(subscription, "a");
        server.advanceSeconds(5);
        client.expectNoDelivery();
        client.settle(2, subscription, SettleLayout.ACK, ANSWER, 0, "", tags);
        client.expectSettled(2, 1);
        client.credit(subscription, 10);
        client.expectNoDelivery();
    }

    @Test
    void aRejectedMessageBecomesADeadLetterWithItsReason() {
        long letters = client.attached(1, Attach.to("$dead-letter/t").credit(10));
        long subscription = client.attached(2, Attach.to("t").credit(10));
        publish("a");
        long[] tags = client.expectDeliveries(subscription, "a");
        client.settle(3, subscription, SettleLayout.REJECT, ANSWER, 0, "broken", tags);
        client.expectSettled(3, 1);
        Pushed letter = client.delivery();
        assertThat(letter.subscriptionId()).isEqualTo(letters);
        assertThat(letter.body()).isEqualTo("a");
        assertThat(new String(letter.properties(), StandardCharsets.UTF_8)).contains("broken");
    }

    @Test
    void deliveriesCarryTheTimeOfPublishing() {
        client.attached(1, Attach.to("t").credit(10));
        client.attached(2, Attach.to("t").qos0().credit(10));
        publish("a");
        long now = server.epochMillis();
        assertThat(client.delivery().publishedMillis()).isEqualTo(now);
        assertThat(client.delivery().publishedMillis()).isEqualTo(now);
    }

    private void publish(String... bodies) {
        client.publish(1, "t", bodies);
        client.receiveConfirm(1);
    }
}
