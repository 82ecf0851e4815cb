package io.blipmq.protocol;

/** What a topic may be called. Stateless. */
public final class Topics {
    /** Long enough for any scheme of names, short enough to stand in every record and metric. */
    public static final int NAME_BYTES_MAX = 1024;

    /** Names that begin with this byte are the broker's own, {@code $dead-letter/…} among them. */
    public static final byte RESERVED_PREFIX = '$';

    private Topics() {}
}
