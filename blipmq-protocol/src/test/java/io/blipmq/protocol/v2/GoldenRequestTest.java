package io.blipmq.protocol.v2;

import static io.blipmq.protocol.v2.Hex.bytes;
import static io.blipmq.protocol.v2.Hex.expectFrame;
import static io.blipmq.protocol.v2.Hex.text;

import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The bytes of version 2 that a client sends, which never change. */
class GoldenRequestTest {
    private static final byte[] NOTHING = {};
    private static final long UNLIMITED = AttachLayout.UNLIMITED_CREDIT;

    @Test
    void helloOfTheProtocolPage() {
        expectFrame(
                "00000019 01 0000000000000001 0002 0004 64656d6f 0002 0a0b 00002710",
                to -> RequestEncoder.hello(to, 1, text("demo"), bytes("0a0b"), 10_000));
    }

    @Test
    void publishBatchOfTheProtocolPage() {
        expectFrame("00000017 10 0000000000000005 03 0001 74 00000001 61 00000001 62", to -> {
            RequestEncoder.publishBatch(to, 5, PublishLayout.QOS_FLAG | PublishLayout.CONFIRM_FLAG, text("t"), 10);
            RequestEncoder.entry(to, text("a"));
            RequestEncoder.entry(to, text("b"));
        });
    }

    @Test
    void publishBatchWithProperties() {
        PropertiesBuilder properties = new PropertiesBuilder().ttlMillis(60_000).header("k", "v");
        String hex = "0000002c 10 0000000000000007 00 0001 74"
                + "80000004 0011 01 0008 000000000000ea60 80 0003 01 6b 76 626f6479"
                + "00000000";
        expectFrame(hex, to -> {
            RequestEncoder.publishBatch(
                    to, 7, 0, text("t"), EntryLayout.bytes(4, properties.length()) + EntryLayout.bytes(0));
            RequestEncoder.entry(to, text("body"), properties);
            RequestEncoder.entry(to, NOTHING, properties.clear());
        });
    }

    @Test
    void publishBatchWithAPublishId() {
        PropertiesBuilder properties = new PropertiesBuilder().publishId(text("id"));
        expectFrame("00000019 10 0000000000000007 03 0001 74 80000001 0005 03 0002 6964 61", to -> {
            int flags = PublishLayout.QOS_FLAG | PublishLayout.CONFIRM_FLAG;
            RequestEncoder.publishBatch(to, 7, flags, text("t"), EntryLayout.bytes(1, properties.length()));
            RequestEncoder.entry(to, text("a"), properties);
        });
    }

    @Test
    void attachOfTheProtocolPage() {
        expectFrame(
                "00000020 11 0000000000000007 01 0000000a 00100000 00000000 00000000 0001 74 0001 6e",
                to -> RequestEncoder.attach(to, 7, AttachLayout.QOS_FLAG, 10, 1 << 20, 0, 0, text("t"), text("n")));
    }

    @Test
    void attachWithEverything() {
        expectFrame(
                "00000020 11 0000000000000008 7f ffffffff ffffffff 00007530 000001f4 0001 75 0001 6d",
                to -> RequestEncoder.attach(
                        to, 8, AttachLayout.FLAGS, UNLIMITED, UNLIMITED, 30_000, 500, text("u"), text("m")));
    }

    @Test
    void credit() {
        expectFrame(
                "00000011 12 0000000000000009 00000400 00100000", to -> RequestEncoder.credit(to, 9, 1024, 1 << 20));
    }

    @Test
    void settle() {
        expectFrame(
                "0000002d 13 000000000000000a 0000000000000009 01 02 00000000 0000"
                        + " 000000000000000c 0001 000000000000000e 0000",
                to -> settle(to, 10, SettleLayout.ACK, SettleLayout.ANSWER_FLAG, 0, "", 2));
        expectFrame(
                "0000002d 13 000000000000000a 0000000000000009 01 06 00000000 0000"
                        + " 000000000000000c 0001 000000000000000e 0000",
                to -> settle(to, 10, SettleLayout.ACK, SettleLayout.ANSWER_FLAG | SettleLayout.STORED_FLAG, 0, "", 2));
    }

    @Test
    void rejectUpTo() {
        expectFrame(
                "00000026 13 000000000000000b 0000000000000009 03 01 00000000 0003 626164 000000000000000c 0001",
                to -> settle(to, 11, SettleLayout.REJECT, SettleLayout.UP_TO_FLAG, 0, "bad", 1));
    }

    @Test
    void nackAndExtend() {
        expectFrame(
                "00000023 13 000000000000000c 0000000000000009 02 00 000003e8 0000 000000000000000c 0001",
                to -> settle(to, 12, SettleLayout.NACK, 0, 1000, "", 1));
        expectFrame(
                "00000023 13 000000000000000d 0000000000000009 04 00 0000ea60 0000 000000000000000c 0001",
                to -> settle(to, 13, SettleLayout.EXTEND, 0, 60_000, "", 1));
    }

    @Test
    void releaseAndBegin() {
        expectFrame(
                "00000023 13 000000000000000c 0000000000000009 05 00 00000000 0000 000000000000000c 0001",
                to -> settle(to, 12, SettleLayout.RELEASE, 0, 0, "", 1));
        expectFrame(
                "00000023 13 000000000000000d 0000000000000009 06 00 00000000 0000 000000000000000c 0001",
                to -> settle(to, 13, SettleLayout.BEGIN, 0, 0, "", 1));
    }

    /** Of delivery 12, attempt 1, and delivery 14, whichever attempt it is. */
    private static void settle(
            ByteBuffer to, long correlationId, int action, int flags, long millis, String reason, int count) {
        long[] tags = {12, 14, 99};
        int[] attempts = {1, SettleLayout.ANY_ATTEMPT, 99};
        RequestEncoder.settle(to, correlationId, 9, action, flags, millis, text(reason), tags, attempts, count);
    }

    @Test
    void detach() {
        expectFrame(
                "00000014 14 000000000000000e 0000000000000009 00 0000",
                to -> RequestEncoder.detach(to, 14, 9, 0, NOTHING));
        expectFrame(
                "00000015 14 000000000000000f 0000000000000000 01 0001 6e",
                to -> RequestEncoder.detach(to, 15, 0, AttachLayout.DELETE_FLAG, text("n")));
    }

    @Test
    void drain() {
        expectFrame("00000009 15 0000000000000010", to -> RequestEncoder.drain(to, 16));
    }

    @Test
    void list() {
        expectFrame(
                "0000001e 16 0000000000000011 03 0064 0000000000000009 000000000000000c 0000",
                to -> RequestEncoder.list(to, 17, ListLayout.DELIVERIES, 100, 9, 12, NOTHING));
        expectFrame(
                "0000001f 16 0000000000000013 02 0001 0000000000000000 0000000000000000 0001 6e",
                to -> RequestEncoder.list(to, 19, ListLayout.SUBSCRIPTIONS, 1, 0, 0, text("n")));
    }

    @Test
    void deadLetters() {
        expectFrame(
                "0000003e 17 0000000000000012 01 000000000000000b 000003e8 0000000000000000"
                        + "000000000000000c 00000000000003e8 0000000000000009 000000000000000a",
                to -> RequestEncoder.deadLetters(
                        to, 18, ListLayout.REDRIVE, 11, 1000, new LettersRequest(0, 12, 1000, 9, 10)));
        expectFrame(
                "0000003e 17 0000000000000014 02 000000000000000b 00000001 000000000000000d"
                        + "0000000000000000 0000000000000000 0000000000000000 0000000000000000",
                to -> RequestEncoder.deadLetters(to, 20, ListLayout.PURGE, 11, 1, LettersRequest.ofTag(13)));
    }

    @Test
    void cancel() {
        expectFrame("00000011 18 0000000000000012 000000000000000b", to -> RequestEncoder.cancel(to, 18, 11));
    }
}
