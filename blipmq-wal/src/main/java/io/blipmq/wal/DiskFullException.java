package io.blipmq.wal;

import java.io.IOException;

/** The disk, or a quota on it, has no room for a write. */
public final class DiskFullException extends IOException {

    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Recognises the platform's two ways to say it, for which Java has no exception of its own. */
    static IOException orSame(IOException cause) {
        String text = String.valueOf(cause.getMessage());
        boolean full = text.contains("No space left on device") || text.contains("Disk quota exceeded");
        return full ? new DiskFullException(text, cause) : cause;
    }
}
