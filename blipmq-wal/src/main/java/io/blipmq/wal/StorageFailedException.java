package io.blipmq.wal;

/**
 * Lost storage: a force failed, or a write into room that had been claimed. Final: nothing is stored or confirmed any
 * more and nothing is retried, because after a failed force nobody knows what the disk holds. The process must halt.
 */
public final class StorageFailedException extends RuntimeException {

    public StorageFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
