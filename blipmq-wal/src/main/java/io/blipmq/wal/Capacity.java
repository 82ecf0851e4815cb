package io.blipmq.wal;

/** Whether the log takes another record now. */
public enum Capacity {
    /** Its place in memory and on disk is claimed until the next call. */
    YES,
    /** Not now: too much waits to be stored, or the next segment is not prepared yet. Ask again after progress. */
    BUSY,
    /** The disk has no room for another segment. */
    FULL
}
