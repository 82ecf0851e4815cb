package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.entry.PropertiesBuilder;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import io.blipmq.protocol.v2.ScheduledItem;
import io.blipmq.protocol.v2.V2Nack;
import io.blipmq.protocol.v2.Welcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that are to be delivered later, over a connection. */
class DeliverAtTest {
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

    private PropertiesBuilder in(long millis) {
        return new PropertiesBuilder().deliverAtMillis(server.epochMillis() + millis);
    }

    private List<ScheduledItem> list(long correlationId, int limit, long afterMillis, long after) {
        client.list(correlationId, ListLayout.SCHEDULED, limit, afterMillis, after);
        ByteBuffer payload = client.receiveListing(correlationId, ListLayout.SCHEDULED);
        List<ScheduledItem> items = new ArrayList<>();
        int at = ListLayout.LISTING_ITEMS_OFFSET;
        while (at < payload.capacity()) {
            int length = ListLayout.itemLength(payload, at);
            items.add(ScheduledItem.read(payload, at + ListLayout.ITEM_LENGTH_BYTES, length));
            at += ListLayout.ITEM_LENGTH_BYTES + length;
        }
        long last = items.isEmpty() ? 0 : items.get(items.size() - 1).number();
        assertThat(ListLayout.listingNext(payload, 0)).isIn(0L, last);
        return items;
    }

    private void cancel(long correlationId, long number) {
        client.send(to -> RequestEncoder.cancel(to, correlationId, number));
    }

    @Test
    void welcomeSaysThatThisServerDelivers() throws IOException {
        PushClient other = server.connectPush();
        other.hello(1, "test").auth(2, TestServer.KEY);
        assertThat(other.expectWelcome(1).features() & Welcome.DELIVER_AT).isEqualTo(Welcome.DELIVER_AT);
    }

    @Test
    void oneIsConfirmedAtOnceAndDeliveredWhenItIsDue() {
        long id = client.attached(1, Attach.to("t").credit(UNLIMITED));
        client.publish(5, "t", in(500), "later").publish(6, "t", "now");
        client.expectConfirms(5, 2, 1);
        client.expectDelivery(id, 1, 1, "now");
        server.advanceMillis(499);
        client.expectNoDelivery();
        server.advanceMillis(1);
        client.expectDelivery(id, 1, 1, "later");
    }

    @Test
    void itIsConfirmedOnlyOnceItIsStored() {
        server.journal.hold();
        client.publish(5, "t", in(500), "later").ping(9);
        server.untilQuiet();
        assertThat(client.hasFrame()).isFalse();
        server.journal.release();
        client.expectConfirm(5, 1, 0);
        client.expectPong(9);
    }

    @Test
    void whatCannotBeDeliveredThenIsRefused() {
        long year = TimeUnit.DAYS.toMillis(366);
        client.publish(5, "t", in(year), "in a year").publish(6, "t", in(year + 1), "too late");
        client.expectConfirm(5, 1, 0);
        client.expectNack(6, V2Nack.DELIVER_AT_TOO_FAR);
        client.publish(7, "t", new PropertiesBuilder().deliverAtMillis(-1), "never");
        client.expectNack(7, V2Nack.DELIVER_AT_TOO_FAR);
        client.publish(8, "t", in(5).deliverAtMillis(5), "twice");
        client.expectNack(8, V2Nack.BAD_DELIVER_AT);
        assertThat(list(9, 10, 0, 0)).hasSize(1);
    }

    @Test
    void atQos0NothingIsStoredForLater() {
        client.publish(PublishLayout.CONFIRM_FLAG, 5, "t", in(500), "later");
        client.expectNack(5, V2Nack.DELIVER_AT_NEEDS_QOS_1);
    }

    @Test
    void theyAreListedPageByPageAndCancelled() {
        for (int i = 0; i < 5; i++) {
            client.publish(5 + i, "t" + i, in(1_000_000L * (i + 1)), "m".repeat(i));
        }
        client.expectConfirms(5, 5, 0);
        List<ScheduledItem> first = list(20, 2, 0, 0);
        assertThat(first).extracting(ScheduledItem::topic).containsExactly("t0", "t1");
        assertThat(first.get(1).bodyBytes()).isEqualTo(1);
        assertThat(first.get(1).dueMillis()).isEqualTo(server.epochMillis() + 2_000_000);
        List<ScheduledItem> rest =
                list(21, 10, first.get(1).dueMillis(), first.get(1).number());
        assertThat(rest).extracting(ScheduledItem::topic).containsExactly("t2", "t3", "t4");
        cancel(22, rest.get(0).number());
        cancel(23, rest.get(0).number());
        client.expectDone(22, 1);
        client.expectDone(23, 0);
        assertThat(list(24, 10, 0, 0)).extracting(ScheduledItem::topic).containsExactly("t0", "t1", "t3", "t4");
    }

    @Test
    void aCancellationIsAnsweredOnceItIsStored() {
        client.publish(5, "t", in(500), "later").expectConfirm(5, 1, 0);
        long number = list(6, 1, 0, 0).get(0).number();
        server.journal.hold();
        cancel(7, number);
        server.untilQuiet();
        assertThat(client.hasFrame()).isFalse();
        server.journal.release();
        client.expectDone(7, 1);
    }

    @Test
    void anotherKeySeesAndCancelsNothing() throws IOException {
        client.publish(5, "t", in(500), "later").expectConfirm(5, 1, 0);
        long number = list(6, 1, 0, 0).get(0).number();
        client = server.connectPushReady(TestServer.OTHER_KEY);
        assertThat(list(7, 1, 0, 0)).isEmpty();
        cancel(8, number);
        client.expectDone(8, 0);
    }

    @Test
    void aCancellationOfAnotherLengthIsRefused() {
        client.send(to -> {
            FrameEncoder.header(to, FrameLayout.HEADER_BYTES + Integer.BYTES, FrameType.CANCEL, 9);
            to.putInt(7);
        });
        client.expectNack(9, V2Nack.INVALID_CANCEL);
    }

    @Test
    void aFullDiskRefusesThem() {
        server.journal.full(true);
        client.publish(5, "t", in(500), "later");
        client.expectConfirm(5, 1, 507, 0, "disk full");
    }
}
