package io.blipmq.daemon;

/** The daemon cannot start. The message says what is wrong, where, and what to do, for the operator. */
final class StartException extends Exception {
    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
