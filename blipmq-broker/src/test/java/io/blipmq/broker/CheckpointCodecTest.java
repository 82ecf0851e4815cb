package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.blipmq.broker.journal.CheckpointCodec;
import io.blipmq.broker.journal.CheckpointVisitor.LogState;
import io.blipmq.broker.journal.CheckpointVisitor.ScheduleState;
import io.blipmq.broker.journal.CheckpointVisitor.SubscriptionState;
import io.blipmq.broker.journal.ClockJump;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.PublishIdKey;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.broker.message.MessageView;
import io.blipmq.wal.NewerContentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A checkpoint's state in version 1, byte by byte. From the first release on none of these bytes may change. */
class CheckpointCodecTest {
    private static final OwnerId OWNER = new OwnerId(11, 12);
    private static final String OWNER_TEXT = OWNER.toString();

    private static SubscriptionState subscription(
            String name, boolean endsWithConnection, LogState letters, long... ahead) {
        int[] lengths = ahead.length == 0 ? new int[0] : new int[] {30, 5};
        return letters == null
                ? new SubscriptionState(
                        1, OWNER, bytes(name), endsWithConnection, 6, 2, 30, null, 3_000, ahead, lengths)
                : new SubscriptionState(7, OWNER, bytes(name), endsWithConnection, 7, 0, 0, letters, 0, ahead, lengths);
    }

    private static StoredMessage message(long sequence, int propertiesBytes) {
        StoredMessage message = new StoredMessage();
        message.at(bytes("demo"), null, sequence, 500);
        message.publishedMillis = 1000;
        message.expiresMillis = 2000;
        message.payloadOffset = 26;
        message.payloadLength = 20;
        message.propertiesBytes = propertiesBytes;
        return message;
    }

    private static ByteBuffer newest() {
        CheckpointCodec out = new CheckpointCodec(0, 0);
        out.time(5_000, List.of(new ClockJump(3, -700)));
        int demo = out.topic(bytes("demo"), false, new LogState(10, 6, 110, 9));
        out.subscription(demo, subscription("jobs", true, null, 8, 9), 2);
        out.delivery(message(5, 14), true, true, 3, 0);
        out.delivery(message(4, 0), false, true, 1, 4_000);
        out.endSubscription();
        out.letters(1, 1);
        out.letter(7, 7, 4, 10, true);
        int letters = out.topic(bytes("$dead-letter/demo"), false, new LogState(0, 0, 0, 0));
        out.subscription(letters, subscription("", false, new LogState(7, 1, 10, 7)), 0);
        out.endSubscription();
        int filter = out.topic(bytes("demo/#"), true, new LogState(11, 1, 5, 0));
        out.subscription(
                filter,
                new SubscriptionState(12, OWNER, bytes("all"), false, 12, 1, 5, null, 0, new long[0], new int[0]),
                0);
        out.endSubscription();
        out.publishId(10, 1_900, publishIdKey("second"));
        out.publishId(9, 1_000, publishIdKey("id"));
        return out.end();
    }

    private static byte[] publishIdKey(String id) {
        MessageView message = new MessageView().in(ByteBuffer.wrap(bytes("demo" + id)));
        return PublishIdKey.of(OWNER, message.topic(0, 4).publishId(4, id.length()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer golden(String name) throws IOException {
        try (InputStream file = CheckpointCodecTest.class.getResourceAsStream(name)) {
            return ByteBuffer.wrap(file.readAllBytes());
        }
    }

    private static String delivery(String rest) {
        return "DeliveryState[tag=5, position=500, publishedMillis=1000, expiresMillis=2000, payloadOffset=26,"
                + " payloadLength=20, " + rest;
    }

    private static String letter(boolean redriven, int length) {
        return "LetterState[subscriptionId=7, tag=7, originId=1, originTag=4, originRedriven=" + redriven
                + ", payloadLength=" + length + "]";
    }

    private static String log(long last, long count, long bytes, long expiring) {
        return new LogState(last, count, bytes, expiring).toString();
    }

    @Test
    void versionOneIsWrittenAndRead() throws IOException {
        assertThat(newest()).isEqualTo(golden("checkpoint-v1.bin"));
        assertThat(CheckpointText.of(golden("checkpoint-v1.bin")))
                .containsExactly(
                        "time 5000 [ClockJump[throughSequence=3, millis=-700]]",
                        "topic demo " + log(10, 6, 110, 9),
                        "subscription 1 " + OWNER_TEXT + " 'jobs' true at 6 2 30 null ahead [8, 9] [30, 5]",
                        "detached 3000",
                        delivery("propertiesBytes=14, redriven=true, delivered=true, attempts=3, dueMillis=0]"),
                        delivery("propertiesBytes=0, redriven=false, delivered=true, attempts=1, dueMillis=4000]")
                                .replace("tag=5", "tag=4"),
                        "topic $dead-letter/demo " + log(0, 0, 0, 0),
                        "subscription 7 " + OWNER_TEXT + " '' false at 7 0 0 " + log(7, 1, 10, 7) + " ahead [] []",
                        "filter demo/# " + log(11, 1, 5, 0),
                        "subscription 12 " + OWNER_TEXT + " 'all' false at 12 1 5 null ahead [] []",
                        letter(true, 10),
                        "publish id 9 1000 000000000000000b000000000000000c" + "026964" + "64656d6f",
                        "publish id 10 1900 000000000000000b000000000000000c" + "067365636f6e64" + "64656d6f");
    }

    @Test
    void scheduledMessagesAreWrittenAndRead() {
        CheckpointCodec out = new CheckpointCodec(0, 0);
        out.schedule(new ScheduleState(9, 4, 3, 0x120005, 6, new long[] {5}, new long[] {7, 8}));
        ByteBuffer written = out.end();
        String hex = "00000001 08 0000000000000009 0000000000000004 0000000000000003 0000000000120005"
                + "0000000000000006 00000001 0000000000000005 00000002 0000000000000007 0000000000000008";
        assertThat(written).isEqualTo(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
        assertThat(CheckpointText.of(written))
                .containsExactly("schedule 9 from 4 3 through 1179653 6 late [5] cancelled [7, 8]");
        written.putInt(written.limit() - 20, 3);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> CheckpointText.of(written))
                .withMessageContaining("3 elements follow in 16 bytes");
    }

    @Test
    void aNewerVersionIsRefused() {
        ByteBuffer newer = newest();
        newer.putInt(0, 2);
        assertThatExceptionOfType(NewerContentException.class)
                .isThrownBy(() -> CheckpointText.of(newer))
                .withMessageContaining("version 2");
    }
}
