package io.blipmq.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open log: what each of its three threads runs or uses, and its checkpoints. Owned by the thread that opens it; the parts
 * say who owns them.
 *
 * <p>To end a log: {@link WalAppender#seal}, {@link WalAgent#doWork} until {@link WalAgent#isSealed}, {@link #close}.
 * Without the seal the next start recovers as after the death of the process.
 */
public interface Wal extends Closeable {
    RecoveryReport recovery();

    /** What the start salvaged, see {@link WalOptions#salvage}; nothing of a log that was whole. */
    RepairReport salvage();

    WalMetrics metrics();

    /** For the core thread. */
    WalAppender appender();

    /** For the log thread. */
    WalAgent agent();

    /** For a background thread. */
    WalBackground background();

    /** For the core thread. */
    KeyIndex keyIndex();

    /**
     * Whether it is time for a checkpoint: after so much log or so much time as the options say, and every second while the
     * disk is full, when there is anything new; soon after one that the disk had no room for; and not while one is being
     * written. By the core thread.
     *
     * @param unlogged whether there is something new that the log had no room for
     */
    boolean isCheckpointDue(long nowNanos, boolean unlogged);

    /** Whether one is being written. Thread-safe. */
    boolean isCheckpointing();

    /**
     * Begins a checkpoint, which the background thread writes, and then deletes and compacts segments. By the core thread.
     *
     * @param sequence the last record that it covers; it has to be stored
     * @param content what {@link CheckpointHandler} is to get back, from position to limit; not copied, so it must not
     *     change while {@link #isCheckpointing}
     */
    void checkpoint(long sequence, ByteBuffer content, LiveRecords liveness);

    /** Lets the checkpoint that is being written end soon, which leaves compaction to the next one. By the core thread. */
    void hurryCheckpoint();

    /** The last record that the checkpoint on disk covers; 0 without one. Thread-safe. */
    long checkpointedSequence();

    /** Closes the files and releases the lock. The three threads must have ended. */
    @Override
    void close() throws IOException;
}
