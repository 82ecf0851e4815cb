package io.blipmq.protocol.entry;

/**
 * What is wrong with entries or properties, as a negative number, so that a check that finds nothing costs no object.
 * Stateless.
 */
public final class PropertyProblem {
    /** Lengths that do not fit their place. */
    public static final int MALFORMED = -1;
    /** More than {@link PropertyLayout#BYTES_MAX}. */
    public static final int TOO_LONG = -2;
    /** A TTL that is not 8 bytes, or stands twice. */
    public static final int BAD_TTL = -3;
    /** A header whose name is longer than its property, or not UTF-8. */
    public static final int BAD_HEADER = -4;

    /** A reply-to that stands twice, or that nobody can publish to. */
    public static final int BAD_REPLY_TO = -5;
    /** A correlation that stands twice. */
    public static final int BAD_CORRELATION = -6;
    /** A publish id that is empty, too long, or stands twice. */
    public static final int BAD_PUBLISH_ID = -7;

    /** A deliver at that is not 8 bytes, or stands twice. */
    public static final int BAD_DELIVER_AT = -8;

    private static final int KEY_MASK = 0xff;
    private static final int UNKNOWN_KEY_BASE = -0x100;
    private static final int RESERVED_KEY_BASE = -0x200;

    private PropertyProblem() {}

    /** Something is asked for with a key that is not known here. */
    static int unknownKey(int key) {
        return UNKNOWN_KEY_BASE - key;
    }

    /** A key that is the broker's own. */
    static int reservedKey(int key) {
        return RESERVED_KEY_BASE - key;
    }

    public static boolean isUnknownKey(int problem) {
        return problem <= UNKNOWN_KEY_BASE && problem > RESERVED_KEY_BASE;
    }

    public static boolean isReservedKey(int problem) {
        return problem <= RESERVED_KEY_BASE;
    }

    public static int key(int problem) {
        return -problem & KEY_MASK;
    }
}
