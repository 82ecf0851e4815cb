package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.Pushed;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.entry.PropertiesBuilder;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.PublishLayout;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches, and how they are confirmed. */
class PushPublishTest {
    private static final int QOS1_UNCONFIRMED = PublishLayout.QOS_FLAG;
    private static final int QOS0_CONFIRMED = PublishLayout.CONFIRM_FLAG;

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
    void aBatchIsConfirmedWithTheSubscriptionsItReached() {
        client.attached(1, Attach.to("t"));
        client.attached(2, Attach.to("t"));
        client.attached(3, Attach.to("t").qos0());
        client.publish(5, "t", "a", "b", "c");
        client.expectConfirm(5, 3, 3);
        client.publish(8, "nobody", "d");
        client.expectConfirm(8, 1, 0);
        client.publishFlagged(QOS0_CONFIRMED, 9, "t", "e", "f");
        client.expectConfirm(9, 2, 3);
    }

    @Test
    void aBatchThatDoesNotAskIsNotConfirmed() {
        client.attached(1, Attach.to("t"));
        client.publishFlagged(QOS1_UNCONFIRMED, 5, "t", "a").publishQos0(6, "t", "b");
        client.expectNothingMore();
    }

    @Test
    void aConfirmWaitsUntilItsMessagesAreStored() {
        client.attached(1, Attach.to("t"));
        server.journal.hold();
        client.publish(5, "t", "a").publish(6, "t", "b").publishFlagged(QOS0_CONFIRMED, 7, "t", "c");
        client.expectSilence();
        server.journal.release();
        client.expectConfirms(5, 3, 1);
    }

    @Test
    void confirmsOfOneTurnShareAFrame() {
        client.attached(1, Attach.to("t"));
        server.journal.hold();
        for (int i = 0; i < 100; i++) {
            client.publish(2 * i, "t", "m", "n");
        }
        client.publish(200, "t", "m");
        client.expectSilence();
        server.journal.release();
        client.expectConfirm(0, 201, 1);
        client.expectNothingMore();
    }

    @Test
    void confirmsAndPongsKeepTheirOrder() {
        client.attached(1, Attach.to("t"));
        server.journal.hold();
        client.publish(5, "t", "a").ping(50).publish(6, "t", "b").ping(51);
        client.expectSilence();
        server.journal.release();
        client.expectConfirm(5, 1, 1);
        client.expectPong(50);
        client.expectConfirm(6, 1, 1);
        client.expectPong(51);
    }

    @Test
    void aBatchThatTheJournalHasNoRoomForGoesOn() {
        long subscription = client.attached(1, Attach.to("t").credit(100));
        server.journal.busy(true);
        client.publish(5, "t", "a", "b").publish(7, "t", "c").ping(9);
        client.expectSilence();
        server.journal.busy(false);
        client.expectConfirms(5, 3, 1);
        client.expectPong(9);
        client.expectDeliveries(subscription, "a", "b", "c");
        client.expectNoDelivery();
    }

    @Test
    void whatADiskHasNoRoomForIsRefusedByNumber() {
        client.attached(1, Attach.to("t"));
        server.journal.full(true);
        client.publish(5, "t", "a", "b");
        client.expectConfirm(5, 2, 507, 0, "disk full");
        client.publishFlagged(QOS1_UNCONFIRMED, 7, "t", "c");
        client.expectConfirm(7, 1, 507, 0, "disk full");
        client.attach(9, Attach.to("u").named("n"));
        client.expectNack(9, 507, "disk full");
        client.publishFlagged(QOS0_CONFIRMED, 8, "t", "d");
        client.expectConfirm(8, 1, 1);
        server.journal.full(false);
        client.publish(9, "t", "e");
        client.expectConfirm(9, 1, 1);
    }

    @Test
    void propertiesArriveAsTheyWereSent() {
        PropertiesBuilder properties =
                new PropertiesBuilder().ttlMillis(1_000_000).header("k", "v").header("k", "w");
        long subscription = client.attached(1, Attach.to("t").credit(10));
        client.publish(5, "t", properties, "body");
        client.expectConfirm(5, 1, 1);
        Pushed pushed = client.delivery();
        assertThat(pushed.subscriptionId()).isEqualTo(subscription);
        assertThat(pushed.body()).isEqualTo("body");
        assertThat(pushed.properties()).isEqualTo(properties.toBytes());
    }

    @Test
    void largeMessagesTravelInFramesOfTheirOwn() {
        String large = "x".repeat(300_000);
        client.attached(1, Attach.to("t").credit(10));
        long qos0 = client.attached(2, Attach.to("t").qos0().credit(10));
        client.publish(5, "t", "before", large, "after");
        client.expectConfirm(5, 3, 2);
        int ofQos0 = 0;
        String bodies = "";
        for (int i = 0; i < 6; i++) {
            Pushed pushed = client.delivery();
            ofQos0 += pushed.subscriptionId() == qos0 ? 1 : 0;
            bodies += pushed.body().length() + " ";
        }
        assertThat(ofQos0).isEqualTo(3);
        assertThat(bodies.split(" ")).containsOnly("6", "300000", "5");
    }

    /** The largest frame that may be sent makes a DELIVER that is a little larger. */
    @Test
    void theLargestMessageIsDelivered() throws IOException {
        int length = 16 * 1024 * 1024 - 9 - 4 - 4;
        PushClient reader = server.connectPushReady();
        reader.attached(1, Attach.to("t").credit(10));
        client.publish(5, "t", "x".repeat(length));
        client.expectConfirm(5, 1, 1);
        assertThat(reader.delivery().body()).hasSize(length);
    }

    @Test
    void manySmallMessagesShareFrames() {
        int count = 5_000;
        String[] bodies = IntStream.range(0, count).mapToObj(i -> "m" + i).toArray(String[]::new);
        long subscription = client.attached(1, Attach.to("t").qos0().credit(AttachLayout.UNLIMITED_CREDIT));
        client.publishQos0(1, "t", bodies);
        for (String body : bodies) {
            client.expectDelivery(subscription, 0, 1, body);
        }
        assertThat(client.deliverFrames()).isLessThan(count / 100);
        client.expectNoDelivery();
    }
}
