package io.blipmq.broker;

import io.blipmq.broker.journal.CommandCodec;
import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.DueTimes;
import io.blipmq.broker.journal.MessageKeys;
import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.RemoveReason;
import io.blipmq.broker.journal.ReplicatedSettings;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.broker.journal.UnscheduleReason;
import io.blipmq.broker.message.MessageView;
import io.blipmq.protocol.name.TopicFilter;
import io.blipmq.wal.RecordKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Predicate;

/** A command log of a test: encodes commands as the real one does, each into a buffer of its own, and finds them there. */
abstract class EncodedCommands implements CommandLog, MessageStore {
    /** @return the command's number, or a refusal */
    abstract long append(int type, ByteBuffer body);

    /** The type of the command with this number. */
    abstract int type(long number);

    /** Its body; of no bytes when it is forgotten. */
    abstract ByteBuffer body(long number);

    /** The body of the command that a message is from, which must be readable. */
    abstract ByteBuffer body(StoredMessage message);

    /** Where the key is in the body of the command with this number, or {@link RecordKey#NONE}. */
    final long locateKey(long number) {
        ByteBuffer body = body(number);
        return body.capacity() == 0 ? RecordKey.NONE : CommandCodec.locateKey(type(number), body, 0, body.capacity());
    }

    /** The key that is located in a body. */
    static byte[] key(ByteBuffer body, long located) {
        byte[] key = new byte[RecordKey.length(located)];
        body.get(RecordKey.offset(located), key);
        return key;
    }

    @Override
    public long appendPublish(MessageView message) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.publishBytes(message));
        CommandCodec.encodePublish(body, 0, message);
        return append(CommandCodec.PUBLISH, body);
    }

    @Override
    public long appendPublishOnce(OwnerId owner, MessageView message) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.publishOnceBytes(message));
        CommandCodec.encodePublishOnce(body, 0, owner, message);
        return append(CommandCodec.PUBLISH_ONCE, body);
    }

    @Override
    public long appendSubscribe(OwnerId owner, byte[] topic, boolean filter, byte[] name, boolean endsWithConnection) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.subscribeBytes(topic, name));
        CommandCodec.encodeSubscribe(body, 0, owner, topic, filter, name, endsWithConnection);
        return append(CommandCodec.SUBSCRIBE, body);
    }

    @Override
    public long appendSettle(
            long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.SETTLE_BYTES);
        CommandCodec.encodeSettle(body, 0, subscriptionId, deliveryTag, redriven, payloadLength, reason);
        return append(CommandCodec.SETTLE, body);
    }

    @Override
    public long appendDeadLetter(
            long subscriptionId,
            boolean redriven,
            int attempts,
            byte[] key,
            StoredMessage message,
            byte[] properties,
            long expiresMillis) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.deadLetterBytes(key, properties, message.payloadLength));
        int payload = CommandCodec.encodeDeadLetter(
                body, 0, subscriptionId, redriven, attempts, key, message, properties, expiresMillis);
        readPayload(message, body.duplicate().position(payload));
        return append(CommandCodec.DEAD_LETTER, body);
    }

    @Override
    public long appendRedrive(
            long subscriptionId,
            long deadLettersId,
            byte[] key,
            StoredMessage letter,
            byte[] properties,
            long expiresMillis) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.redriveBytes(key, properties, letter.payloadLength));
        int payload = CommandCodec.encodeRedrive(
                body, 0, subscriptionId, deadLettersId, key, letter, properties, expiresMillis);
        readPayload(letter, body.duplicate().position(payload));
        return append(CommandCodec.REDRIVE, body);
    }

    @Override
    public long appendSchedule(OwnerId owner, MessageView message, long dueMillis) {
        byte[] key = MessageKeys.ofScheduled(DueTimes.bucketOf(dueMillis));
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.scheduleBytes(key, message));
        CommandCodec.encodeSchedule(body, 0, key, message, dueMillis, owner);
        return append(CommandCodec.SCHEDULE, body);
    }

    @Override
    public long appendDue(StoredMessage scheduled, byte[] topic, long publishedMillis, long expiresMillis) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.dueBytes(topic, scheduled));
        int content = CommandCodec.encodeDue(body, 0, topic, scheduled, publishedMillis, expiresMillis);
        readContent(scheduled, body.duplicate().position(content));
        return append(CommandCodec.DUE, body);
    }

    @Override
    public long appendUnschedule(long number, long dueMillis, UnscheduleReason reason) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.UNSCHEDULE_BYTES);
        CommandCodec.encodeUnschedule(body, 0, number, dueMillis, reason);
        return append(CommandCodec.UNSCHEDULE, body);
    }

    @Override
    public long appendRemove(long subscriptionId, RemoveReason reason) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.REMOVE_BYTES);
        CommandCodec.encodeRemove(body, 0, subscriptionId, reason);
        return append(CommandCodec.REMOVE, body);
    }

    @Override
    public long appendSettings(ReplicatedSettings settings) {
        ByteBuffer body = ByteBuffer.allocate(CommandCodec.SETTINGS_BYTES);
        CommandCodec.encodeSettings(body, 0, settings);
        return append(CommandCodec.SETTINGS, body);
    }

    @Override
    public long appendClock(long millis) {
        return append(
                CommandCodec.CLOCK,
                ByteBuffer.allocate(CommandCodec.CLOCK_BYTES).putLong(0, millis));
    }

    // --- what is read again

    @Override
    public final int find(byte[] key, long fromSequence, long throughSequence, long[] sequences, long[] positions) {
        return find(found -> Arrays.equals(found, key), fromSequence, throughSequence, sequences, positions);
    }

    @Override
    public final int find(
            TopicFilter filter, long fromSequence, long throughSequence, long[] sequences, long[] positions) {
        return find(
                found -> MessageKeys.isTopic(found) && filter.matches(found),
                fromSequence,
                throughSequence,
                sequences,
                positions);
    }

    @Override
    public final long searchedThrough() {
        return Long.MAX_VALUE;
    }

    int find(Predicate<byte[]> wanted, long fromSequence, long throughSequence, long[] sequences, long[] positions) {
        int found = 0;
        long through = Math.min(throughSequence, findableThrough());
        for (long number = fromSequence; number <= through && found < sequences.length; number++) {
            long located = locateKey(number);
            if (located != RecordKey.NONE && wanted.test(key(body(number), located))) {
                sequences[found] = number;
                positions[found++] = number << 32;
            }
        }
        return found;
    }

    @Override
    public void readMessage(StoredMessage message) {
        if (CommandCodec.decodeMessage(body(message), 0, message)) {
            CommandCodec.decodeProperties(body(message), message.payloadOffset, message);
        }
    }

    @Override
    public final void read(StoredMessage message, int offset, int length, ByteBuffer target) {
        target.put(target.position(), body(message), message.payloadOffset + offset, length);
        target.position(target.position() + length);
    }
}
