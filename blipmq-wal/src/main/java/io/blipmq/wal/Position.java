package io.blipmq.wal;

/**
 * Where bytes of the log stand, in one long: the segment's ordinal number and the offset in it. Positions compare as the
 * log is ordered, and stay true across restarts because ordinals are written in the segments' headers.
 */
final class Position {

    static long of(int ordinal, int offset) {
        return (long) ordinal << 32 | offset;
    }

    static int ordinal(long position) {
        return (int) (position >>> 32);
    }

    static int offset(long position) {
        return (int) position;
    }

    private Position() {}
}
