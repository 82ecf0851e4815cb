package io.blipmq.broker.journal;

import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.Wal;
import java.nio.ByteBuffer;

/** The snapshots kept as checkpoints beside this machine's write-ahead log. Owned by the core thread. */
public final class LocalSnapshots implements Snapshots {
    private final Wal wal;
    private final CommandLog log;
    private long checkpointSequence;
    /** Whether somebody waits to begin one. */
    private boolean checkpointWaits;

    public LocalSnapshots(Wal wal, CommandLog log) {
        this.wal = wal;
        this.log = log;
    }

    @Override
    public boolean isDue(long nowNanos, boolean unlogged) {
        return !checkpointWaits && wal.isCheckpointDue(nowNanos, unlogged);
    }

    @Override
    public boolean isBeingKept() {
        return wal.isCheckpointing();
    }

    @Override
    public void hurry() {
        checkpointWaits = true;
        wal.hurryCheckpoint();
    }

    @Override
    public long begin() {
        checkpointSequence = log.appliedSequence();
        return checkpointSequence;
    }

    @Override
    public void keep(ByteBuffer state, LiveRecords liveness) {
        checkpointWaits = false;
        wal.checkpoint(checkpointSequence, state, liveness);
    }
}
