package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.entry.PropertiesBuilder;
import io.blipmq.protocol.v2.LettersRequest;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.SettleLayout;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of version 2 is refused, with the code and the words, and that it has no effect. */
class PushRefusalTest {
    private static final String BAD_STORED = "stored applies only to an ack or reject that asks for an answer";
    private static final String BAD_MILLISECONDS =
            "milliseconds applies only to nack and extend; for extend it must be at least 1";

    private static final String ID = "0000000000000009";
    private static final String LONGEST_TOPIC = "é".repeat(512);

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

    @ParameterizedTest
    @CsvSource({
        "10, PUBLISH_BATCH, ''",
        "10, PUBLISH_BATCH, 03 0001",
        "10, PUBLISH_BATCH, 03 0001 ff 00000001 61",
        "10, PUBLISH_BATCH, 03 0001 74",
        "10, PUBLISH_BATCH, 03 0001 74 00000002 61",
        "10, PUBLISH_BATCH, 03 0001 74 00000001 61 00",
        "10, PUBLISH_BATCH, 03 0001 74 00000001 61 80000001 0000",
        "10, PUBLISH_BATCH, 03 0001 74 00000001 61 ffffffff ffff",
        "11, ATTACH, ''",
        "11, ATTACH, 01 00000000 00000000 00000000 00000000 0001 74",
        "11, ATTACH, 01 00000000 00000000 00000000 00000000 0001 74 0001",
        "11, ATTACH, 01 00000000 00000000 00000000 00000000 0001 74 0001 ff",
        "11, ATTACH, 01 00000000 00000000 00000000 00000000 0001 74 0001 6e 80",
        "12, CREDIT, ''",
        "12, CREDIT, 000000",
        "12, CREDIT, 00000001",
        "12, CREDIT, 00000001 00000001 00",
        "13, SETTLE, ''",
        "13, SETTLE, 0000000000000009 01 00 00000000 0000",
        "13, SETTLE, 0000000000000009 01 00 00000000 0000 0000000000000001",
        "13, SETTLE, 0000000000000009 01 01 00000000 0000 0000000000000001 0001 0000000000000002 0001",
        "13, SETTLE, 0000000000000009 03 00 00000000 0001 ff 0000000000000001 0001",
        "14, DETACH, ''",
        "14, DETACH, 0000000000000009 00",
        "14, DETACH, 0000000000000009 00 0000 00",
        "14, DETACH, 0000000000000000 01 0001 ff",
        "15, DRAIN, 00",
        "16, LIST, ''",
        "16, LIST, 01 0001 0000000000000000 00000000000000",
        "16, LIST, 01 0001 0000000000000000 0000000000000000",
        "16, LIST, 01 0001 0000000000000000 0000000000000000 0001 ff",
        "17, DEAD_LETTERS, ''",
        "17, DEAD_LETTERS, 01 0000000000000009 00000001 0000000000000000"
    })
    void aPayloadThatDoesNotParse(String type, String name, String payload) {
        client.frame(Integer.parseInt(type, 16), 7, payload);
        client.expectNack(7, 400, "invalid " + name + " payload");
        client.expectNothingMore();
    }

    @Test
    void topicsOfABatch() {
        client.publish(1, "", "m").publish(2, "$dead-letter/t", "m").publish(3, LONGEST_TOPIC + "x", "m");
        client.expectNack(1, 400, "empty topic");
        client.expectNack(2, 403, "topic names that begin with '$' are reserved");
        client.expectNack(3, 413, "topic longer than 1024 bytes");
        client.publish(4, LONGEST_TOPIC, "m");
        client.expectConfirm(4, 1, 0);
    }

    @Test
    void flagsThatNobodyKnows() {
        client.publishFlagged(4, 1, "t", "m").publishFlagged(0x82, 2, "t", "m");
        client.expectNack(1, 400, "a flag is set that is not known here");
        client.expectNack(2, 400, "a flag is set that is not known here");
        client.attach(3, Attach.to("t").flags(0x11));
        client.expectNack(3, 400, "a flag is set that is not known here");
        client.settle(4, 9, SettleLayout.ACK, 8, 0, "", 1);
        client.expectNack(4, 400, "a flag is set that is not known here");
        client.frame(0x14, 5, ID + "02 0000");
        client.expectNack(5, 400, "a flag is set that is not known here");
    }

    @Test
    void propertiesThatAskForWhatNobodyKnows() {
        client.frame(0x10, 1, "03 0001 74 00000001 61 80000001 0003 02 0000 62");
        client.expectNack(1, 400, "property 0x02 is not known here");
        client.frame(0x10, 2, "03 0001 74 80000001 0003 91 0000 62");
        client.expectNack(2, 400, "property 0x91 is the broker's own");
        client.frame(0x10, 3, "03 0001 74 80000001 0003 01 0000 62");
        client.expectNack(3, 400, "a TTL is one property of 8 bytes");
        client.publish(4, "t", new PropertiesBuilder().header("n", new byte[32 * 1024]), "m");
        client.expectNack(4, 413, "properties longer than 32768 bytes");
        client.frame(0x11, 5, "01 00000000 00000000 00000000 00000000 0001 74 0000 05 0000");
        client.expectNack(5, 400, "property 0x05 is not known here");
        client.expectNothingMore();
    }

    @Test
    void topicsAndNamesOfASubscription() {
        client.attach(1, Attach.to(""))
                .attach(2, Attach.to(LONGEST_TOPIC + "x"))
                .attach(3, Attach.to("$else"));
        client.expectNack(1, 400, "empty topic");
        client.expectNack(2, 413, "topic longer than 1024 bytes");
        client.expectNack(3, 403, "topic names that begin with '$' are reserved");
        client.attach(4, Attach.to("t").qos0().named("n"))
                .attach(5, Attach.to("t").named("n".repeat(257)));
        client.expectNack(4, 400, "a subscription with a name has QoS 1");
        client.expectNack(5, 413, "name longer than 256 bytes");
        client.attach(6, Attach.to("$dead-letter/t").qos0());
        client.expectNack(6, 400, "a subscription to dead letters has QoS 1");
    }

    @Test
    void whatASettleCannotAsk() {
        client.settle(1, 9, 0, 0, 0, "", 1).settle(2, 9, 7, 0, 0, "", 1);
        client.expectNack(1, 400, "no such action");
        client.expectNack(2, 400, "no such action");
        client.settle(3, 9, SettleLayout.ACK, 0, 1, "", 1).settle(4, 9, SettleLayout.EXTEND, 0, 0, "", 1);
        client.expectNack(3, 400, BAD_MILLISECONDS);
        client.expectNack(4, 400, BAD_MILLISECONDS);
        client.settle(5, 9, SettleLayout.NACK, 0, 0, "why", 1);
        client.expectNack(5, 400, "a reason is for reject only");
        client.settle(6, 9, SettleLayout.REJECT, 0, 0, "r".repeat(1025), 1);
        client.expectNack(6, 413, "reason longer than 1024 bytes");
        client.settle(7, 9, SettleLayout.ACK, SettleLayout.STORED_FLAG, 0, "", 1);
        client.expectNack(7, 400, BAD_STORED);
        client.settle(8, 9, SettleLayout.NACK, SettleLayout.STORED_FLAG | SettleLayout.ANSWER_FLAG, 0, "", 1);
        client.expectNack(8, 400, BAD_STORED);
        client.settle(9, 9, SettleLayout.ACK, 0, 0, "", new long[SettleLayout.DELIVERIES_MAX + 1]);
        client.expectNack(9, 413, "more than 4096 deliveries in one SETTLE");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, SettleLayout.ANSWER_FLAG})
    void aSubscriptionThatNobodyKnows(int flags) {
        client.settle(1, 4711, SettleLayout.ACK, flags, 0, "", 1);
        client.expectNack(1, 404, "unknown subscription");
        client.detach(2, 4711).delete(3, 4711).delete(4, "no such name");
        client.expectNack(2, 404, "unknown subscription");
        client.expectNack(3, 404, "unknown subscription");
        client.expectNack(4, 404, "unknown subscription");
        client.credit(4711, 1).credit(-1, 1);
        client.list(5, 3, 10, 4711, 0).list(6, 4, 10, 4711, 0);
        client.expectNack(5, 404, "unknown subscription");
        client.expectNack(6, 404, "unknown subscription");
        client.deadLetters(7, 1, 4711, 1, 0).deadLetters(8, 2, 4711, 1, 0);
        client.expectNack(7, 404, "unknown dead-letter subscription or tag");
        client.expectNack(8, 404, "unknown dead-letter subscription or tag");
        client.expectNothingMore();
    }

    @Test
    void whatCannotBeListedOrDetached() {
        client.list(1, 0, 1, 0, 0).list(2, 5, 1, 0, 0).list(3, 1, 0, 0, 0);
        client.expectNack(1, 400, "no such kind of list");
        client.expectNack(2, 400, "no such kind of list");
        client.expectNack(3, 400, "at least one item must be asked for");
        client.deadLetters(4, 3, 9, 1, 0).deadLetters(5, 1, 9, 0, 0);
        client.expectNack(4, 400, "no such action");
        client.expectNack(5, 400, "at least one dead letter must be asked for");
        client.deadLetters(8, ListLayout.PURGE, 9, 1, new LettersRequest(0, 0, 0, 0, 7));
        client.expectNack(8, 400, "a target is for redrive only");
        client.list(9, "n".repeat(257));
        client.expectNack(9, 413, "name longer than 256 bytes");
        client.frame(0x14, 6, ID + "01 0001 6e").frame(0x14, 7, "0000000000000000 00 0001 6e");
        client.expectNack(6, 400, "a name is for deleting, with subscription id 0");
        client.expectNack(7, 400, "a name is for deleting, with subscription id 0");
    }

    @Test
    void aRefusedBatchHasNoEffect() {
        long subscription = client.attached(1, Attach.to("t").credit(10));
        client.frame(0x10, 5, "03 0001 74 00000001 61 80000001 0003 02 0000 62");
        client.expectNack(5, 400, "property 0x02 is not known here");
        client.frame(0x10, 5, "03 0001 74 00000001 61 00000009 62");
        client.expectNack(5, 400, "invalid PUBLISH_BATCH payload");
        client.expectNoDelivery();
        client.publish(5, "t", "good");
        client.expectConfirm(5, 1, 1);
        assertThat(client.expectDelivery(subscription, 1, 1, "good")).isPositive();
    }
}
