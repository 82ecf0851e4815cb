package io.blipmq.broker.journal;

import io.blipmq.broker.message.MessageView;
import io.blipmq.wal.NewerContentException;
import io.blipmq.wal.RecordKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One record of the journal, for people to look at; never whose it is. Immutable, but for the body, which is its maker's.
 *
 * @param command what it does, such as {@code publish}
 * @param topic null when it names none
 * @param name of a subscription that has one, else null
 * @param subscription its id, 0 when it names none
 * @param deliveryTag 0 when it names none; of a {@code due} and an {@code unschedule} the scheduled message's number
 * @param reason null when it gives none
 * @param publishedMillis 0 for what is no message; of a {@code clock} what the clock said
 * @param expiresMillis 0 is never; of a {@code schedule} and an {@code unschedule} when it is due
 * @param attempts of a dead letter
 * @param payload null for what is no message; a view of the body, valid as long as that is
 */
public record JournalRecord(
        String command,
        String topic,
        String name,
        long subscription,
        long deliveryTag,
        String reason,
        long publishedMillis,
        long expiresMillis,
        int attempts,
        ByteBuffer payload) {

    /** Reads a record; one that only a newer release can read is called by its type's number. */
    public static JournalRecord of(long sequence, int type, ByteBuffer body, int offset, int length) {
        View view = new View(body, offset);
        try {
            new CommandDecoder().decode(sequence, type, body, offset, length, 0, view);
        } catch (NewerContentException e) {
            return bare("type-" + type, null, null, 0, 0, null);
        }
        return view.record;
    }

    private static JournalRecord bare(
            String command, String topic, String name, long subscription, long deliveryTag, String reason) {
        return new JournalRecord(command, topic, name, subscription, deliveryTag, reason, 0, 0, 0, null);
    }

    /** Turns a command into the record. */
    private static final class View implements CommandHandler {
        private final ByteBuffer body;
        private final int offset;
        private JournalRecord record;

        View(ByteBuffer body, int offset) {
            this.body = body;
            this.offset = offset;
        }

        @Override
        public void onCheckpoint(ByteBuffer state) {
            throw new IllegalStateException("a record is no checkpoint");
        }

        @Override
        public void onPublish(long sequence, long position, MessageView message) {
            record = message("publish", text(message.topicOffset(), message.topicLength()), 0, 0, 0);
        }

        @Override
        public void onPublishOnce(long sequence, long position, OwnerId owner, MessageView message) {
            record = message("publish-once", text(message.topicOffset(), message.topicLength()), 0, 0, 0);
        }

        @Override
        public void onSubscribe(
                long sequence, OwnerId owner, byte[] topic, boolean filter, byte[] name, boolean endsWithConnection) {
            String shownName = name.length == 0 ? null : new String(name, StandardCharsets.UTF_8);
            record = bare(
                    filter ? "subscribe-filter" : "subscribe",
                    new String(topic, StandardCharsets.UTF_8),
                    shownName,
                    sequence,
                    0,
                    null);
        }

        @Override
        public void onSettle(
                long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason) {
            record = bare("settle", null, null, subscriptionId, deliveryTag, name(reason));
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
            long key = CommandCodec.locateKey(CommandCodec.DEAD_LETTER, body, offset, 0);
            String topic = text(
                    RecordKey.offset(key) + MessageKeys.LETTERS_HEAD_BYTES,
                    RecordKey.length(key) - MessageKeys.LETTERS_HEAD_BYTES);
            record = message("dead-letter", topic, subscriptionId, deliveryTag, attempts);
        }

        @Override
        public void onRedrive(StoredMessage copy, long subscriptionId, long deadLettersId, long letterTag) {
            record = message("redrive", null, subscriptionId, letterTag, 0);
        }

        @Override
        public void onRemove(long subscriptionId, RemoveReason reason) {
            record = bare("remove", null, null, subscriptionId, 0, name(reason));
        }

        @Override
        public void onSettings(ReplicatedSettings settings) {
            record = bare("settings", null, null, 0, 0, null);
        }

        @Override
        public void onClock(long sequence, long millis) {
            record = new JournalRecord("clock", null, null, 0, 0, null, millis, 0, 0, null);
        }

        @Override
        public void onSchedule(long sequence, long position, OwnerId owner, MessageView message, long dueMillis) {
            record = message("schedule", text(message.topicOffset(), message.topicLength()), 0, 0, 0);
        }

        @Override
        public void onDue(long sequence, long position, MessageView message, long number, long dueMillis) {
            record = message("due", text(message.topicOffset(), message.topicLength()), 0, number, 0);
        }

        @Override
        public void onUnschedule(long number, long dueMillis, UnscheduleReason reason) {
            record = new JournalRecord("unschedule", null, null, 0, number, name(reason), 0, dueMillis, 0, null);
        }

        private JournalRecord message(String command, String topic, long subscription, long tag, int attempts) {
            StoredMessage message = new StoredMessage();
            if (CommandCodec.decodeMessage(body, offset, message)) {
                CommandCodec.decodeProperties(body, offset + message.payloadOffset, message);
            }
            ByteBuffer payload = body.slice(offset + message.payloadOffset, message.payloadLength);
            return new JournalRecord(
                    command,
                    topic,
                    null,
                    subscription,
                    tag,
                    null,
                    message.publishedMillis,
                    message.expiresMillis,
                    attempts,
                    payload);
        }

        private String text(int start, int length) {
            byte[] bytes = new byte[length];
            body.get(start, bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private static String name(Enum<?> reason) {
            return reason.name().toLowerCase(Locale.ROOT);
        }
    }
}
