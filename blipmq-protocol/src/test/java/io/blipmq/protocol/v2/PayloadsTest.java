package io.blipmq.protocol.v2;

import static io.blipmq.protocol.v2.Hex.bytes;
import static io.blipmq.protocol.v2.Hex.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which payloads parse: no less and no more than their tables say. */
class PayloadsTest {
    private static final int OFFSET = 5;
    private static final SubscriptionItem.Counts COUNTS = new SubscriptionItem.Counts(4, 2, 1, 3, 5);

    /** Whether a layout accepts a payload. */
    private interface Check {
        boolean accepts(ByteBuffer buffer, int payloadOffset, int payloadLength);
    }

    @Test
    void hello() {
        Check hello = HandshakeLayout::isHello;
        String rest = "0000 00000000";
        expect(hello, "0002 0000" + rest, "0002 0001 6e 0002 ffff 00000001");
        expect(hello, "0002 0001 6e" + rest + "01 0000 ff 0001 ff");
        expectNot(hello, "", "0002", "0002 00", "0002 0001", "0002 0001 ff" + rest, "0002 0000" + rest + "01");
        expectNot(hello, "0002 0000" + rest + "01 0001", "0002 0000", "0002 0000 0000", "0002 0000 0000 000000");
        expectNot(hello, "0002 0000 0001", "0002 0000 0001 61 000000");
        ByteBuffer buffer = at("0002 0001 6e 0002 abcd 80000000");
        assertThat(HandshakeLayout.helloInstanceLength(buffer, OFFSET, 1)).isEqualTo(2);
        assertThat(HandshakeLayout.helloInstanceOffset(1)).isEqualTo(7);
        assertThat(HandshakeLayout.helloHeartbeatMillis(buffer, OFFSET, 1, 2)).isEqualTo(1L << 31);
    }

    @Test
    void welcome() {
        String fixed = "0002 00000000 01000000 0400 0100 00008000 00004000 00002710 00000003"
                + "00007530 00002710 00004e20 00002710";
        expect(HandshakeLayout::isWelcome, fixed + "0000 0000", fixed + "0001 62 0001 61 010000");
        expectNot(HandshakeLayout::isWelcome, fixed, fixed + "0000", fixed + "0001 ff 0000", fixed + "0000 0000 01");
        Welcome.Limits limits = new Welcome.Limits(0xffff_ffffL, 1024, 256, 32_768, 16_384, 10_000, 0xffff_ffffL);
        Welcome welcome =
                new Welcome(1, limits, new Welcome.Times(30_000, 0, 20_000, 0xffff_ffffL), "blipmqd/1", "none");
        ByteBuffer frame = welcome.encode(7);
        assertThat(Welcome.read(frame, FrameLayout.PAYLOAD_OFFSET)).isEqualTo(welcome);
        assertThat(welcome.withHeartbeat(5).times()).isEqualTo(new Welcome.Times(30_000, 5, 20_000, 0xffff_ffffL));
    }

    @Test
    void publishBatchHasATopic() {
        Check publish = PublishLayout::isPublishBatch;
        expect(publish, "00 0000", "03 0001 74 00000001 61", "ff 0001 74 ff");
        expectNot(publish, "", "00", "00 00", "00 0001", "00 0001 ff", "00 0003 eda080");
        assertThat(PublishLayout.flags(at("ff 0001 74"), OFFSET)).isEqualTo(255);
        assertThat(PublishLayout.entriesOffset(1)).isEqualTo(4);
    }

    @Test
    void confirmIsOneOrMoreRuns() {
        Check confirm = PublishLayout::isConfirm;
        String run = "00000002 0000 00000001 0000";
        expect(confirm, run, run + run, run + "00000001 01fb 00000000 0002 6e6f");
        expectNot(confirm, "", "00000000 0000 00000001 0000", run + "00", "00000001 0000 00000001 0001");
    }

    @Test
    void attachHasATopicAndAName() {
        String fixed = "01 0000000a 00100000 00000000 00000000";
        Check attach = AttachLayout::isAttach;
        expect(attach, fixed + "0000 0000", fixed + "0001 74 0001 6e", fixed + "0001 74 0001 6e ff");
        expectNot(
                attach, "", fixed, fixed + "0000", fixed + "0000 0001", fixed + "0001 ff 0000", fixed + "0000 0001 ff");
        ByteBuffer buffer = at("0f ffffffff fffffffe 80000000 00000001 0001 74 0002 6e6d");
        assertThat(AttachLayout.attachCreditMessages(buffer, OFFSET)).isEqualTo(AttachLayout.UNLIMITED_CREDIT);
        assertThat(AttachLayout.attachCreditBytes(buffer, OFFSET)).isEqualTo(AttachLayout.UNLIMITED_CREDIT - 1);
        assertThat(AttachLayout.ackTimeoutMillis(buffer, OFFSET)).isEqualTo(1L << 31);
        assertThat(AttachLayout.nameLength(buffer, OFFSET, 1)).isEqualTo(2);
        assertThat(AttachLayout.nameOffset(1)).isEqualTo(22);
    }

    @Test
    void detachAndDetached() {
        String id = "0000000000000009";
        expect(AttachLayout::isDetach, id + "00 0000", id + "01 0001 6e");
        expectNot(AttachLayout::isDetach, "", id, id + "00", id + "00 0000 00", id + "00 0001", id + "00 0001 ff");
        expect(AttachLayout::isDetached, id + "0000 0000", id + "0199 0001 61");
        expectNot(AttachLayout::isDetached, id, id + "0000", id + "0000 0000 00", id + "0000 0001 ff");
    }

    @Test
    void deliverHasWholeDeliveries() {
        Check deliver = DeliverLayout::isDeliver;
        String qos0 = "00 0000019abcdef000";
        String qos1 = "01 0000019abcdef000";
        String tag = "000000000000000c 0001";
        expect(deliver, qos0 + "00000000", qos0 + "00000001 61 80000000 0000", qos1 + tag + "00000001 61");
        expect(deliver, qos1 + tag + "00000000" + tag + "80000001 0003 810000 61");
        expectNot(deliver, "", qos0, qos0 + "000000", qos0 + "00000001", qos0 + "80000000", qos0 + "80000000 00");
        expectNot(deliver, qos0 + "80000001 0000", qos0 + "ffffffff 0000", qos1 + tag, qos1 + "00000001 61");
    }

    @Test
    void deliverOfATopicHasATopicAndWholeDeliveries() {
        Check deliver = DeliverLayout::isDeliverTopic;
        String qos0 = "00 0000019abcdef000 0003 612f62";
        String qos1 = "01 0000019abcdef000 0000";
        String tag = "000000000000000c 0001";
        expect(deliver, qos0 + "00000000", qos0 + "00000001 61 80000000 0000", qos1 + tag + "00000001 61");
        expectNot(deliver, "", qos0, qos0 + "000000", qos0 + "00000001", "00 0000019abcdef000", qos1 + tag);
        expectNot(deliver, "00 0000019abcdef000 0001 ff 00000000", "00 0000019abcdef000 0009 61 00000000");
    }

    @Test
    void settleHasWholeTags() {
        Check settle = SettleLayout::isSettle;
        String fixed = "0000000000000009 01 00 00000000";
        String upTo = "0000000000000009 01 01 00000000";
        String tag = "000000000000000c 0001";
        expect(settle, fixed + "0000" + tag, fixed + "0001 61" + tag + tag, upTo + "0000" + tag);
        expectNot(settle, "", fixed, fixed + "0000", fixed + "0000 00", fixed + "0000" + tag + "00");
        expectNot(settle, fixed + "0001 ff" + tag, upTo + "0000" + tag + tag, upTo + "0000");
    }

    @Test
    void settledNamesAsManyTagsAsAreUnknown() {
        Check settled = SettleLayout::isSettled;
        String tag = "000000000000000c";
        expect(settled, "00000002 00000000", "00000000 00000001" + tag, "00000002 00000002" + tag + tag);
        expectNot(settled, "", "00000002 000000", "00000002 00000001", "00000002 00000000" + tag);
        expectNot(settled, "00000002 00000001" + tag + "00", "00000002 ffffffff" + tag);
    }

    @Test
    void listHasAName() {
        String fixed = "02 0064 0000000000000000 0000000000000000";
        expect(ListLayout::isList, fixed + "0000", fixed + "0001 6e");
        expectNot(ListLayout::isList, "", fixed, fixed + "00", fixed + "0001", fixed + "0001 ff", fixed + "0000 00");
    }

    @Test
    void listingHasWholeItems() {
        Check listing = ListLayout::isListing;
        String fixed = "01 0000000000000000";
        expect(listing, fixed, fixed + "00000000", fixed + "00000001 61 00000000");
        expectNot(listing, "", "01", fixed + "000000", fixed + "00000001", fixed + "ffffffff");
    }

    @Test
    void itemsMayGrowAtTheirEnd() {
        TopicItem topic = new TopicItem("t", 2, 1, true);
        SubscriptionItem subscription = new SubscriptionItem(9, 15, "tö", "n", COUNTS, -1, "", "", List.of(), 0);
        DeliveryItem delivery = new DeliveryItem(12, 65_535, 1, 0xffff_ffffL, 5, 16);
        assertThat(TopicItem.read(longer(topic.encode()), 0, topic.encode().length + 1))
                .isEqualTo(topic);
        assertThat(SubscriptionItem.read(longer(subscription.encode()), 0, subscription.encode().length + 1))
                .isEqualTo(subscription);
        assertThat(DeliveryItem.read(longer(delivery.encode()), 0, DeliveryItem.BYTES + 1))
                .isEqualTo(delivery);
        ScheduledItem scheduled = new ScheduledItem(7, 5, "tö", 0xffff_ffffL);
        assertThat(ScheduledItem.read(longer(scheduled.encode()), 0, scheduled.encode().length + 1))
                .isEqualTo(scheduled);
    }

    @Test
    void itemsThatAreCutAreNoItems() {
        byte[] topic = new TopicItem("t", 2, 1, true).encode();
        byte[] subscription = new SubscriptionItem(9, 15, "t", "n", COUNTS, -1, "c", "a", List.of(), 0).encode();
        for (int length = 0; length < topic.length; length++) {
            assertThat(TopicItem.read(ByteBuffer.wrap(topic), 0, length)).isNull();
        }
        for (int length = 0; length < subscription.length; length++) {
            assertThat(SubscriptionItem.read(ByteBuffer.wrap(subscription), 0, length))
                    .isNull();
        }
        assertThat(DeliveryItem.read(ByteBuffer.allocate(30), 0, 26)).isNull();
        byte[] scheduled = new ScheduledItem(7, 5, "t", 3).encode();
        for (int length = 0; length < scheduled.length; length++) {
            assertThat(ScheduledItem.read(ByteBuffer.wrap(scheduled), 0, length))
                    .isNull();
        }
        ByteBuffer deadLetter = ByteBuffer.wrap(bytes("000000000000000d 0000019abcdef000 00000001 61"));
        assertThat(DeadLetterItem.isDeadLetter(deadLetter, 0, 21)).isTrue();
        assertThat(DeadLetterItem.isDeadLetter(deadLetter, 0, 20)).isFalse();
        assertThat(DeadLetterItem.isDeadLetter(deadLetter, 0, 15)).isFalse();
    }

    @Test
    void fixedPayloadsHaveTheirLength() {
        for (int length = 0; length < 60; length++) {
            assertThat(AttachLayout.isCredit(length)).isEqualTo(length == 8);
            assertThat(AttachLayout.isAttached(length)).isEqualTo(length == 17);
            assertThat(ListLayout.isDeadLetters(length)).isEqualTo(length == 53);
            assertThat(LettersDone.isLettersDone(length)).isEqualTo(length == 40);
            assertThat(ListLayout.isDone(length)).isEqualTo(length == 8);
        }
    }

    @Test
    void whatDoesNotFitIsNotEncoded() {
        ByteBuffer to = ByteBuffer.allocate(1 << 18);
        assertThatThrownBy(() -> RequestEncoder.publishBatch(to, 1, 0, text("t"), 16 << 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16777216");
        assertThatThrownBy(() -> RequestEncoder.hello(to, 1, new byte[65_536], new byte[0], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65535");
        PropertiesBuilder properties = new PropertiesBuilder();
        assertThatThrownBy(() -> properties.header("n".repeat(256), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("255");
        assertThatThrownBy(() -> properties.header("n", new byte[65_535]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65535");
    }

    @Test
    void everyRefusalKnowsItsFrame() {
        for (V2Nack nack : V2Nack.values()) {
            ByteBuffer frame = ByteBuffer.allocate(nack.frameBytes());
            FrameEncoder.nack(frame, 1, nack);
            assertThat(frame.hasRemaining()).isFalse();
            int payloadBytes = FrameLayout.payloadBytes(FrameLayout.length(frame, 0));
            assertThat(PayloadLayout.isNack(frame, FrameLayout.PAYLOAD_OFFSET, payloadBytes))
                    .isTrue();
        }
    }

    private static ByteBuffer longer(byte[] item) {
        return ByteBuffer.allocate(item.length + 1).put(0, item);
    }

    private static void expect(Check check, String... payloads) {
        for (String payload : payloads) {
            assertThat(check.accepts(at(payload), OFFSET, bytes(payload).length))
                    .as(payload)
                    .isTrue();
        }
    }

    private static void expectNot(Check check, String... payloads) {
        for (String payload : payloads) {
            assertThat(check.accepts(at(payload), OFFSET, bytes(payload).length))
                    .as(payload)
                    .isFalse();
        }
    }

    /** The payload, followed by bytes that are not its own. */
    private static ByteBuffer at(String hex) {
        byte[] payload = bytes(hex);
        return ByteBuffer.allocate(OFFSET + payload.length + 16).put(OFFSET, payload);
    }
}
