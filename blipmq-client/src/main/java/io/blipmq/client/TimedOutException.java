package io.blipmq.client;

/** No answer came in the time that the client was given. A publish that timed out may be stored all the same. */
public final class TimedOutException extends BlipException {
    private static final long serialVersionUID = 1;

    TimedOutException(String message) {
        super(message);
    }
}
