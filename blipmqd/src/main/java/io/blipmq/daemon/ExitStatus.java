package io.blipmq.daemon;

/** The statuses that the process ends with. */
final class ExitStatus {
    /** A graceful end, or a command that found nothing wrong. */
    static final int OK = 0;
    /** The daemon could not start, or could not go on. */
    static final int FAILED = 1;
    /** The command line or the configuration is wrong; nothing was started. */
    static final int USAGE = 2;
    /** A log that was looked at is damaged (EX_DATAERR of sysexits.h). */
    static final int DAMAGED = 65;
    /** The log's storage failed: nothing more could be confirmed (EX_IOERR of sysexits.h). */
    static final int STORAGE_FAILED = 74;

    /** A graceful end by SIGHUP; not 0, so that a supervisor that restarts on failure starts it again. */
    static final int HUNG_UP = 128 + 1;

    private ExitStatus() {}
}
