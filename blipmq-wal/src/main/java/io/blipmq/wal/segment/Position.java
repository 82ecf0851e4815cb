package io.blipmq.wal.segment;

/**
 * Where bytes of the log stand, in one long: the segment's ordinal number and the offset in it. Positions compare as the
 * log is ordered, and stay true across restarts because ordinals are written in the segments' headers.
 */
public final class Position {

    public static long of(int ordinal, int offset) {
        return (long) ordinal << 32 | offset;
    }

    public static int ordinal(long position) {
        return (int) (position >>> 32);
    }

    public static int offset(long position) {
        return (int) position;
    }

    private Position() {}
}
