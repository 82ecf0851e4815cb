package io.blipmq.broker.journal;

import io.blipmq.wal.LiveRecords;
import java.nio.ByteBuffer;

/** Keeps the state that commands have led to, so that a start need not replay them all. Owned by the core thread. */
public interface Snapshots {
    /**
     * Whether enough has happened since the last one for another one.
     *
     * @param unlogged whether something has happened that the log had no room for
     */
    boolean isDue(long nowNanos, boolean unlogged);

    /** Whether one is being written. */
    boolean isBeingKept();

    /** Lets the one that is being written end soon, for another that waits; until that is begun, none is due. */
    void hurry();

    /**
     * One of the state as of now is going to be taken, in the turns to come.
     *
     * @return {@link CommandLog#appliedSequence}, the number that it is of
     */
    long begin();

    /**
     * Keeps the state as of the last {@link #begin}.
     *
     * @param state for {@link CommandHandler#onCheckpoint}
     * @param liveness which messages are still wanted in that state; what is not may be forgotten
     */
    void keep(ByteBuffer state, LiveRecords liveness);
}
