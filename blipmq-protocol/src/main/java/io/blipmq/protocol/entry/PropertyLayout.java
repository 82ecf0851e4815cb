package io.blipmq.protocol.entry;

import io.blipmq.protocol.name.Topics;
import io.blipmq.protocol.name.Utf8;
import java.nio.ByteBuffer;

/**
 * Where the fields of properties stand, and which there are. Stateless. Properties are a sequence of
 * {@code u8 key, u16 length, value}.
 *
 * <pre>
 * 0x01  u64                                  TTL in milliseconds; once
 * 0x02  u64                                  deliver at, milliseconds since 1970; once
 * 0x03  1 to 64 bytes                        publish id: what is sent again under it is stored once; once
 * 0x80  u8 name length, name (UTF-8), value  a user's header; any number, in order
 * 0x81  text                                 reply to: the topic that replies are published to; once
 * 0x82  bytes                                correlation: what a reply repeats, so that its request is known; once
 * 0x90  u64                                  dead letter: the subscription it failed in
 * 0x91  u16                                  dead letter: how often it had been delivered there
 * 0x92  text                                 dead letter: why it is one
 * 0x93  u64                                  dead letter: when it became one, milliseconds since 1970
 * 0x95  text                                 the topic of a message of a filter's that is or was a dead letter
 * </pre>
 *
 * <p>A key below 0x80 asks something of the broker, which refuses those it does not know. From 0x80 on they are stored and
 * delivered as they came, except that 0x90 to 0x9f are the broker's own to write.
 */
public final class PropertyLayout {
    /** Before the value: key and length. */
    public static final int HEADER_BYTES = 3;
    /** What a client may publish with one message: far more than headers need, little beside a frame. */
    public static final int BYTES_MAX = 32 * 1024;

    public static final int TTL_KEY = 0x01;
    public static final int TTL_BYTES = 8;

    public static final int DELIVER_AT_KEY = 0x02;
    public static final int DELIVER_AT_BYTES = 8;
    /** What {@link #checkPublished} answers, beside problems, when a message says when it is to be delivered. */
    public static final int ASKS_DELIVER_AT = 1;

    public static final int PUBLISH_ID_KEY = 0x03;
    /** Enough for any digest, or a UUID in letters. */
    public static final int PUBLISH_ID_BYTES_MAX = 64;

    /** The first key that asks nothing of the broker. */
    public static final int PASSIVE_KEY_MIN = 0x80;

    public static final int HEADER_KEY = 0x80;
    public static final int HEADER_NAME_OFFSET = 1;
    /** What its u8 length can say. */
    public static final int HEADER_NAME_BYTES_MAX = 255;

    public static final int REPLY_TO_KEY = 0x81;
    public static final int CORRELATION_KEY = 0x82;

    public static final int RESERVED_KEY_MIN = 0x90;
    public static final int RESERVED_KEY_MAX = 0x9f;
    public static final int DEAD_LETTER_SUBSCRIPTION_KEY = 0x90;
    public static final int DEAD_LETTER_ATTEMPTS_KEY = 0x91;
    public static final int DEAD_LETTER_REASON_KEY = 0x92;
    public static final int DEAD_LETTER_MILLIS_KEY = 0x93;
    /** The topic that a message was published to, where neither its place nor its frame says it. */
    public static final int TOPIC_KEY = 0x95;
    /** Kept with a dead letter, however long it waits. */
    public static final int DEAD_LETTER_REASON_BYTES_MAX = 1024;

    private static final int DELIVER_AT_BIT = 8;

    private PropertyLayout() {}

    public static int key(ByteBuffer buffer, int offset) {
        return Byte.toUnsignedInt(buffer.get(offset));
    }

    public static int valueLength(ByteBuffer buffer, int offset) {
        return Short.toUnsignedInt(buffer.getShort(offset + 1));
    }

    public static int valueOffset(int offset) {
        return offset + HEADER_BYTES;
    }

    /** Where the property after this one begins. */
    public static int next(ByteBuffer buffer, int offset) {
        return offset + HEADER_BYTES + valueLength(buffer, offset);
    }

    /** @return where the first property with a key begins, or -1 */
    public static int find(ByteBuffer buffer, int from, int to, int key) {
        for (int at = from; at < to; at = next(buffer, at)) {
            if (key(buffer, at) == key) {
                return at;
            }
        }
        return -1;
    }

    /**
     * Checks what a message is published with.
     *
     * @return a negative {@link PropertyProblem}; or else {@link #ASKS_DELIVER_AT}, or 0
     */
    public static int checkPublished(ByteBuffer buffer, int from, int to) {
        int problem = checkForm(buffer, from, to);
        int seen = 0;
        for (int at = from; problem == 0 && at < to; at = next(buffer, at)) {
            int key = key(buffer, at);
            int once = onceBit(key);
            problem = (seen & once) != 0 ? problemOf(key) : checkValue(buffer, at, key);
            seen |= once;
        }
        return problem == 0 && (seen & DELIVER_AT_BIT) != 0 ? ASKS_DELIVER_AT : problem;
    }

    /** @return 0 when a request that knows no property may carry these, or a {@link PropertyProblem} */
    public static int checkNoneAsked(ByteBuffer buffer, int from, int to) {
        int problem = checkForm(buffer, from, to);
        for (int at = from; problem == 0 && at < to; at = next(buffer, at)) {
            int key = key(buffer, at);
            problem = key < PASSIVE_KEY_MIN ? PropertyProblem.unknownKey(key) : 0;
        }
        return problem;
    }

    /** @return 0 when properties fill a region, whatever they are, or a {@link PropertyProblem} */
    public static int checkForm(ByteBuffer buffer, int from, int to) {
        if (to - from > BYTES_MAX) {
            return PropertyProblem.TOO_LONG;
        }
        int at = from;
        while (at < to) {
            if (to - at < HEADER_BYTES || to - at - HEADER_BYTES < valueLength(buffer, at)) {
                return PropertyProblem.MALFORMED;
            }
            at = next(buffer, at);
        }
        return 0;
    }

    /** A bit of its own for each key that a message has once at most, 0 for the others. */
    private static int onceBit(int key) {
        return switch (key) {
            case TTL_KEY -> 1;
            case REPLY_TO_KEY -> 2;
            case CORRELATION_KEY -> 4;
            case PUBLISH_ID_KEY -> 16;
            case DELIVER_AT_KEY -> DELIVER_AT_BIT;
            default -> 0;
        };
    }

    private static int problemOf(int key) {
        return switch (key) {
            case TTL_KEY -> PropertyProblem.BAD_TTL;
            case PUBLISH_ID_KEY -> PropertyProblem.BAD_PUBLISH_ID;
            case HEADER_KEY -> PropertyProblem.BAD_HEADER;
            case REPLY_TO_KEY -> PropertyProblem.BAD_REPLY_TO;
            case CORRELATION_KEY -> PropertyProblem.BAD_CORRELATION;
            case DELIVER_AT_KEY -> PropertyProblem.BAD_DELIVER_AT;
            default -> key < PASSIVE_KEY_MIN ? PropertyProblem.unknownKey(key) : PropertyProblem.reservedKey(key);
        };
    }

    private static int checkValue(ByteBuffer buffer, int at, int key) {
        boolean fine = switch (key) {
            case TTL_KEY -> valueLength(buffer, at) == TTL_BYTES;
            case PUBLISH_ID_KEY -> isPublishIdLength(valueLength(buffer, at));
            case DELIVER_AT_KEY -> valueLength(buffer, at) == DELIVER_AT_BYTES;
            case HEADER_KEY -> isHeader(buffer, at);
            case REPLY_TO_KEY -> Topics.isForReplies(buffer, valueOffset(at), valueLength(buffer, at));
            default -> key >= PASSIVE_KEY_MIN && (key < RESERVED_KEY_MIN || key > RESERVED_KEY_MAX);
        };
        return fine ? 0 : problemOf(key);
    }

    /** Whether a publish id may have so many bytes. */
    public static boolean isPublishIdLength(int bytes) {
        return bytes >= 1 && bytes <= PUBLISH_ID_BYTES_MAX;
    }

    private static boolean isHeader(ByteBuffer buffer, int at) {
        int length = valueLength(buffer, at);
        if (length < HEADER_NAME_OFFSET) {
            return false;
        }
        int value = valueOffset(at);
        int nameLength = Byte.toUnsignedInt(buffer.get(value));
        return nameLength <= length - HEADER_NAME_OFFSET
                && Utf8.isValid(buffer, value + HEADER_NAME_OFFSET, nameLength);
    }
}
