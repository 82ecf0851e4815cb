package io.blipmq.wal;

import java.io.IOException;

/** Another daemon holds the log. */
public final class WalLockedException extends IOException {
    /** @param pid the holder's process id, 0 when it is not known */
    public WalLockedException(String directory, long pid) {
        super("the log " + directory + " is in use by " + (pid == 0 ? "another process" : "process " + pid)
                + ": stop it first, or give this daemon another wal_path");
    }
}
