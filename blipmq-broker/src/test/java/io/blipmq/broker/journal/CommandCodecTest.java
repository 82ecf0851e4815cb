package io.blipmq.broker.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.message.MessageView;
import io.blipmq.wal.RecordKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every record of format 1, byte by byte. From the first release on none of these bytes may change. */
class CommandCodecTest {
    private static final Set<Integer> PUBLISHED =
            Set.of(CommandCodec.PUBLISH, CommandCodec.PUBLISH_ONCE, CommandCodec.DUE);
    private static final Set<Integer> LISTED_OTHERWISE =
            Set.of(CommandCodec.DEAD_LETTER, CommandCodec.REDRIVE, CommandCodec.SCHEDULE);

    private static final OwnerId OWNER = new OwnerId(0x0102030405060708L, 0x1112131415161718L);
    private static final String OWNER_HEX = "0102030405060708 1112131415161718";
    private static final String TIMES_HEX = "00000000000003e8 00000000000007d0";

    private final List<String> commands = new ArrayList<>();
    private final CommandHandler recorder = new CommandHandler() {
        @Override
        public void onCheckpoint(ByteBuffer state) {
            throw new AssertionError("no record is a checkpoint");
        }

        @Override
        public void onPublish(long sequence, long position, MessageView message) {
            commands.add("publish " + text(message.buffer(), message.topicOffset(), message.topicLength()) + " "
                    + text(message.buffer(), message.payloadOffset(), message.payloadLength()) + " "
                    + message.propertiesBytes() + " " + message.publishedMillis() + " " + message.expiresMillis());
        }

        @Override
        public void onPublishOnce(long sequence, long position, OwnerId owner, MessageView message) {
            assertThat(owner).isEqualTo(OWNER);
            onPublish(sequence, position, message);
            commands.add("once " + text(message.buffer(), message.publishIdOffset(), message.publishIdLength()));
        }

        @Override
        public void onSubscribe(
                long sequence, OwnerId owner, byte[] topic, boolean filter, byte[] name, boolean endsWithConnection) {
            assertThat(owner).isEqualTo(OWNER);
            commands.add("subscribe " + new String(topic, StandardCharsets.UTF_8) + " '"
                    + new String(name, StandardCharsets.UTF_8) + "' " + endsWithConnection);
        }

        @Override
        public void onSettle(
                long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason) {
            commands.add("settle " + subscriptionId + " " + deliveryTag + " " + redriven + " " + payloadLength + " "
                    + reason);
        }

        @Override
        public void onDeadLetter(
                long sequence,
                long position,
                long subscriptionId,
                long deliveryTag,
                boolean redriven,
                int attempts,
                int payloadLength) {
            commands.add("letter " + subscriptionId + " " + deliveryTag + " " + redriven + " " + attempts + " "
                    + payloadLength);
        }

        @Override
        public void onRedrive(StoredMessage copy, long subscriptionId, long deadLettersId, long letterTag) {
            commands.add("redrive " + copy.payloadOffset + " " + copy.payloadLength + " " + copy.propertiesBytes + " "
                    + copy.publishedMillis + " " + copy.expiresMillis + " " + subscriptionId + " " + deadLettersId
                    + " " + letterTag);
        }

        @Override
        public void onRemove(long subscriptionId, RemoveReason reason) {
            commands.add("remove " + subscriptionId + " " + reason);
        }

        @Override
        public void onSettings(ReplicatedSettings settings) {
            commands.add(settings.toString());
        }

        @Override
        public void onClock(long sequence, long millis) {
            commands.add("clock " + sequence + " " + millis);
        }

        @Override
        public void onSchedule(long sequence, long position, OwnerId owner, MessageView message, long dueMillis) {
            assertThat(owner).isEqualTo(OWNER);
            commands.add("schedule " + messageText(message) + " due " + dueMillis);
        }

        @Override
        public void onDue(long sequence, long position, MessageView message, long number, long dueMillis) {
            commands.add("due " + messageText(message) + " was " + number + " due " + dueMillis);
        }

        @Override
        public void onUnschedule(long number, long dueMillis, UnscheduleReason reason) {
            commands.add("unschedule " + number + " due " + dueMillis + " " + reason);
        }

        private String messageText(MessageView message) {
            return text(message.buffer(), message.topicOffset(), message.topicLength()) + " "
                    + text(message.buffer(), message.payloadOffset(), message.payloadLength()) + " "
                    + message.propertiesBytes() + " " + message.publishedMillis() + " " + message.expiresMillis();
        }
    };

    private static String text(ByteBuffer body, int offset, int length) {
        byte[] bytes = new byte[length];
        body.get(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] golden(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private void assertRecord(int type, String hex, ByteBuffer written, String... command) {
        byte[] golden = golden(hex);
        assertThat(HexFormat.of().formatHex(written.array()))
                .isEqualTo(HexFormat.of().formatHex(golden));
        ByteBuffer somewhere = ByteBuffer.allocate(golden.length + 10).put(3, golden);
        commands.clear();
        new CommandDecoder().decode(9, type, somewhere, 3, golden.length, 77, recorder);
        assertThat(commands).containsExactly(command);
    }

    private static StoredMessage message(int payloadLength) {
        StoredMessage message = new StoredMessage();
        message.sequence = 6;
        message.publishedMillis = 1000;
        message.payloadLength = payloadLength;
        return message;
    }

    /** Puts the payload where the encoder said that it belongs. */
    private static ByteBuffer withPayload(ByteBuffer body, int offset, String payload) {
        return body.put(offset, bytes(payload));
    }

    @Test
    void publish() {
        MessageView message = new MessageView().in(ByteBuffer.wrap(bytes("tab")));
        message.topic(0, 1).payload(1, 2).published(1000).expires(2000);
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.publishBytes(message));
        CommandCodec.encodePublish(body, 0, message);
        assertRecord(1, TIMES_HEX + "00000002 0001 74 6162", body, "publish t ab 0 1000 2000");
    }

    /** Else a filter would be shown the dead letters of another owner. */
    @Test
    void onlyTopicsAreKeysForMatchers() {
        ByteBuffer record = ByteBuffer.wrap(golden("ff" + TIMES_HEX + "00000000 0003 746f70"));
        for (int type = 1; type <= CommandCodec.TYPE_MAX; type++) {
            long key = CommandCodec.locateKey(type, record, 1, record.capacity() - 1);
            boolean published = PUBLISHED.contains(type);
            boolean listed = published || LISTED_OTHERWISE.contains(type);
            assertThat(key != RecordKey.NONE).as("type %s", type).isEqualTo(listed);
            if (listed) {
                assertThat(RecordKey.offset(key)).isEqualTo(23);
                assertThat(RecordKey.length(key)).isEqualTo(3);
                assertThat(RecordKey.isHidden(key)).isEqualTo(!published);
            }
        }
    }

    @Test
    void publishWithProperties() {
        ByteBuffer frame = ByteBuffer.wrap(golden("74 0004 80000101 6162"));
        MessageView message =
                new MessageView().in(frame).topic(0, 1).properties(6).payload(7, 2);
        message.published(1000).expires(2000);
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.publishBytes(message));
        CommandCodec.encodePublish(body, 0, message);
        assertRecord(1, TIMES_HEX + "80000002 0001 74 0004 80000101 6162", body, "publish t ab 6 1000 2000");
    }

    @Test
    void subscribe() {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.subscribeBytes(bytes("t"), bytes("")));
        CommandCodec.encodeSubscribe(body, 0, OWNER, bytes("t"), false, bytes(""), false);
        assertRecord(2, OWNER_HEX + "00 0000 74", body, "subscribe t '' false");
    }

    @Test
    void subscribeNamed() {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.subscribeBytes(bytes("t"), bytes("jo")));
        CommandCodec.encodeSubscribe(body, 0, OWNER, bytes("t"), false, bytes("jo"), false);
        assertRecord(2, OWNER_HEX + "00 0002 6a6f 74", body, "subscribe t 'jo' false");
    }

    @Test
    void makeMemorySubscription() {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.subscribeBytes(bytes("t"), bytes("")));
        CommandCodec.encodeSubscribe(body, 0, OWNER, bytes("t"), false, bytes(""), true);
        assertRecord(2, OWNER_HEX + "01 0000 74", body, "subscribe t '' true");
    }

    @Test
    void settle() {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.SETTLE_BYTES);
        CommandCodec.encodeSettle(body, 0, 5, 6, false, 30, SettleReason.ACKNOWLEDGED);
        assertRecord(3, "0000000000000005 0000000000000006 01 0000001e", body, "settle 5 6 false 30 ACKNOWLEDGED");
        CommandCodec.encodeSettle(body, 0, 5, 6, true, 30, SettleReason.PURGED);
        assertRecord(3, "0000000000000005 0000000000000006 84 0000001e", body, "settle 5 6 true 30 PURGED");
    }

    @Test
    void deadLetter() {
        byte[] properties = golden("80000101");
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.deadLetterBytes(bytes("k"), properties, 2));
        int payload = CommandCodec.encodeDeadLetter(body, 0, 5, true, 3, bytes("k"), message(2), properties, 2000);
        assertRecord(
                4,
                TIMES_HEX + "80000002 0001 6b 0004 80000101 6162 0000000000000005 0000000000000006 00000003 01",
                withPayload(body, payload, "ab"),
                "letter 5 6 true 3 2");
    }

    @Test
    void redrive() {
        byte[] key = MessageKeys.ofRedriven(5);
        assertThat(key).isEqualTo(golden("ff 0000000000000005"));
        byte[] properties = golden("80000101");
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.redriveBytes(key, properties, 2));
        int payload = CommandCodec.encodeRedrive(body, 0, 5, 7, key, message(2), properties, 2000);
        assertRecord(
                6,
                TIMES_HEX + "80000002 0009 ff0000000000000005 0004 80000101 6162"
                        + "0000000000000005 0000000000000007 0000000000000006",
                withPayload(body, payload, "ab"),
                "redrive 37 2 6 1000 2000 5 7 6");
        ByteBuffer plain = ByteBuffer.allocate(CommandCodec.redriveBytes(key, new byte[0], 2));
        payload = CommandCodec.encodeRedrive(plain, 0, 5, 7, key, message(2), new byte[0], 2000);
        assertRecord(
                6,
                TIMES_HEX + "00000002 0009 ff0000000000000005 6162"
                        + "0000000000000005 0000000000000007 0000000000000006",
                withPayload(plain, payload, "ab"),
                "redrive 31 2 0 1000 2000 5 7 6");
    }

    @Test
    void schedule() {
        byte[] key = MessageKeys.ofScheduled(DueTimes.bucketOf(0x30005));
        assertThat(key).isEqualTo(golden("fe 0000000000000001"));
        assertThat(MessageKeys.scheduledBucket(key)).isEqualTo(1);
        assertThat(MessageKeys.scheduledBucket(MessageKeys.ofRedriven(1))).isEqualTo(-1);
        ByteBuffer frame = ByteBuffer.wrap(golden("74 0004 80000101 6162"));
        MessageView message =
                new MessageView().in(frame).topic(0, 1).properties(6).payload(7, 2);
        message.published(1000);
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.scheduleBytes(key, message));
        CommandCodec.encodeSchedule(body, 0, key, message, 0x30005, OWNER);
        assertRecord(
                10,
                "00000000000003e8 0000000000030005 80000002 0009 fe0000000000000001 0004 80000101 6162" + OWNER_HEX
                        + "0001 74",
                body,
                "schedule t ab 6 1000 0 due 196613");
    }

    @Test
    void due() {
        StoredMessage scheduled = message(2);
        scheduled.propertiesBytes = 6;
        scheduled.expiresMillis = 900;
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.dueBytes(bytes("t"), scheduled));
        int content = CommandCodec.encodeDue(body, 0, bytes("t"), scheduled, 1000, 2000);
        body.put(content, golden("0004 80000101 6162"));
        assertRecord(
                11,
                TIMES_HEX + "80000002 0001 74 0004 80000101 6162 0000000000000006 0000000000000384",
                body,
                "due t ab 6 1000 2000 was 6 due 900");
    }

    @Test
    void unschedule() {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.UNSCHEDULE_BYTES);
        CommandCodec.encodeUnschedule(body, 0, 6, 900, UnscheduleReason.NO_SUBSCRIPTION);
        assertRecord(12, "0000000000000006 0000000000000384 02", body, "unschedule 6 due 900 NO_SUBSCRIPTION");
    }

    @Test
    void remove() {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.REMOVE_BYTES);
        CommandCodec.encodeRemove(body, 0, 5, RemoveReason.CONNECTION_ENDED);
        assertRecord(5, "0000000000000005 04", body, "remove 5 CONNECTION_ENDED");
    }

    @Test
    void publishOnce() {
        String properties = "000e 80 0004 01 68 7631 03 0004 69643137";
        ByteBuffer frame = ByteBuffer.wrap(golden("64656d6f" + properties + "616263"));
        MessageView message =
                new MessageView().in(frame).topic(0, 4).properties(16).payload(20, 3);
        message.published(1000).expires(2000);
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.publishOnceBytes(message));
        CommandCodec.encodePublishOnce(body, 0, OWNER, message);
        assertRecord(
                9,
                TIMES_HEX + "80000003 0004 64656d6f" + properties + "616263" + OWNER_HEX,
                body,
                "publish demo abc 16 1000 2000",
                "once id17");
    }

    @Test
    void settings() {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.SETTINGS_BYTES);
        ReplicatedSettings settings = new ReplicatedSettings(7, 900, 120_000, 100_000, 1 << 20);
        CommandCodec.encodeSettings(body, 0, settings);
        assertRecord(
                7, "00000007 0000000000000384 000000000001d4c0 000186a0 0000000000100000", body, settings.toString());
    }

    @Test
    void clock() {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.CLOCK_BYTES).putLong(0, 1_000);
        assertRecord(8, "00000000000003e8", body, "clock 9 1000");
    }
}
