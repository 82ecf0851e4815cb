package io.blipmq.protocol.name;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A filter of topics, as MQTT has them: levels parted by {@code /}, {@code +} for any one level, {@code #} at the end for all
 * that follow, none included (MQTT 5.0, 4.7.1). Immutable.
 *
 * <p>A name that contains {@code +}, {@code #} or U+0000 matches no filter, and one that begins with {@code $} none that
 * begins with a wildcard.
 */
public final class TopicFilter {
    /** Levels that a filter may have. */
    public static final int LEVELS_MAX = 128;

    public static final byte SEPARATOR = '/';
    public static final byte ONE_LEVEL = '+';
    public static final byte ALL_LEVELS = '#';

    private final byte[] text;
    private final boolean beginsWithWildcard;

    private TopicFilter(byte[] text) {
        this.text = text;
        this.beginsWithWildcard = text[0] == ONE_LEVEL || text[0] == ALL_LEVELS;
    }

    /** @param text in UTF-8, in which {@link #problem} has found none */
    public static TopicFilter of(byte[] text) {
        return new TopicFilter(text);
    }

    /**
     * What is wrong with a filter, and where.
     *
     * @param buffer holds it at an absolute offset, in UTF-8
     * @param length at least 1
     * @return null when nothing is
     */
    public static String problem(ByteBuffer buffer, int offset, int length) {
        int levels = 1;
        int levelStart = 0;
        for (int i = 0; i < length; i++) {
            byte at = buffer.get(offset + i);
            boolean last = i + 1 == length;
            boolean alone = i == levelStart && (last || buffer.get(offset + i + 1) == SEPARATOR);
            if (at == 0) {
                return problem("contains U+0000", i);
            } else if (at == ALL_LEVELS && !(alone && last)) {
                return problem("has a '#' that is not the whole last level", i);
            } else if (at == ONE_LEVEL && !alone) {
                return problem("has a '+' that is not a whole level", i);
            } else if (at == SEPARATOR && (i == levelStart || last)) {
                return problem("has an empty level", i == levelStart ? i : i + 1);
            } else if (at == SEPARATOR) {
                levels++;
                levelStart = i + 1;
            }
            if (levels > LEVELS_MAX) {
                return problem("has more than " + LEVELS_MAX + " levels", i);
            }
        }
        return null;
    }

    private static String problem(String what, int at) {
        return "the filter " + what + " (at byte " + at + ")";
    }

    /** Whether a level is {@code +} or {@code #}, as people write filters. */
    public static boolean hasWildcard(ByteBuffer buffer, int offset, int length) {
        for (int i = offset, end = offset + length; i < end; i++) {
            byte found = buffer.get(i);
            boolean begins = i == offset || buffer.get(i - 1) == SEPARATOR;
            boolean ends = i + 1 == end || buffer.get(i + 1) == SEPARATOR;
            if (begins && ends && (found == ONE_LEVEL || found == ALL_LEVELS)) {
                return true;
            }
        }
        return false;
    }

    /** Whether any filter can match a name. */
    public static boolean isMatchable(ByteBuffer name, int offset, int length) {
        for (int i = offset, end = offset + length; i < end; i++) {
            byte found = name.get(i);
            if (found == ONE_LEVEL || found == ALL_LEVELS || found == 0) {
                return false;
            }
        }
        return true;
    }

    /** In UTF-8; not to be changed. */
    public byte[] text() {
        return text;
    }

    /** Whether no topic that begins with {@code $} matches. */
    public boolean beginsWithWildcard() {
        return beginsWithWildcard;
    }

    /** What every name that matches begins with; perhaps nothing. */
    public byte[] prefix() {
        int end = 0;
        while (end < text.length && text[end] != ONE_LEVEL && text[end] != ALL_LEVELS) {
            end++;
        }
        // "a/#" matches "a", too
        boolean parent = end > 0 && end < text.length && text[end] == ALL_LEVELS;
        return Arrays.copyOf(text, parent ? end - 1 : end);
    }

    public boolean matches(byte[] name) {
        return matches(ByteBuffer.wrap(name), 0, name.length);
    }

    /** Whether a topic's name matches, which a buffer holds at an absolute offset. */
    public boolean matches(ByteBuffer name, int offset, int length) {
        boolean hidden = beginsWithWildcard && length > 0 && name.get(offset) == Topics.RESERVED_PREFIX;
        return !hidden && isMatchable(name, offset, length) && matchesLevels(name, offset, offset + length);
    }

    private boolean matchesLevels(ByteBuffer name, int start, int end) {
        int at = start;
        int own = 0;
        while (text[own] != ALL_LEVELS) {
            if (text[own] == ONE_LEVEL) {
                at = levelEnd(name, at, end);
                own++;
            } else {
                for (; own < text.length && text[own] != SEPARATOR; own++, at++) {
                    if (at == end || name.get(at) != text[own]) {
                        return false;
                    }
                }
            }
            boolean ends = own == text.length;
            if (at == end) {
                return ends || own + 2 == text.length && text[own + 1] == ALL_LEVELS;
            }
            if (ends || name.get(at) != SEPARATOR) {
                return false;
            }
            own++;
            at++;
        }
        return true;
    }

    /** Where a level of a name ends that begins here. */
    public static int levelEnd(ByteBuffer name, int start, int end) {
        int at = start;
        while (at < end && name.get(at) != SEPARATOR) {
            at++;
        }
        return at;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicFilter filter && Arrays.equals(text, filter.text);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(text);
    }

    @Override
    public String toString() {
        return new String(text, StandardCharsets.UTF_8);
    }
}
