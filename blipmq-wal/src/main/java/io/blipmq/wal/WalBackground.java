package io.blipmq.wal;

/**
 * The background thread's duty cycle: claims room for the next segment, indexes closed ones, writes checkpoints, looks
 * for damage. Owned by that thread. Every call does one small thing, the most urgent one.
 */
public interface WalBackground {
    /** Sets what wakes the core when another segment is ready; called by the background thread. */
    void onPrepared(Runnable wakeup);

    /** Waits until there is something to do, {@code timeoutNanos} at most. May return early. */
    void awaitWork(long timeoutNanos);

    /** Wakes the background thread, so that it looks whether it is to end. Thread-safe. */
    void wakeup();

    /**
     * Does one thing.
     *
     * @return how much was done, 0 when idle
     * @throws StorageFailedException when the disk failed
     */
    int doWork(long nowNanos);
}
