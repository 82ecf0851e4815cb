package io.blipmq.wal;

/**
 * The log's duty cycle: writes submitted frames, forces them by the policy, and publishes what is stored. Owned by the
 * thread that runs its turn, {@link #doWork} or {@link #write}, one at a time: the log thread, or another one that sees to
 * it that they take turns, and may then run a turn while the log thread is in {@link #awaitWork}. {@link #isSealed} and
 * {@link #onStored} are for any thread.
 *
 * <p>Group commit needs no timer: what is submitted while a force runs is the next batch.
 *
 * <p>These threads must never be interrupted: an interrupt closes the file that is being written to.
 */
public interface WalAgent {
    /** Sets what wakes the core when records have become stored; called in the log's turns. */
    void onStored(Runnable wakeup);

    /**
     * Waits for frames or for the next force that is due, {@code timeoutNanos} at most. May return early. Called by the log
     * thread only.
     *
     * @return whether there may be something to do: then a turn has to be run afterwards, whoever runs it
     */
    boolean awaitWork(long timeoutNanos);

    /** Wakes the log thread, so that it looks whether it is to end. Thread-safe. */
    void wakeup();

    /**
     * Writes everything that has been submitted, with one force at most besides those of segments that close.
     *
     * @return how much was done, 0 when idle
     * @throws StorageFailedException when the disk failed, now or earlier; nothing is published any more
     */
    int doWork(long nowNanos);

    /**
     * Writes what has been submitted and publishes it as stored, without any force; nothing while a force is due. Only under
     * policies that let records count as stored before they are forced.
     *
     * @return whether anything is left for {@link #doWork}: a force that is due, the next segment, or the end of the log
     * @throws StorageFailedException as {@link #doWork}
     */
    boolean write(long nowNanos);

    /** Whether the log has its clean end on disk, and all its records are published as stored. Thread-safe. */
    boolean isSealed();
}
