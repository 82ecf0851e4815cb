package io.blipmq.wal;

import java.io.IOException;

/**
 * The log is damaged where it was known durable, or cannot be read by this version. The start is refused and nothing has
 * been changed.
 */
public final class WalCorruptionException extends IOException {
    /** In place of a sequence number: the range has no known end on this side. */
    public static final long UNKNOWN = -1;

    private final String file;
    private final long offset;
    private final long firstSequence;
    private final long lastSequence;

    WalCorruptionException(String file, long offset, long firstSequence, long lastSequence, String what) {
        super(
                "log file " + file + ", offset " + offset + ": " + what + range(firstSequence, lastSequence)
                        + ". Nothing was changed. Put back an intact copy of the file, or move the directory away to start empty");
        this.file = file;
        this.offset = offset;
        this.firstSequence = firstSequence;
        this.lastSequence = lastSequence;
    }

    private static String range(long first, long last) {
        if (first == UNKNOWN) {
            return "";
        }
        return last == UNKNOWN ? " (records from " + first + " on)" : " (records " + first + " to " + last + ")";
    }

    /** The file's name within the log's directory. */
    public String file() {
        return file;
    }

    /** Where in the file the damage begins. */
    public long offset() {
        return offset;
    }

    /** The first record that is affected, or {@link #UNKNOWN}. */
    public long firstSequence() {
        return firstSequence;
    }

    /** The last record that is known to be affected, or {@link #UNKNOWN}. */
    public long lastSequence() {
        return lastSequence;
    }
}
