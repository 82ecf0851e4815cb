package io.blipmq.wal;

import java.io.IOException;

/**
 * The log is damaged where it was known durable, or cannot be read by this version. The start is refused and nothing has
 * been changed.
 */
public final class WalCorruptionException extends IOException {
    /** In place of a sequence number: the range has no known end on this side. */
    public static final long UNKNOWN = -1;

    private static final String WAY_OUT = ". Put back an intact copy of the file, or go on without what is damaged:"
            + " 'blipmqd wal repair' shows what would be lost, and with --accept-loss, as a start with"
            + " wal_recovery = \"salvage\", keeps the rest";

    private final String file;
    private final long offset;
    private final long firstSequence;
    private final long lastSequence;
    private final String what;
    private final boolean repairable;

    public WalCorruptionException(String file, long offset, long firstSequence, long lastSequence, String what) {
        this(file, offset, firstSequence, lastSequence, what, true);
    }

    /** Nothing tells which records are affected. */
    public WalCorruptionException(String file, long offset, String what) {
        this(file, offset, UNKNOWN, UNKNOWN, what);
    }

    private WalCorruptionException(
            String file, long offset, long firstSequence, long lastSequence, String what, boolean repairable) {
        super("log file " + file + ", offset " + offset + ": " + what + range(firstSequence, lastSequence)
                + ". Nothing was changed" + (repairable ? WAY_OUT : ""));
        this.file = file;
        this.offset = offset;
        this.firstSequence = firstSequence;
        this.lastSequence = lastSequence;
        this.what = what;
        this.repairable = repairable;
    }

    /** The file is not damaged: a newer release wrote it. */
    public static WalCorruptionException newerFormat(String file, String what) {
        return newer(file, 0, what);
    }

    /** As {@link #newerFormat}, about what stands at {@code offset}. */
    public static WalCorruptionException newerContent(String file, long offset, NewerContentException cause) {
        return newer(file, offset, cause.getMessage());
    }

    private static WalCorruptionException newer(String file, long offset, String what) {
        return new WalCorruptionException(file, offset, UNKNOWN, UNKNOWN, what, false);
    }

    static String range(long first, long last) {
        if (first == UNKNOWN) {
            return "";
        }
        return last == UNKNOWN ? " (records from " + first + " on)" : " (records " + first + " to " + last + ")";
    }

    /** Whether a repair can do anything about it. */
    public boolean isRepairable() {
        return repairable;
    }

    /** The damage in a few words, without its place. */
    public String what() {
        return what;
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
