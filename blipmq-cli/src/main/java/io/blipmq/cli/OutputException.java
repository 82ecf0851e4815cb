package io.blipmq.cli;

import java.io.IOException;

/** Standard output could not be written. */
final class OutputException extends IOException {
    private static final long serialVersionUID = 1;

    OutputException(IOException cause) {
        super("cannot write standard output: " + cause.getMessage(), cause);
    }

    /** Whether the process that read the output has gone, which is an end and not a failure. */
    boolean isReaderGone() {
        String message = getCause().getMessage();
        return message != null && message.contains("Broken pipe");
    }
}
