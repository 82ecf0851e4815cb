package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.NetMetric;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.SubscriptionItem;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that share one subscription. */
class PushGroupTest {
    private TestServer server;
    private PushClient ann;
    private PushClient ben;
    private long subscription;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        ann = server.connectPushReady();
        ben = server.connectPushReady();
        subscription = ann.attached(1, Attach.to("t").group("workers"));
        ben.attach(1, Attach.to("t").group("workers"));
        assertThat(ben.expectAttached(1, true, 0)).isEqualTo(subscription);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void publish(String... bodies) throws IOException {
        PushClient publisher = server.connectPushReady();
        publisher.publish(1, "t", bodies);
        publisher.expectConfirm(1, bodies.length, 1);
        publisher.close();
    }

    @Test
    void eachMessageGoesToTheMemberWithCredit() throws IOException {
        publish("a", "b", "c");
        ben.credit(subscription, 1);
        ben.expectDeliveries(subscription, "a");
        ann.credit(subscription, 1);
        ann.expectDeliveries(subscription, "b");
        ben.credit(subscription, 1);
        ben.expectDeliveries(subscription, "c");
    }

    @Test
    void whatALostMemberHadInHandGoesToTheOthersAtOnce() throws IOException {
        ann.credit(subscription, 2);
        publish("a", "b");
        ann.expectDeliveries(subscription, "a", "b");
        ben.credit(subscription, 10);
        ann.close();
        ben.expectDelivery(subscription, 1, 2, "a");
        ben.expectDelivery(subscription, 1, 2, "b");
    }

    @Test
    void atQos0NothingIsStoredAndEachMessageGoesToOneMember() throws IOException {
        long shared = ann.attached(2, Attach.to("u").qos0().group("readers"));
        ben.attach(2, Attach.to("u").qos0().group("readers"));
        assertThat(ben.expectAttached(2, true, 0)).isEqualTo(shared);
        PushClient publisher = server.connectPushReady();
        publisher.publishFlagged(2, 1, "u", "a", "b", "c");
        publisher.expectConfirm(1, 3, 1);
        ben.credit(shared, 2);
        ben.expectDelivery(shared, 0, 1, "a");
        ben.expectDelivery(shared, 0, 1, "b");
        ann.credit(shared, 2);
        ann.expectDelivery(shared, 0, 1, "c");
        ann.close();
        server.until("one is gone", () -> server.sessions(2) == 2);
        publisher.publishQos0(4, "u", "d");
        ben.credit(shared, 1);
        ben.expectDelivery(shared, 0, 1, "d");
    }

    @Test
    void aNameOfAGroupIsOfOneQos() throws IOException {
        ann.attach(2, Attach.to("t").qos0().group("workers")).expectNack(2, V2Nack.OTHER_QOS);
        ann.attached(3, Attach.to("t").qos0().group("readers"));
        ben.attach(4, Attach.to("t").named("readers")).expectNack(4, V2Nack.OTHER_QOS);
        ben.attach(5, Attach.to("u").qos0().group("readers")).expectNack(5, V2Nack.OTHER_TOPIC);
        ann.attach(6, Attach.to("t").qos0().group("readers"));
        ann.expectHeld(6, "test");
    }

    @Test
    void theListShowsMembers() throws IOException {
        ann.credit(subscription, 3);
        publish("a");
        ann.expectDeliveries(subscription, "a");
        ben.list(2, ListLayout.SUBSCRIPTIONS, 10, 0, 0);
        ByteBuffer listing = ben.receiveListing(2, ListLayout.SUBSCRIPTIONS);
        int at = ListLayout.LISTING_ITEMS_OFFSET;
        SubscriptionItem item =
                SubscriptionItem.read(listing, at + ListLayout.ITEM_LENGTH_BYTES, ListLayout.itemLength(listing, at));
        assertThat(item.memberCount()).isEqualTo(2);
        assertThat(item.members()).extracting(SubscriptionItem.Member::credit).containsExactly(2L, 0L);
        assertThat(item.members()).extracting(SubscriptionItem.Member::inHand).containsExactly(1L, 0L);
        ben.close();
        server.until("one is gone", () -> server.metric(NetMetric.CONNECTIONS) == 1);
    }
}
