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
    private static final String BAD_STORED =
            "bit 2 of flags (stored) applies only to ack and reject, and needs bit 1 (answer)";
    private static final String UNKNOWN_ACTION =
            "action must be 1 (ack), 2 (nack), 3 (reject), 4 (extend), 5 (release) or 6 (begin)";
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
        client.expectNack(3, 413, "topic must be at most 1024 bytes long");
        client.publish(4, LONGEST_TOPIC, "m");
        client.expectConfirm(4, 1, 0);
    }

    @Test
    void aGroupWithoutANameOrAtQos0() {
        client.attach(1, Attach.to("t").group(""));
        client.expectNack(1, 400, "a group (bit 4 of flags) must have a name");
        client.attach(2, Attach.to("t").group("").qos0());
        client.expectNack(2, 400, "a group (bit 4 of flags) must have a name");
    }

    @Test
    void flagsThatNobodyKnows() {
        client.publishFlagged(4, 1, "t", "m").publishFlagged(0x82, 2, "t", "m");
        client.expectNack(1, 400, "flags has an undefined bit set: undefined bits must be 0");
        client.expectNack(2, 400, "flags has an undefined bit set: undefined bits must be 0");
        client.attach(3, Attach.to("t").flags(0x81));
        client.expectNack(3, 400, "flags has an undefined bit set: undefined bits must be 0");
        client.settle(4, 9, SettleLayout.ACK, 8, 0, "", 1);
        client.expectNack(4, 400, "flags has an undefined bit set: undefined bits must be 0");
        client.frame(0x14, 5, ID + "02 0000");
        client.expectNack(5, 400, "flags has an undefined bit set: undefined bits must be 0");
    }

    @Test
    void propertiesThatAskForWhatNobodyKnows() {
        client.frame(0x10, 1, "03 0001 74 00000001 61 80000001 0003 04 0000 62");
        client.expectNack(1, 400, "the broker does not know property 0x04: keys below 0x80 must be known");
        client.frame(0x10, 2, "03 0001 74 80000001 0003 91 0000 62");
        client.expectNack(2, 400, "property 0x91 belongs to the broker: a client must not send it");
        client.frame(0x10, 3, "03 0001 74 80000001 0003 01 0000 62");
        client.expectNack(3, 400, "a message must have at most one TTL of 8 bytes");
        client.publish(4, "t", new PropertiesBuilder().header("n", new byte[32 * 1024]), "m");
        client.expectNack(4, 413, "the properties of a message must be at most 32768 bytes long");
        client.frame(0x10, 6, "03 0001 74 80000001 0003 03 0000 62");
        client.expectNack(6, 400, "a message must have at most one publish id, of 1 to 64 bytes");
        client.publish(7, "t", new PropertiesBuilder().publishId(new byte[65]), "m");
        client.expectNack(7, 400, "a message must have at most one publish id, of 1 to 64 bytes");
        client.frame(0x11, 5, "01 00000000 00000000 00000000 00000000 0001 74 0000 05 0000");
        client.expectNack(5, 400, "the broker does not know property 0x05: keys below 0x80 must be known");
        client.expectNothingMore();
    }

    @Test
    void topicsAndNamesOfASubscription() {
        client.attach(1, Attach.to(""))
                .attach(2, Attach.to(LONGEST_TOPIC + "x"))
                .attach(3, Attach.to("$else"));
        client.expectNack(1, 400, "empty topic");
        client.expectNack(2, 413, "topic must be at most 1024 bytes long");
        client.expectNack(3, 403, "topic names that begin with '$' are reserved");
        client.attach(4, Attach.to("t").qos0().named("n"))
                .attach(5, Attach.to("t").named("n".repeat(257)));
        client.expectNack(
                4,
                400,
                "a subscription with a name must have QoS 1 or be a group: set bit 0 or bit 4 of flags,"
                        + " or leave the name empty");
        client.expectNack(5, 413, "name must be at most 256 bytes long");
        client.attach(6, Attach.to("$dead-letter/t").qos0());
        client.expectNack(6, 400, "a subscription to dead letters must have QoS 1: set bit 0 of flags");
    }

    @Test
    void whatASettleCannotAsk() {
        client.settle(1, 9, 0, 0, 0, "", 1).settle(2, 9, 7, 0, 0, "", 1);
        client.expectNack(1, 400, UNKNOWN_ACTION);
        client.expectNack(2, 400, UNKNOWN_ACTION);
        client.settle(3, 9, SettleLayout.ACK, 0, 1, "", 1).settle(4, 9, SettleLayout.EXTEND, 0, 0, "", 1);
        client.expectNack(3, 400, BAD_MILLISECONDS);
        client.expectNack(4, 400, BAD_MILLISECONDS);
        client.settle(5, 9, SettleLayout.NACK, 0, 0, "why", 1);
        client.expectNack(5, 400, "reason applies only to reject; for other actions it must be empty");
        client.settle(6, 9, SettleLayout.REJECT, 0, 0, "r".repeat(1025), 1);
        client.expectNack(6, 413, "reason must be at most 1024 bytes long");
        client.settle(7, 9, SettleLayout.ACK, SettleLayout.STORED_FLAG, 0, "", 1);
        client.expectNack(7, 400, BAD_STORED);
        client.settle(8, 9, SettleLayout.NACK, SettleLayout.STORED_FLAG | SettleLayout.ANSWER_FLAG, 0, "", 1);
        client.expectNack(8, 400, BAD_STORED);
        client.settle(9, 9, SettleLayout.ACK, 0, 0, "", new long[SettleLayout.DELIVERIES_MAX + 1]);
        client.expectNack(9, 413, "a SETTLE must name at most 4096 deliveries: send several");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, SettleLayout.ANSWER_FLAG})
    void aSubscriptionThatNobodyKnows(int flags) {
        client.settle(1, 4711, SettleLayout.ACK, flags, 0, "", 1);
        client.expectNack(1, 404, "the key has no subscription with this id or name");
        client.detach(2, 4711).delete(3, 4711).delete(4, "no such name");
        client.expectNack(2, 404, "the key has no subscription with this id or name");
        client.expectNack(3, 404, "the key has no subscription with this id or name");
        client.expectNack(4, 404, "the key has no subscription with this id or name");
        client.credit(4711, 1).credit(-1, 1);
        client.list(5, 3, 10, 4711, 0).list(6, 4, 10, 4711, 0);
        client.expectNack(5, 404, "the key has no subscription with this id or name");
        client.expectNack(6, 404, "the key has no subscription with this id or name");
        client.deadLetters(7, 1, 4711, 1, 0).deadLetters(8, 2, 4711, 1, 0);
        client.expectNack(7, 404, "the key has no such dead-letter subscription, or it has no letter with this tag");
        client.expectNack(8, 404, "the key has no such dead-letter subscription, or it has no letter with this tag");
        client.expectNothingMore();
    }

    @Test
    void whatCannotBeListedOrDetached() {
        client.list(1, 0, 1, 0, 0).list(2, 7, 1, 0, 0).list(3, 1, 0, 0, 0);
        String kinds = "kind must be 1 (topics), 2 (subscriptions), 3 (deliveries), 4 (dead letters), 5 (scheduled)"
                + " or 6 (messages)";
        client.expectNack(1, 400, kinds);
        client.expectNack(2, 400, kinds);
        client.expectNack(3, 400, "limit must be at least 1");
        client.deadLetters(4, 3, 9, 1, 0).deadLetters(5, 1, 9, 0, 0);
        client.expectNack(4, 400, "action must be 1 (redrive) or 2 (purge)");
        client.expectNack(5, 400, "count must be at least 1");
        client.deadLetters(8, ListLayout.PURGE, 9, 1, new LettersRequest(0, 0, 0, 0, 7));
        client.expectNack(8, 400, "target applies only to redrive; for purge it must be 0");
        client.list(9, "n".repeat(257));
        client.expectNack(9, 413, "name must be at most 256 bytes long");
        client.frame(0x14, 6, ID + "01 0001 6e").frame(0x14, 7, "0000000000000000 00 0001 6e");
        client.expectNack(6, 400, "name applies only to deletion by name, with subscription 0 and bit 0 of flags");
        client.expectNack(7, 400, "name applies only to deletion by name, with subscription 0 and bit 0 of flags");
    }

    @Test
    void aRefusedBatchHasNoEffect() {
        long subscription = client.attached(1, Attach.to("t").credit(10));
        client.frame(0x10, 5, "03 0001 74 00000001 61 80000001 0003 04 0000 62");
        client.expectNack(5, 400, "the broker does not know property 0x04: keys below 0x80 must be known");
        client.frame(0x10, 5, "03 0001 74 00000001 61 00000009 62");
        client.expectNack(5, 400, "invalid PUBLISH_BATCH payload");
        client.expectNoDelivery();
        client.publish(5, "t", "good");
        client.expectConfirm(5, 1, 1);
        assertThat(client.expectDelivery(subscription, 1, 1, "good")).isPositive();
    }
}
