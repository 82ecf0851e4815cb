package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.Pushed;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.SubscriptionItem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions to filters of topics. */
class PushFilterTest {
    private TestServer server;
    private PushClient client;
    /** Its confirms are not read. */
    private PushClient publisher;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        client = server.connectPushReady();
        publisher = server.connectPushReady();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private List<String> receive(int count) throws IOException {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Pushed pushed = client.delivery();
            all.add(pushed.topic() + " " + pushed.body());
        }
        return all;
    }

    @Test
    void deliveriesNameTheirTopics() throws IOException {
        for (int qos = 0; qos <= 1; qos++) {
            Attach attach =
                    qos == 0 ? Attach.to("a/+").qos0() : Attach.to("a/+").named("n");
            long subscription = client.attached(1 + qos, attach.filter().credit(100));
            publisher.publish(qos, "a/x", "1", "2");
            publisher.publish(qos, "a/y", "3");
            publisher.publish(qos, "b", "4");
            publisher.publish(qos, "a/x", "5");
            assertThat(receive(4)).containsExactly("a/x 1", "a/x 2", "a/y 3", "a/x 5");
            client.expectNoDelivery();
            client.delete(10 + qos, subscription);
            client.receive(FrameType.DETACHED, 10 + qos);
        }
    }

    /** Messages of one topic that come together share a frame; those of another begin a new one. */
    @Test
    void aFrameIsOfOneTopic() throws IOException {
        long subscription = client.attached(1, Attach.to("#").named("n").filter());
        publisher.publish(1, "a", "1", "2");
        publisher.publish(1, "a", "3");
        publisher.publish(1, "b", "4");
        publisher.publish(1, "a", "5");
        publisher.expectConfirm(1, 2, 1);
        client.credit(subscription, 100);
        assertThat(receive(5)).containsExactly("a 1", "a 2", "a 3", "b 4", "a 5");
        assertThat(client.deliverFrames()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void theListShowsFilters() throws IOException {
        client.attached(1, Attach.to("a/#").named("n").filter());
        client.list(2, ListLayout.SUBSCRIPTIONS, 10, 0, 0);
        ByteBuffer listing = client.receiveListing(2, ListLayout.SUBSCRIPTIONS);
        int at = ListLayout.LISTING_ITEMS_OFFSET;
        SubscriptionItem item =
                SubscriptionItem.read(listing, at + ListLayout.ITEM_LENGTH_BYTES, ListLayout.itemLength(listing, at));
        assertThat(item.topic()).isEqualTo("a/#");
        assertThat(item.flags() & SubscriptionItem.FILTER_FLAG).isNotZero();
    }

    @Test
    void whatIsWrongWithAFilterIsSaid() throws IOException {
        expectRefused("", 400, "a filter (bit 5 of flags) must not be empty");
        expectRefused("a/#/b", 400, "the filter has a '#' that is not the whole last level (at byte 2)");
        expectRefused("a/b+", 400, "the filter has a '+' that is not a whole level (at byte 3)");
        expectRefused("a//b", 400, "the filter has an empty level (at byte 2)");
        expectRefused("a\0", 400, "the filter contains U+0000 (at byte 1)");
        expectRefused("+/".repeat(128) + "+", 400, "the filter has more than 128 levels (at byte 255)");
        expectRefused("$dead-letter/+", 403, "topic names that begin with '$' are reserved");
        expectRefused("a".repeat(1025), 413, "topic must be at most 1024 bytes long");
    }

    private void expectRefused(String filter, int code, String text) throws IOException {
        client.attach(7, Attach.to(filter).qos0().filter());
        client.expectNack(7, code, text);
    }
}
