package io.blipmq.protocol.v2;

import static io.blipmq.protocol.v2.Hex.expectFrame;
import static io.blipmq.protocol.v2.Hex.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.TextRefusal;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of version 2 that the server sends, which never change. */
class GoldenAnswerTest {
    private static final byte[] NOTHING = {};

    @Test
    void welcome() {
        Welcome.Limits limits = new Welcome.Limits(16 << 20, 1024, 256, 32_768, 16_384, 10_000, 3);
        Welcome.Times times = new Welcome.Times(30_000, 10_000, 20_000, 10_000);
        Welcome welcome = new Welcome(0, limits, times, "blipmqd/1", "always");
        expectFrame(
                "0000004a 20 0000000000000001 0002 00000000 01000000 0400 0100 00008000 00004000 00002710 00000003"
                        + "00007530 00002710 00004e20 00002710"
                        + "0009 626c69706d71642f31 0006 616c77617973",
                to -> to.put(welcome.encode(1)));
    }

    @Test
    void confirmOfTheProtocolPage() {
        expectFrame("00000015 21 0000000000000005 00000002 0000 00000001 0000", to -> {
            AnswerEncoder.openConfirm(to, 5);
            AnswerEncoder.run(to, 2, 1, null);
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void confirmInRuns() {
        String hex = "0000002a 21 0000000000000005 00000003 0000 00000001 0000"
                + "00000001 01fb 00000000 0009 6469736b2066756c6c";
        expectFrame(hex, to -> {
            AnswerEncoder.openConfirm(to, 5);
            AnswerEncoder.run(to, 3, 1, null);
            AnswerEncoder.run(to, 1, 0, V2Nack.DISK_FULL);
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void confirmOfDuplicates() {
        String hex = "0000002a 21 0000000000000005 00000003 0000 00000001 0000"
                + "00000002 0000 00000001 0009 6475706c6963617465";
        expectFrame(hex, to -> {
            AnswerEncoder.openConfirm(to, 5);
            AnswerEncoder.run(to, 3, 1, null);
            AnswerEncoder.duplicates(to, 2, 1);
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void attached() {
        expectFrame(
                "0000001a 22 0000000000000007 0000000000000009 01 00000000000003e8",
                to -> AnswerEncoder.attached(to, 7, 9, true, 1000));
        expectFrame(
                "0000001a 22 0000000000000007 0000000000000009 00 0000000000000000",
                to -> AnswerEncoder.attached(to, 7, 9, false, 0));
    }

    @Test
    void deliverOfTheProtocolPage() {
        expectFrame("00000021 23 0000000000000009 01 0000019abcdef000 000000000000000c 0001 00000001 61", to -> {
            AnswerEncoder.openDeliver(to, 9, 1, 0x19abcdef000L);
            AnswerEncoder.delivery(to, 12, 1);
            RequestEncoder.entry(to, text("a"));
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void attemptsThatTheirFieldCannotHoldAreItsLargestValue() {
        expectFrame("00000021 23 0000000000000009 01 0000019abcdef000 000000000000000c ffff 00000001 61", to -> {
            AnswerEncoder.openDeliver(to, 9, 1, 0x19abcdef000L);
            AnswerEncoder.delivery(to, 12, 65_536);
            RequestEncoder.entry(to, text("a"));
            FrameEncoder.close(to, 0);
        });
        byte[] item = new DeliveryItem(12, 65_537, DeliveryItem.DUE_AGAIN, 500, 0, 16).encode();
        assertThat(DeliveryItem.read(ByteBuffer.wrap(item), 0, item.length).attempt())
                .isEqualTo(65_535);
    }

    @Test
    void deliverAtQos0() {
        expectFrame("0000001c 23 0000000000000009 00 0000019abcdef000 00000001 61 00000001 62", to -> {
            AnswerEncoder.openDeliver(to, 9, 0, 0x19abcdef000L);
            RequestEncoder.entry(to, text("a"));
            RequestEncoder.entry(to, text("b"));
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void deliverOfATopicThatMatchesAFilter() {
        String hex = "00000024 29 0000000000000009 01 0000019abcdef000 0001 74 000000000000000c 0001 00000001 61";
        expectFrame(hex, to -> {
            AnswerEncoder.openDeliverTopic(to, 9, 1, 0x19abcdef000L, text("topic"), 1);
            AnswerEncoder.delivery(to, 12, 1);
            RequestEncoder.entry(to, text("a"));
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void deliverADeadLetter() {
        PropertiesBuilder properties = new PropertiesBuilder().deadLetter(9, 3, text("bad"), 0x19abcdef000L);
        String hex = "00000044 23 000000000000000b 01 0000019abcdef000 000000000000000d 0001"
                + "80000001 0021 90 0008 0000000000000009 91 0002 0003 92 0003 626164 93 0008 0000019abcdef000 61";
        expectFrame(hex, to -> {
            AnswerEncoder.openDeliver(to, 11, 1, 0x19abcdef000L);
            AnswerEncoder.delivery(to, 13, 1);
            RequestEncoder.entry(to, text("a"), properties);
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void settled() {
        expectFrame(
                "00000011 24 000000000000000a 00000002 00000000", to -> AnswerEncoder.settled(to, 10, 2, new long[0]));
        expectFrame(
                "00000021 24 000000000000000a 00000002 00000002 000000000000000c 000000000000000e",
                to -> AnswerEncoder.settled(to, 10, 2, new long[] {12, 14}));
    }

    @Test
    void detached() {
        expectFrame(
                "00000015 25 000000000000000e 0000000000000009 0000 0000",
                to -> AnswerEncoder.detached(to, 14, 9, 0, NOTHING));
        expectFrame(
                "0000001f 25 0000000000000000 0000000000000009 0199 000a 74616b656e206f766572",
                to -> AnswerEncoder.detached(to, 0, 9, 409, text("taken over")));
    }

    @Test
    void listingOfTopics() {
        expectFrame("00000022 26 0000000000000011 01 0000000000000000 0000000c 0001 74 00000002 00000001 00", to -> {
            AnswerEncoder.openListing(to, 17, ListLayout.TOPICS);
            byte[] item = new TopicItem("t", 2, 1, false).encode();
            to.putInt(item.length).put(item);
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void listingOfScheduledMessages() {
        String hex = "0000002d 26 0000000000000011 05 000000000000000b 00000017"
                + "000000000000000b 0000019abcdef000 0001 74 00000003";
        expectFrame(hex, to -> {
            AnswerEncoder.openListing(to, 17, ListLayout.SCHEDULED);
            to.putLong(to.position() - Long.BYTES, 11);
            byte[] item = new ScheduledItem(11, 0x19abcdef000L, "t", 3).encode();
            to.putInt(item.length).put(item);
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void listingOfSubscriptions() {
        SubscriptionItem subscription = new SubscriptionItem(
                9, 7, "t", "n", new SubscriptionItem.Counts(4, 2, 1, 3, 5), -1, "demo", "h:1", List.of(), 0);
        String hex = "00000066 26 0000000000000011 02 0000000000000000 00000050"
                + "0000000000000009 07 0001 74 0001 6e 0000000000000004 0000000000000002 0000000000000001"
                + "0000000000000003 0000000000000005 ffffffffffffffff"
                + "0004 64656d6f 0003 683a31 00000000 0000";
        expectFrame(hex, to -> {
            AnswerEncoder.openListing(to, 17, ListLayout.SUBSCRIPTIONS);
            byte[] item = subscription.encode();
            to.putInt(item.length).put(item);
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void listingOfAGroup() {
        SubscriptionItem group = new SubscriptionItem(
                9,
                7,
                "t",
                "n",
                new SubscriptionItem.Counts(4, 2, 1, 3, 5),
                -1,
                "demo",
                "h:1",
                List.of(
                        new SubscriptionItem.Member("demo", "h:1", 0xffff_ffffL, 2),
                        new SubscriptionItem.Member("", "h:2", 3, 0)),
                3);
        String hex = "00000088 26 0000000000000011 02 0000000000000000 00000072"
                + "0000000000000009 07 0001 74 0001 6e 0000000000000004 0000000000000002 0000000000000001"
                + "0000000000000003 0000000000000005 ffffffffffffffff"
                + "0004 64656d6f 0003 683a31 00000003 0002"
                + "0004 64656d6f 0003 683a31 ffffffff 00000002"
                + "0000 0003 683a32 00000003 00000000";
        byte[] item = group.encode();
        expectFrame(hex, to -> {
            AnswerEncoder.openListing(to, 17, ListLayout.SUBSCRIPTIONS);
            to.putInt(item.length).put(item);
            FrameEncoder.close(to, 0);
        });
        assertThat(SubscriptionItem.read(ByteBuffer.wrap(item), 0, item.length)).isEqualTo(group);
        assertThat(SubscriptionItem.read(ByteBuffer.wrap(item), 0, item.length - 1))
                .isNull();
    }

    @Test
    void listingOfDeliveries() {
        DeliveryItem delivery = new DeliveryItem(12, 2, DeliveryItem.DUE_AGAIN, 500, 0x19abcdef000L, 16);
        String hex = "00000031 26 0000000000000011 03 0000000000000000 0000001b"
                + "000000000000000c 0002 02 000001f4 0000019abcdef000 00000010";
        expectFrame(hex, to -> {
            AnswerEncoder.openListing(to, 17, ListLayout.DELIVERIES);
            byte[] item = delivery.encode();
            to.putInt(item.length).put(item);
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void listingOfDeadLetters() {
        String hex = "0000002b 26 0000000000000011 04 0000000000000000 00000015"
                + "000000000000000d 0000019abcdef000 00000001 61";
        expectFrame(hex, to -> {
            AnswerEncoder.openListing(to, 17, ListLayout.DEAD_LETTERS);
            to.putInt(DeadLetterItem.bytes(EntryLayout.bytes(1)));
            DeadLetterItem.putHeader(to, 13, 0x19abcdef000L);
            RequestEncoder.entry(to, text("a"));
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void listingOfMessages() {
        String hex = "00000031 26 0000000000000011 06 0000000000000000 0000001b"
                + "000000000000000d 0000019abcdef000 ffff 02 0001 74 00000001 61";
        expectFrame(hex, to -> {
            AnswerEncoder.openListing(to, 17, ListLayout.MESSAGES);
            to.putInt(MessageItem.bytes(1, EntryLayout.bytes(1)));
            MessageItem.putHeader(to, 13, 0x19abcdef000L, 70_000, DeliveryItem.DUE_AGAIN, text("t"));
            RequestEncoder.entry(to, text("a"));
            FrameEncoder.close(to, 0);
        });
    }

    @Test
    void done() {
        expectFrame("00000011 27 0000000000000012 0000000000000005", to -> AnswerEncoder.done(to, 18, 5));
        expectFrame(
                "00000031 27 0000000000000012 0000000000000005 000000000000000d 00000000000003e8"
                        + "0000000000000001 0000000000000002",
                to -> AnswerEncoder.lettersDone(to, 18, new LettersDone(5, 13, 1000, 1, 2)));
    }

    @Test
    void goAway() {
        expectFrame(
                "0000001e 28 0000000000000000 01f7 000007d0 000d 7368757474696e6720646f776e",
                to -> AnswerEncoder.goAway(to, V2Nack.SHUTTING_DOWN, 2000));
    }

    @Test
    void goAwayOfTheProtocolPage() {
        expectFrame(
                "0000002f 28 0000000000000000 0198 00000000 001e 6e6f2068616e"
                        + "647368616b652077697468696e203130207365636f6e6473",
                to -> AnswerEncoder.goAway(to, new TextRefusal(408, "no handshake within 10 seconds"), 0));
    }

    @Test
    void refusalsAreFramedAsInVersion1() {
        expectFrame(
                "00000016 06 0000000000000005 01fb 0009 6469736b2066756c6c",
                to -> FrameEncoder.nack(to, 5, V2Nack.DISK_FULL));
    }
}
