package io.blipmq.broker.simulation;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.message.MessageView;
import io.blipmq.protocol.entry.PropertyLayout;
import java.nio.ByteBuffer;

/**
 * A journalled command as the simulation compares it. Immutable. What a kind does not have is 0 or null.
 *
 * @param sequence the command's number; 0 for those that are handed back without it
 * @param owner of a subscription; of a message with a publish id its publisher
 * @param tag of the message that is settled or moved, of the letter that is redriven
 * @param text a message's properties, those of a dead letter, a subscription's name
 * @param flag whether a message is redriven, whether a subscription ends with its connection
 * @param length of the payload of a settled message
 * @param code the reason, or the attempts of a dead letter
 * @param letters the dead-letter subscription of a redrive; of a scheduled message that ends when it is due
 */
record Command(
        Kind kind,
        long sequence,
        long subscription,
        long tag,
        String topic,
        OwnerId owner,
        String text,
        boolean flag,
        String payload,
        long millis,
        long expiresMillis,
        int length,
        int code,
        long letters) {

    enum Kind {
        PUBLISH,
        SUBSCRIBE,
        SETTLE,
        DEAD_LETTER,
        REDRIVE,
        REMOVE,
        SETTINGS,
        CLOCK,
        SCHEDULE,
        DUE,
        UNSCHEDULE
    }

    static Command publish(long sequence, MessageView message) {
        int propertiesBytes = message.propertiesBytes();
        return publish(
                sequence,
                Texts.of(message.buffer(), message.topicOffset(), message.topicLength()),
                Texts.hex(message.buffer(), message.payloadOffset() - propertiesBytes, propertiesBytes),
                Texts.of(message.buffer(), message.payloadOffset(), message.payloadLength()),
                message.publishedMillis(),
                message.expiresMillis());
    }

    static Command publish(
            long sequence, String topic, String properties, String payload, long publishedMillis, long expiresMillis) {
        return new Command(
                Kind.PUBLISH,
                sequence,
                0,
                0,
                topic,
                null,
                properties,
                false,
                payload,
                publishedMillis,
                expiresMillis,
                0,
                0,
                0);
    }

    /** A message with a publish id. */
    static Command publishOnce(long sequence, OwnerId owner, MessageView message) {
        return publish(sequence, message).by(owner);
    }

    private Command by(OwnerId publisher) {
        return new Command(
                kind, sequence, 0, 0, topic, publisher, text, false, payload, millis, expiresMillis, 0, 0, 0);
    }

    /** Null when it is no message that has one. */
    ModelPublishIds.Key publishId() {
        return kind == Kind.PUBLISH && owner != null ? publishId(owner, topic, Texts.fromHex(text.substring(4))) : null;
    }

    /** Null when the properties have none. */
    static ModelPublishIds.Key publishId(OwnerId owner, String topic, byte[] properties) {
        ByteBuffer buffer = ByteBuffer.wrap(properties);
        int at = PropertyLayout.find(buffer, 0, properties.length, PropertyLayout.PUBLISH_ID_KEY);
        if (at < 0) {
            return null;
        }
        String id = Texts.of(buffer, PropertyLayout.valueOffset(at), PropertyLayout.valueLength(buffer, at));
        return new ModelPublishIds.Key(owner, topic, id);
    }

    static Command subscribe(long sequence, OwnerId owner, String topic, String name, boolean endsWithConnection) {
        return new Command(Kind.SUBSCRIBE, sequence, 0, 0, topic, owner, name, endsWithConnection, null, 0, 0, 0, 0, 0);
    }

    static Command settle(long subscription, long tag, boolean redriven, int length, int reason) {
        return new Command(
                Kind.SETTLE, 0, subscription, tag, null, null, null, redriven, null, 0, 0, length, reason, 0);
    }

    static Command deadLetter(
            long sequence,
            long subscription,
            long tag,
            String properties,
            boolean redriven,
            int attempts,
            long expiresMillis) {
        return new Command(
                Kind.DEAD_LETTER,
                sequence,
                subscription,
                tag,
                null,
                null,
                properties,
                redriven,
                null,
                0,
                expiresMillis,
                0,
                attempts,
                0);
    }

    static Command redrive(long sequence, long subscription, long letters, long letterTag, long expiresMillis) {
        return new Command(
                Kind.REDRIVE,
                sequence,
                subscription,
                letterTag,
                null,
                null,
                null,
                false,
                null,
                0,
                expiresMillis,
                0,
                0,
                letters);
    }

    /** Without what of a moved message only its record says. */
    Command handedBack() {
        return switch (kind) {
            case DEAD_LETTER -> deadLetter(sequence, subscription, tag, null, flag, code, 0);
            case REDRIVE -> redrive(sequence, subscription, letters, tag, 0);
            default -> this;
        };
    }

    /** Whether the other is this one as it is handed back. */
    boolean isHandedBackAs(Command other) {
        return handedBack().equals(other);
    }

    static Command settings(String text) {
        return new Command(Kind.SETTINGS, 0, 0, 0, null, null, text, false, null, 0, 0, 0, 0, 0);
    }

    static Command clock(long sequence, long millis) {
        return new Command(Kind.CLOCK, sequence, 0, 0, null, null, null, false, null, millis, 0, 0, 0, 0);
    }

    /** @param owner whose key it is published with; when it is due takes the place of when it expires */
    static Command schedule(long sequence, OwnerId owner, MessageView message, long dueMillis) {
        Command published = publish(sequence, message);
        return schedule(
                sequence, owner, published.topic, published.text, published.payload, published.millis, dueMillis);
    }

    static Command schedule(
            long sequence,
            OwnerId owner,
            String topic,
            String properties,
            String payload,
            long publishedMillis,
            long dueMillis) {
        return new Command(
                Kind.SCHEDULE,
                sequence,
                0,
                0,
                topic,
                owner,
                properties,
                false,
                payload,
                publishedMillis,
                dueMillis,
                0,
                0,
                0);
    }

    /** @param number of the scheduled message, whose content is its own */
    static Command due(
            long sequence, long number, String topic, long publishedMillis, long expiresMillis, long dueMillis) {
        return new Command(
                Kind.DUE,
                sequence,
                0,
                number,
                topic,
                null,
                null,
                false,
                null,
                publishedMillis,
                expiresMillis,
                0,
                0,
                dueMillis);
    }

    static Command unschedule(long number, long dueMillis, int reason) {
        return new Command(Kind.UNSCHEDULE, 0, 0, number, null, null, null, false, null, 0, 0, 0, reason, dueMillis);
    }

    static Command remove(long subscription, int reason) {
        return new Command(Kind.REMOVE, 0, subscription, 0, null, null, null, false, null, 0, 0, 0, reason, 0);
    }

    /** Whether the daemon forces for it; the others ride along. */
    boolean wantsForce() {
        return kind != Kind.SETTLE && kind != Kind.CLOCK;
    }
}
