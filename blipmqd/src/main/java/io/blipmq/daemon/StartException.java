package io.blipmq.daemon;

/** The daemon cannot start. The message says what is wrong, where, and what to do, for the operator. */
final class StartException extends Exception {
    private final int exitStatus;

    StartException(String message, Throwable cause) {
        this(message, cause, ExitStatus.FAILED);
    }

    StartException(String message, Throwable cause, int exitStatus) {
        super(message, cause);
        this.exitStatus = exitStatus;
    }

    /** What the process ends with. */
    int exitStatus() {
        return exitStatus;
    }
}
