package io.blipmq.wal;

import java.nio.ByteBuffer;

/** Takes what a checkpoint says, before the records behind it are replayed. */
@FunctionalInterface
public interface CheckpointHandler {

    /**
     * @param sequence the last record that the checkpoint covers
     * @param content what was given to {@link Wal#checkpoint}; valid during the call only
     */
    void onCheckpoint(long sequence, ByteBuffer content);

    /** After {@link #onCheckpoint}: the records of this range, which the content may speak of, are not in the log any more. */
    default void onLost(long firstSequence, long lastSequence) {}
}
