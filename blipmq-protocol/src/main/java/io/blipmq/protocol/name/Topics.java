package io.blipmq.protocol.name;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a topic may be called. Stateless. */
public final class Topics {
    /** Long enough for any scheme of names, short enough to stand in every record and metric. */
    public static final int NAME_BYTES_MAX = 1024;

    /** Names that begin with this byte are the broker's own, {@code $dead-letter/…} among them. */
    public static final byte RESERVED_PREFIX = '$';

    /** What the name of a topic has in front of it where its dead letters are. */
    public static final String DEAD_LETTER_PREFIX = "$dead-letter/";

    private static final byte[] ENCODED_DEAD_LETTER_PREFIX = DEAD_LETTER_PREFIX.getBytes(StandardCharsets.UTF_8);

    private Topics() {}

    /** The longest name that can be subscribed to: a topic's, or that of the longest topic's dead letters. */
    public static int subscribableBytesMax(ByteBuffer buffer, int offset, int length) {
        return isDeadLetters(buffer, offset, length)
                ? ENCODED_DEAD_LETTER_PREFIX.length + NAME_BYTES_MAX
                : NAME_BYTES_MAX;
    }

    /** Whether replies can be published to a name: it can be published to, and is no filter of several topics. */
    public static boolean isForReplies(ByteBuffer buffer, int offset, int length) {
        return length > 0
                && length <= NAME_BYTES_MAX
                && buffer.get(offset) != RESERVED_PREFIX
                && Utf8.isValid(buffer, offset, length)
                && !TopicFilter.hasWildcard(buffer, offset, length);
    }

    /** The name of the topic that takes the letters of those who read a topic, or a filter, of this name. */
    public static byte[] deadLetterName(byte[] name) {
        byte[] prefix = ENCODED_DEAD_LETTER_PREFIX;
        byte[] result = Arrays.copyOf(prefix, prefix.length + name.length);
        System.arraycopy(name, 0, result, prefix.length, name.length);
        return result;
    }

    /** A name without the prefix of dead letters, if it has that. */
    public static byte[] originName(byte[] name) {
        return Arrays.copyOfRange(name, isDeadLetters(name) ? ENCODED_DEAD_LETTER_PREFIX.length : 0, name.length);
    }

    /** As {@link #isDeadLetters(ByteBuffer, int, int)}. */
    public static boolean isDeadLetters(byte[] name) {
        return isDeadLetters(ByteBuffer.wrap(name), 0, name.length);
    }

    /** Whether a name has the prefix of dead letters, and something behind it. */
    public static boolean isDeadLetters(ByteBuffer buffer, int offset, int length) {
        byte[] prefix = ENCODED_DEAD_LETTER_PREFIX;
        if (length <= prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (buffer.get(offset + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
