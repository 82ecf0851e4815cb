package io.blipmq.broker.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.message.MessageView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What people see of a record, whose body stands anywhere in a buffer. */
class JournalRecordTest {
    private static final int AT = 24;
    private static final byte[] PROPERTIES = {(byte) 0x91, 0, 2, 0, 5};

    private final ByteBuffer buffer = ByteBuffer.allocate(512);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ByteBuffer payload) {
        return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
    }

    @Test
    void publish() {
        ByteBuffer frame = ByteBuffer.wrap(bytes("demopayload"));
        MessageView message = new MessageView().in(frame).topic(0, 4).payload(4, 7);
        CommandCodec.encodePublish(buffer, AT, message.published(1000).expires(2000));

        JournalRecord record =
                JournalRecord.of(9, CommandCodec.PUBLISH, buffer, AT, CommandCodec.publishBytes(message));

        assertThat(record.command()).isEqualTo("publish");
        assertThat(record.topic()).isEqualTo("demo");
        assertThat(record.publishedMillis()).isEqualTo(1000);
        assertThat(record.expiresMillis()).isEqualTo(2000);
        assertThat(text(record.payload())).isEqualTo("payload");
    }

    @Test
    void publishOnceShowsItsTopicAndNotItsOwner() {
        ByteBuffer frame = ByteBuffer.wrap(new byte[] {'d', 'e', 'm', 'o', 0, 5, 3, 0, 2, 'i', 'd', 'x'});
        MessageView message =
                new MessageView().in(frame).topic(0, 4).properties(7).payload(11, 1);
        CommandCodec.encodePublishOnce(buffer, AT, OwnerId.ofKey(bytes("secret")), message.published(1000));

        JournalRecord record =
                JournalRecord.of(9, CommandCodec.PUBLISH_ONCE, buffer, AT, CommandCodec.publishOnceBytes(message));

        assertThat(record.command()).isEqualTo("publish-once");
        assertThat(record.topic()).isEqualTo("demo");
        assertThat(record.publishedMillis()).isEqualTo(1000);
        assertThat(text(record.payload())).isEqualTo("x");
    }

    @Test
    void aDeadLetterShowsItsTopicAndNotItsOwner() {
        byte[] key = MessageKeys.ofLetters(OwnerId.ofKey(bytes("secret")), bytes("$dead-letter/demo"));
        StoredMessage message = new StoredMessage();
        message.sequence = 7;
        message.publishedMillis = 1000;
        message.payloadLength = 4;
        int payload = CommandCodec.encodeDeadLetter(buffer, AT, 3, false, 5, key, message, PROPERTIES, 0);
        buffer.put(payload, bytes("body"));

        JournalRecord record = JournalRecord.of(
                9, CommandCodec.DEAD_LETTER, buffer, AT, CommandCodec.deadLetterBytes(key, PROPERTIES, 4));

        assertThat(record.command()).isEqualTo("dead-letter");
        assertThat(record.topic()).isEqualTo("$dead-letter/demo");
        assertThat(record.subscription()).isEqualTo(3);
        assertThat(record.deliveryTag()).isEqualTo(7);
        assertThat(record.attempts()).isEqualTo(5);
        assertThat(text(record.payload())).isEqualTo("body");
    }

    @Test
    void aScheduledMessageAndItsEnd() {
        ByteBuffer frame = ByteBuffer.wrap(bytes("demopayload"));
        MessageView message =
                new MessageView().in(frame).topic(0, 4).payload(4, 7).published(1000);
        byte[] key = MessageKeys.ofScheduled(DueTimes.bucketOf(2000));
        CommandCodec.encodeSchedule(buffer, AT, key, message, 2000, OwnerId.ofKey(bytes("secret")));
        JournalRecord schedule =
                JournalRecord.of(9, CommandCodec.SCHEDULE, buffer, AT, CommandCodec.scheduleBytes(key, message));
        assertThat(schedule.command()).isEqualTo("schedule");
        assertThat(schedule.topic()).isEqualTo("demo");
        assertThat(schedule.publishedMillis()).isEqualTo(1000);
        assertThat(schedule.expiresMillis()).isEqualTo(2000);
        assertThat(text(schedule.payload())).isEqualTo("payload");

        StoredMessage scheduled = new StoredMessage();
        scheduled.sequence = 9;
        scheduled.payloadLength = 7;
        int content = CommandCodec.encodeDue(buffer, AT, bytes("demo"), scheduled, 2001, 0);
        buffer.put(content, bytes("payload"));
        JournalRecord due =
                JournalRecord.of(10, CommandCodec.DUE, buffer, AT, CommandCodec.dueBytes(bytes("demo"), scheduled));
        assertThat(due.command()).isEqualTo("due");
        assertThat(due.topic()).isEqualTo("demo");
        assertThat(due.deliveryTag()).isEqualTo(9);
        assertThat(text(due.payload())).isEqualTo("payload");

        CommandCodec.encodeUnschedule(buffer, AT, 9, 2000, UnscheduleReason.CANCELLED);
        assertThat(JournalRecord.of(11, CommandCodec.UNSCHEDULE, buffer, AT, CommandCodec.UNSCHEDULE_BYTES))
                .isEqualTo(new JournalRecord("unschedule", null, null, 0, 9, "cancelled", 0, 2000, 0, null));
    }

    @Test
    void settleAndRemove() {
        CommandCodec.encodeSettle(buffer, AT, 3, 7, false, 4, SettleReason.ACKNOWLEDGED);
        JournalRecord settle = JournalRecord.of(9, CommandCodec.SETTLE, buffer, AT, CommandCodec.SETTLE_BYTES);
        CommandCodec.encodeRemove(buffer, AT, 3, RemoveReason.DROPPED);
        JournalRecord remove = JournalRecord.of(9, CommandCodec.REMOVE, buffer, AT, CommandCodec.REMOVE_BYTES);

        assertThat(settle).isEqualTo(new JournalRecord("settle", null, null, 3, 7, "acknowledged", 0, 0, 0, null));
        assertThat(remove).isEqualTo(new JournalRecord("remove", null, null, 3, 0, "dropped", 0, 0, 0, null));
    }

    @Test
    void aRecordOfAnotherVersionIsCalledByItsNumber() {
        assertThat(JournalRecord.of(9, 77, buffer, AT, 8).command()).isEqualTo("type-77");
    }
}
